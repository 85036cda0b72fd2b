/** One picture -> the five most probable classes. */
import { type Classification, TsugikiError } from '../../contract';
import { Inference } from '../graph/inference';
import { calibratedWeights } from '../model/calibrated';
import { outputLayer } from '../model/layers';
import type { TrainedModel } from '../model/model-folder';
import { type Picture, readPicture, resizePicture } from '../runtime/images';

/** Classes that an answer tells, the most probable first. */
export const BEST = 5;

export type Answer = Omit<Classification, 'milliseconds'>;

/** What a model's probabilities [classes] of one picture say: the same for one picture and for many. */
export function answerOf({ meta: { classNames, threshold } }: TrainedModel, values: Float32Array): Answer {
  if (values.length !== classNames.length) throw new TsugikiError('no_probabilities', 'The model gave no probabilities. Train it again.');
  const probabilities = Array.from(values);
  const top = probabilities
    .map((probability, i) => ({ label: classNames[i] as string, probability }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, BEST);
  return { top, probabilities, unknown: threshold !== null && (top[0]?.probability ?? 0) < threshold };
}

/** A trained model compiled to classify single pictures; keep it, the first picture pays for the compilation. */
export class Classifier {
  readonly #inference: Inference;
  #model: TrainedModel;

  constructor(model: TrainedModel) {
    this.#model = model;
    const { meta, network } = model;
    this.#inference = Inference.compile(network, calibratedWeights(model), meta, [outputLayer(network).name], { lanes: 1 });
    // TensorFlow prepares a graph on its first run; a dropped picture should not wait for it.
    this.#inference.run(new Uint8Array(meta.imageSize * meta.imageSize * 3), 1);
  }

  get model(): TrainedModel {
    return this.#model;
  }

  /** Whether a model gives the same numbers, and only says otherwise what they mean; then it is the one that answers from now on. */
  takesOver(model: TrainedModel): boolean {
    const { weights, meta } = this.#model;
    if (model.weights !== weights || model.meta.temperature !== meta.temperature) return false;
    this.#model = model;
    return true;
  }

  /**
   * @param bytes a picture's file, of any kind that is read
   * @throws TsugikiError when the picture cannot be read
   */
  classify(bytes: Uint8Array): Classification {
    const start = performance.now();
    const { imageSize } = this.model.meta;
    return { ...this.look(readPicture(bytes, imageSize, imageSize)), milliseconds: performance.now() - start };
  }

  /** A picture that is decoded already, of any size. */
  look(picture: Picture): Answer {
    const { imageSize } = this.model.meta;
    const [probabilities] = this.#inference.run(resizePicture(picture, imageSize, imageSize).pixels, 1) as [Float32Array];
    return answerOf(this.model, probabilities);
  }

  dispose(): void {
    this.#inference.dispose();
  }
}
