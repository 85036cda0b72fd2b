/** Finds pictures whose class a model doubts that has not learned from them. */
import type { LabelDoubts } from '../../contract';
import type { JobContext } from '../context';
import type { ImageSet } from '../data/dataset';
import { Stage } from '../data/stage';
import { rowOf } from '../evaluation/answers';
import { confidentLearning } from '../evaluation/confident-learning';
import { FOLDS, outOfSample } from '../evaluation/cross-validation';
import { cutBelow } from '../graph/cut';
import type { InputSpec } from '../graph/inference';
import { attachHead } from '../model/head';
import { indexOfLargest } from '../model/index-of-largest';
import { type Network, sizeOf, type Weights, weightKey } from '../model/layers';
import { mobileNetV2 } from '../model/mobilenet-v2';
import { loadWeights } from '../model/weight-file';
import { makeExamples } from '../training/examples';
import { findWeights, localImageNetWeights } from './weights';

/** A network that sees, and the pixels it wants. Its base counts, whatever head it has. */
export interface Seeing extends Omit<InputSpec, 'imageSize'> {
  readonly network: Network;
  readonly weights: Weights;
}

/** ImageNet's backbone where its weights are at hand, else the one that comes with the app, each at a size it sees well at. @throws TsugikiError weights_missing */
export async function seeingBackbone(context: JobContext): Promise<Seeing> {
  const [alpha, inputSize] = localImageNetWeights(1) ? ([1, 96] as const) : ([0.35, 64] as const);
  const network = mobileNetV2({ alpha, inputSize });
  // "auto" finds a file or throws.
  const path = (await findWeights('auto', alpha, context)) as string;
  return { network, weights: await loadWeights(network, path), inputSize, scale: '-1..1' };
}

export interface LabelDoubtsInput extends Seeing {
  /** Loaded at the network's input size, or as small as they are. */
  readonly images: ImageSet;
  /** Of each picture. */
  readonly ids: readonly number[];
  /** Of each class, in the order of the labels. */
  readonly classIds: readonly number[];
}

/** Which folds pictures fall into; the same pictures give the same doubts. */
const SEED = 0;
/** The softmax layer, alone on the base. */
const HEAD = new Set(['dense']);

/**
 * Features of the frozen base, a softmax regression on them, and confident learning on its cross-validated probabilities. Classes with fewer
 * pictures than there are folds are left out: nobody could say what such a class looks like.
 * @throws StoppedError when the job is stopped
 */
export async function labelDoubts({ network: whole, weights, inputSize, scale, images, ids, classIds }: LabelDoubtsInput, context: JobContext): Promise<LabelDoubts> {
  const classes = classIds.length;
  const counts = new Int32Array(classes);
  for (const label of images.labels) counts[label]! += 1;
  const known = Int32Array.from({ length: images.count }, (_, position) => position).filter((position) => counts[images.labels[position]!]! >= FOLDS);
  const labels = known.map((position) => images.labels[position]!);
  if (new Set(labels).size < 2) return { checked: 0, agreement: 0, doubts: [] };

  const base: Network = { ...whole, layers: whole.layers.filter((layer) => layer.part === 'base') };
  const network = attachHead(base, [], classes);
  const spec = { network, cut: cutBelow(network, HEAD), input: { imageSize: images.height, inputSize, scale }, trainable: HEAD };
  const start: Weights = new Map(weights);
  // The loss has one minimum, wherever one begins.
  for (const layer of network.layers) if (layer.part === 'head') for (const weight of layer.weights) start.set(weightKey(layer, weight), new Float32Array(sizeOf(weight.shape)));
  const [features] = await makeExamples([images], network, start, spec.input, spec.cut, context);
  if (!features) throw new Error('There are no features.');
  try {
    const stage = new Stage(context, 'doubts', known.length, 'pictures');
    const gather = (positions: Int32Array) => features.gather(positions.map((position) => known[position]!));
    const probabilities = await outOfSample({ count: known.length, labels, gather }, classes, spec, start, SEED, (share) => stage.to(Math.floor(share * known.length)), context);
    stage.to(known.length);
    const doubts = confidentLearning(probabilities, labels, classes).map(({ position, suggested }) => {
      const given = labels[position]!;
      const [givenProbability, suggestedProbability] = [given, suggested].map((label) => probabilities[position * classes + label]!) as [number, number];
      return { id: ids[known[position]!]!, given: classIds[given]!, suggested: classIds[suggested]!, givenProbability, suggestedProbability };
    });
    const agreed = labels.filter((label, position) => indexOfLargest(rowOf(probabilities, position, classes)) === label).length;
    return { checked: known.length, agreement: agreed / known.length, doubts };
  } finally {
    features.dispose();
  }
}
