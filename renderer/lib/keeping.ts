/** What of a phase is computed once and kept: the engine's own rules (graph/cut, training/phase-examples), told before it runs. */
import { changesPictures, type LayerInfo, type NetworkInfo, type Phase, type Recipe } from '../../electron/contract';
import { sharesOf } from './splits';
import { trainableLayers } from './trainable';

const FLOAT = 4;

/** How many pictures a recipe trains on, validates with after each epoch, and tests on after each phase. */
export interface Pictures {
  readonly training: number;
  readonly validation: number;
  readonly test: number;
}

/** While none are open: CIFAR-10's. */
const DEFAULT = { trainCount: 50_000, validationCount: 0, testCount: 10_000 };

export function picturesFor(recipe: Recipe, data: Parameters<typeof sharesOf>[0] | null): Pictures {
  const { train, validation, test } = sharesOf(data ?? DEFAULT, recipe);
  return { training: train, validation, test };
}

/** Between what is frozen and what a training step runs. */
export interface Cut {
  /** The first layer above it, counted through the whole network. */
  readonly index: number;
  /** Numbers a picture that cross it. */
  readonly numbers: number;
  /** Nothing lies below but the picture. */
  readonly atInput: boolean;
}

/**
 * - `open`: nothing is frozen below the lowest layer that learns
 * - `kept`: what is frozen runs once for each picture
 * - `variants`: once for some changed variants of each picture
 * - `anew`: in every step, because pictures are changed in every epoch
 * - `too_large`: in every step, because there is no room for what would have to be kept
 */
export type Keeping = 'open' | 'kept' | 'variants' | 'anew' | 'too_large';

export const layersOf = (network: NetworkInfo): LayerInfo[] => network.blocks.flatMap((block) => block.layers);

export const numbersIn = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

/** The highest cut that leaves all that learns, and dropout, above it. */
export function cutOf(network: NetworkInfo, learning: ReadonlySet<string>): Cut {
  const layers = layersOf(network);
  const index = layers.findIndex((layer) => learning.has(layer.name) || layer.type === 'Dropout');
  const above = new Set(layers.slice(index).flatMap((layer) => layer.inputs));
  const crossing = layers.slice(0, index).filter((layer) => above.has(layer.name));
  return { index, numbers: crossing.reduce((sum, layer) => sum + numbersIn(layer.outputShape), 0), atInput: crossing.every((layer) => layer.type === 'InputLayer') };
}

/** Changed variants of each picture that are kept; 1: pictures as they are, 0: none, each epoch has its own. */
export const variantsOf = ({ augmentation }: Phase): number => (augmentation && changesPictures(augmentation) ? augmentation.variants : 1);

/** Rows of features that a phase keeps, where it keeps any. */
export const rowsOf = (phase: Phase, { training, validation, test }: Pictures): number => training * variantsOf(phase) + validation + test;

/** What it would take to keep the features of a phase. */
export const bytesKept = (network: NetworkInfo, phase: Phase, pictures: Pictures): number =>
  FLOAT * cutOf(network, trainableLayers(network, phase)).numbers * rowsOf(phase, pictures);

export function keepingOf(network: NetworkInfo, phase: Phase, pictures: Pictures): Keeping {
  const cut = cutOf(network, trainableLayers(network, phase));
  if (cut.atInput) return 'open';
  if (variantsOf(phase) === 0) return 'anew';
  if (bytesKept(network, phase, pictures) > network.capacity) return 'too_large';
  return phase.augmentation && changesPictures(phase.augmentation) ? 'variants' : 'kept';
}

/** What goes into the features of a phase beside the layers. */
function viewOf(recipe: Recipe, { inputSize = recipe.inputSize, augmentation }: Phase): string {
  const { mixup: _, ...changes } = augmentation ?? {};
  return JSON.stringify([inputSize, augmentation && changesPictures(augmentation) ? changes : null]);
}

/** The earlier phase whose features this one begins with; `further`: they are taken on from a lower cut. Null where it computes its own. */
export function keptBefore(network: NetworkInfo, recipe: Recipe, index: number, pictures: Pictures): { phase: number; further: boolean } | null {
  const layers = layersOf(network);
  const plans = recipe.phases.slice(0, index + 1).map((phase) => {
    const learning = trainableLayers(network, phase);
    const keeping = keepingOf(network, phase, pictures);
    return { learning, cut: cutOf(network, learning).index, kept: keeping === 'kept' || keeping === 'variants', view: viewOf(recipe, phase) };
  });
  const own = plans[index];
  if (!own?.kept) return null;
  let touched = layers.length;
  for (let before = index - 1; before >= 0; before--) {
    const plan = plans[before]!;
    // What has learned since is another layer.
    touched = Math.min(touched, plan.cut);
    const cut = Math.min(plan.cut, own.cut);
    if (plan.kept && plan.view === own.view && plan.cut <= own.cut && touched >= cut && recipe.phases[before]!.epochs > 0) return { phase: before, further: plan.cut < own.cut };
  }
  return null;
}
