/** What a recipe asks for, at hand: pictures split, network built, weights loaded. */
import { type Phase, type Recipe, TsugikiError } from '../../contract';
import type { JobContext } from '../context';
import { type Dataset, type ImageSet, sliceImages } from '../data/dataset';
import type { InputSpec } from '../graph/inference';
import { attachHead } from '../model/head';
import { initialWeights } from '../model/initial-weights';
import type { Network, Weights } from '../model/layers';
import { mobileNetV2 } from '../model/mobilenet-v2';
import { trainableLayers } from '../model/trainable';
import { loadWeights } from '../model/weight-file';
import { classWeights } from '../training/class-weights';
import type { Grafted } from '../training/phase-examples';
import { findWeights } from './weights';

export interface Prepared {
  readonly network: Network;
  readonly spec: InputSpec;
  readonly sets: { readonly train: ImageSet; readonly validation: ImageSet; readonly test: ImageSet };
  readonly weights: Weights;
  /** The network as a phase trains it: at its own input size, if it has one. */
  graft(phase: Phase): Grafted;
}

export interface Wanted {
  readonly recipe: Recipe;
  /** "auto", "random", or the path of a Keras .h5. */
  readonly weights: string;
  readonly dataset: Dataset;
}

/**
 * Everything that can be refused is refused here, before any work.
 * @param known weights of a run that goes on; without them they are read as the recipe says
 * @throws TsugikiError pictures_gone, one_class, too_few_pictures, unknown_class, unknown_layer, and those of the weight file
 */
export async function prepare({ recipe, weights: source, dataset }: Wanted, known: Weights | null, context: JobContext): Promise<Prepared> {
  const whole = await dataset.load('train', recipe.inputSize, context);
  checkThere(whole, dataset);
  const used = sliceImages(whole, 0, Math.min(recipe.limit, whole.count));
  // Pictures that are a validation part by themselves take the split's place.
  const own = await dataset.load('validation', recipe.inputSize, context);
  const kept = own.count > 0 ? used.count : learnedFrom(used.count, recipe);
  const test = await dataset.load('test', recipe.inputSize, context);
  const sets = { train: sliceImages(used, 0, kept), validation: own.count > 0 ? own : sliceImages(used, kept, used.count), test };
  const { classNames } = dataset.summary;
  checkClasses(classNames, whole.labels);
  classWeights(recipe, classNames, sets.train.labels);

  const spec: InputSpec = { imageSize: whole.height, inputSize: recipe.inputSize, scale: recipe.scale };
  const networkAt = (inputSize: number): Network => attachHead(mobileNetV2({ alpha: recipe.alpha, inputSize }), recipe.head, classNames.length);
  const network = networkAt(recipe.inputSize);
  const graft = (phase: Phase): Grafted => {
    const { inputSize = recipe.inputSize } = phase;
    const itself = inputSize === recipe.inputSize ? network : networkAt(inputSize);
    return { network: itself, input: { ...spec, inputSize }, trainable: trainableLayers(itself, phase) };
  };
  recipe.phases.forEach(graft);
  return { network, spec, sets, graft, weights: known ?? (await startWeights(recipe, source, network, context)) };
}

/** @throws TsugikiError pictures_gone when there are none because their files are */
function checkThere({ count }: ImageSet, { summary }: Dataset): void {
  const [place] = summary.project?.missing ?? [];
  if (count > 0 || !place) return;
  throw new TsugikiError('pictures_gone', `${place.count} pictures are not in ${place.path} any more. Put them back, or open the project again and say where they are now.`, { count: place.count, path: place.path });
}

/** How many of the pictures are trained on. Keras: the last part in file order is for validation, int(n * (1 - split)) stay. @throws TsugikiError too_few_pictures */
export function learnedFrom(count: number, { validationSplit }: Recipe): number {
  const kept = Math.floor(count * (1 - validationSplit));
  if (kept < 1) throw new TsugikiError('too_few_pictures', `validationSplit ${validationSplit} of ${count} pictures leaves none to train on. Add pictures or lower validationSplit.`, { count });
  return kept;
}

/** @throws TsugikiError one_class, no_pictures_to_train */
export function checkClasses(classNames: readonly string[], labels: Int32Array): void {
  const filled = classNames.filter((_, label) => labels.includes(label));
  const [only] = filled;
  if (only === undefined) throw new TsugikiError('no_pictures_to_train', 'There is no picture to train on. Add some, at least two classes of them.');
  if (filled.length < 2) {
    throw new TsugikiError('one_class', `There are pictures of only one class, "${only}". To learn a difference, a network needs at least two classes.`, { class: only });
  }
}

/** What the network starts from, as the recipe says. @throws TsugikiError weights_missing, weights_not_found, and those of the weight file */
export async function startWeights(recipe: Recipe, source: string, network: Network, context: JobContext): Promise<Weights> {
  context.report({ kind: 'stage', stage: 'weights', done: 0, total: 1, unit: 'files', secondsLeft: null });
  const weights = initialWeights(network, recipe.seed);
  const file = await findWeights(source, recipe.alpha, context);
  if (file) await loadInto(weights, file, network, 'base');
  if (recipe.initialWeights) await loadInto(weights, recipe.initialWeights, network, 'byName');
  context.report({ kind: 'stage', stage: 'weights', done: 1, total: 1, unit: 'files', secondsLeft: 0 });
  return weights;
}

/** Puts a weight file's values over what is there: the whole base, or whatever layers the file names. */
async function loadInto(weights: Weights, path: string, network: Network, mode: 'base' | 'byName'): Promise<void> {
  const base: Network = { ...network, layers: network.layers.filter((layer) => layer.part === 'base') };
  const loaded = mode === 'base' ? await loadWeights(base, path) : await loadWeights(network, path, { byName: true });
  for (const [key, value] of loaded) weights.set(key, value);
}
