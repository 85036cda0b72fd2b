/** What one phase trains, validates and tests on: where the network is cut for it, and what is done to its pictures. */
import { type Augmentation, changesPictures } from '../../contract';
import type { JobContext } from '../context';
import { countOf, type ImageSet } from '../data/dataset';
import { type Cut, cutAtInput, cutBelow } from '../graph/cut';
import type { InputSpec } from '../graph/inference';
import type { Network, Weights } from '../model/layers';
import { Augmenter, drawAugmentation, pictureRandom } from './augmentation';
import { type FeatureCache, featureCache } from '../data/feature-cache';
import { type Examples, fits, makeExamples, type PictureSource, picturesOf } from './examples';
import { FeatureKeys } from './feature-keys';

/** Examples that may differ from epoch to epoch. */
export interface EpochExamples {
  readonly count: number;
  gather(positions: Int32Array, epoch: number): ReturnType<Examples['gather']>;
}

export interface PhaseExamples {
  readonly cut: Cut;
  readonly training: EpochExamples;
  /** Of the sets that are only measured on, in their order. */
  readonly others: readonly EpochExamples[];
  /** Changed variants of each picture that are kept; 0 where they are changed anew in each epoch, null where they are not changed. */
  readonly variants: number | null;
  dispose(): void;
}

/** A phase's network at its input size, and what of it trains. */
export interface Grafted {
  readonly network: Network;
  readonly input: InputSpec;
  readonly trainable: ReadonlySet<string>;
}

/** How the phase sees its pictures. */
interface View {
  readonly augmentation?: Augmentation;
  readonly seed: number;
}

export interface Plan {
  readonly cut: Cut;
  /** What is done to pictures; null where they stay as they are. */
  readonly changes: Augmentation | null;
  /** Rows that are kept of each training picture; 0 where none are. */
  readonly variants: number;
}

/**
 * Without augmentation, features at the highest cut there is. With it, either some variants of each picture go through the prefix once and
 * take turns, or pictures are changed anew in each epoch and the whole network runs in each step.
 * @param training pictures to train on; @param others pictures to measure on
 */
export function planExamples({ network, trainable }: Grafted, augmentation: Augmentation | undefined, training: number, others: number): Plan {
  const changes = augmentation !== undefined && changesPictures(augmentation) ? augmentation : null;
  const variants = changes ? changes.variants : 1;
  const highest = cutBelow(network, trainable);
  const cut = variants > 0 && fits(highest, others + training * variants) ? highest : cutAtInput(network);
  return { cut, changes, variants: cut.atInput ? 0 : variants };
}

/** Rows that a phase has kept of its pictures, once they have all gone through the frozen part. */
export const rowsOf = ({ cut, variants }: Plan, training: number, others: number): number => (cut.atInput ? 0 : training * variants + others);

/** Pictures that have to go through the frozen part before the phase can begin: those of which nothing is kept at its cut. */
export function missingPictures(grafted: Grafted, training: ImageSet, others: readonly ImageSet[], weights: Weights, { augmentation, seed }: View): number {
  const { cut, changes, variants } = planExamples(grafted, augmentation, training.count, countOf(others));
  if (cut.atInput) return 0;
  const keys = new FeatureKeys(grafted.network, weights, grafted.input);
  const missing = (set: ImageSet, variant?: string): number => {
    const shelf = featureCache().open(keys.of(cut, variant), cut.size);
    try {
      return picturesOf(set).hashes().filter((hash) => !shelf.has(hash)).length;
    } finally {
      shelf.close();
    }
  };
  const trained = Array.from({ length: variants }, (_, variant) => missing(training, changes ? nameOfVariant(changes, seed, variant) : undefined));
  return [...trained, ...others.map((set) => missing(set))].reduce((sum, count) => sum + count, 0);
}

/** @param how.plan left out: what suits the number of pictures; @param how.cache where features are kept, left out: the one of this process */
export async function makePhaseExamples(
  grafted: Grafted,
  training: ImageSet,
  others: readonly ImageSet[],
  weights: Weights,
  { augmentation, seed }: View,
  context: JobContext,
  how: { readonly plan?: Plan; readonly cache?: FeatureCache } = {}
): Promise<PhaseExamples> {
  const { plan = planExamples(grafted, augmentation, training.count, countOf(others)), cache = featureCache() } = how;
  const { network, input } = grafted;
  const { cut, changes, variants } = plan;
  const augmented = changes && new Augmented(training, changes, seed);
  const fresh = augmented !== null && cut.atInput;
  const sources = augmented && !fresh ? Array.from({ length: variants }, (_, variant) => augmented.variant(variant)) : [training];
  const made = await makeExamples([...sources, ...others], network, weights, input, cut, context, cache);
  const turns = made.slice(0, sources.length);
  const dispose = (): void => {
    made.forEach((examples) => examples.dispose());
    augmented?.dispose();
  };
  const { count } = training;
  const gather = (positions: Int32Array, epoch: number): ReturnType<Examples['gather']> => {
    const batch = (turns[epoch % turns.length] as Examples).gather(positions);
    return fresh ? { ...batch, examples: augmented.change(batch.examples, positions, epoch) } : batch;
  };
  return { cut, training: { count, gather }, others: made.slice(sources.length), variants: changes && variants, dispose };
}

/** Two variants of the same name are the same. */
function nameOfVariant({ mixup: _mixup, variants: _variants, ...how }: Augmentation, seed: number, variant: number): string {
  return JSON.stringify({ ...how, seed, variant });
}

/** The pictures of a set, changed. */
class Augmented {
  readonly #augmenter: Augmenter;

  constructor(
    private readonly set: ImageSet,
    private readonly augmentation: Augmentation,
    private readonly seed: number
  ) {
    this.#augmenter = Augmenter.compile(augmentation, set.height, set.width);
  }

  /** @param pixels of the pictures at `positions`; @param turn epoch or variant */
  change(pixels: Uint8Array | Float32Array, positions: ArrayLike<number>, turn: number): Float32Array {
    const drawn = drawAugmentation(this.augmentation, positions.length, (place) => pictureRandom(this.seed, turn, positions[place] as number));
    return this.#augmenter.run(pixels, positions.length, drawn);
  }

  /** All pictures, each changed once: what goes through the frozen part and is kept. */
  variant(variant: number): PictureSource {
    const pictures = picturesOf(this.set);
    return { ...pictures, variant: nameOfVariant(this.augmentation, this.seed, variant), pixels: (positions) => this.change(pictures.pixels(positions), positions, variant) };
  }

  dispose(): void {
    this.#augmenter.dispose();
  }
}
