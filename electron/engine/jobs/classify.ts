/** One picture -> the five most probable classes. */
import { type Classification, TsugikiError } from '../../contract';
import { Inference } from '../graph/inference';
import type { TrainedModel } from '../model/model-folder';
import { decodePicture, resizePicture } from '../runtime/images';

/** A trained model compiled to classify single pictures; keep it, the first picture pays for the compilation. */
export class Classifier {
  readonly #inference: Inference;

  constructor(readonly model: TrainedModel) {
    const { meta, network, weights } = model;
    const last = network.layers[network.layers.length - 1];
    this.#inference = Inference.compile(network, weights, meta, [last?.name ?? ''], { lanes: 1 });
    // TensorFlow prepares a graph on its first run; a dropped picture should not wait for it.
    this.#inference.run(new Uint8Array(meta.imageSize * meta.imageSize * 3), 1);
  }

  /**
   * @param bytes a JPEG, PNG, GIF or BMP file
   * @throws TsugikiError when the picture cannot be read
   */
  classify(bytes: Uint8Array): Classification {
    const start = performance.now();
    const { imageSize, classNames } = this.model.meta;
    const picture = resizePicture(decodePicture(bytes), imageSize, imageSize);
    const [values] = this.#inference.run(picture.pixels, 1);
    const probabilities = Array.from(values ?? []);
    if (probabilities.length !== classNames.length) throw new TsugikiError('unexpected', 'The model gave no probabilities. Train it again.');
    const top = probabilities
      .map((probability, i) => ({ label: classNames[i] as string, probability }))
      .sort((a, b) => b.probability - a.probability)
      .slice(0, 5);
    return { top, probabilities, unknown: false, milliseconds: performance.now() - start };
  }

  dispose(): void {
    this.#inference.dispose();
  }
}
