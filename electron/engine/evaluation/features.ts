/** What a model makes of pictures just before it decides: its features, computed once a picture and kept. */
import { type Picture, StoppedError } from '../../contract';
import type { JobContext } from '../context';
import { Stage } from '../data/stage';
import { Inference, picturesARun } from '../graph/inference';
import { indexOfLargest } from '../model/index-of-largest';
import { type Layer, type Network, outputLayer, sizeOf } from '../model/layers';
import type { TrainedModel } from '../model/model-folder';
import { rowOf } from './answers';

/** Bytes of features that are kept: of 50,000 pictures with the widest head that the base alone gives, 1280 numbers. */
const MOST_BYTES = 256 * 2 ** 20;
const MOST_PICTURES = 50_000;

/** What the output layer sees: the last hidden layer of the head, else the pooled map. */
export function featureLayer(network: Network): Layer {
  const byName = new Map(network.layers.map((layer) => [layer.name, layer]));
  let layer: Layer | undefined = outputLayer(network);
  do layer = byName.get(layer?.inputs[0] ?? '');
  while (layer?.type === 'Dropout');
  if (!layer) throw new Error('The network has no head.');
  return layer;
}

export interface Seen {
  readonly vector: Float32Array;
  /** Index of the class that the model names. */
  readonly predicted: number;
}

/** Gives pictures' pixels at the size that the model learned from, [ids.length, size, size, 3]. */
export interface PixelSource {
  few(ids: readonly number[], size: number, context: JobContext): Promise<Uint8Array>;
}

export class Features {
  readonly #inference: Inference;
  /** By the hash of what a picture shows: a class that was changed costs nothing. */
  readonly #kept = new Map<string, Seen>();
  readonly #size: number;
  /** One asks after the other, so that nothing is computed twice. */
  #turn: Promise<unknown> = Promise.resolve();
  #open = true;

  constructor(private readonly model: TrainedModel) {
    const { network, weights, meta } = model;
    const layer = featureLayer(network);
    this.#size = sizeOf(layer.outputShape);
    this.#inference = Inference.compile(network, weights, meta, [layer.name, outputLayer(network).name]);
  }

  /** So many pictures are kept at once. */
  get most(): number {
    return Math.min(MOST_PICTURES, Math.floor(MOST_BYTES / (4 * this.#size)));
  }

  /** @param pixels of one picture, 0..255 */
  ofOne(pixels: Uint8Array): Seen {
    return this.#run(pixels, 1)[0] as Seen;
  }

  /**
   * Of all these pictures, at most `most`; what was computed stays when the job is stopped.
   * @throws StoppedError when it was, or the model has been let go meanwhile
   */
  of(pictures: readonly Pick<Picture, 'id' | 'hash'>[], source: PixelSource, context: JobContext): Promise<Seen[]> {
    const mine = this.#turn.then(() => this.#ofAll(pictures, source, context));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  dispose(): void {
    this.#open = false;
    this.#inference.dispose();
  }

  async #ofAll(pictures: readonly Pick<Picture, 'id' | 'hash'>[], source: PixelSource, context: JobContext): Promise<Seen[]> {
    const missing = [...new Map(pictures.filter(({ hash }) => !this.#kept.has(hash)).map((picture) => [picture.hash, picture])).values()];
    if (this.#kept.size + missing.length > this.most) this.#forgetAllBut(pictures);
    const { inputSize, imageSize } = this.model.meta;
    const batch = picturesARun(inputSize);
    const stage = new Stage(context, 'features', missing.length, 'pictures');
    for (let from = 0; from < missing.length; from += batch) {
      const some = missing.slice(from, from + batch);
      const pixels = await source.few(some.map(({ id }) => id), imageSize, context);
      if (!this.#open) throw new StoppedError();
      this.#run(pixels, some.length).forEach((seen, i) => this.#kept.set((some[i] as Picture).hash, seen));
      stage.add(some.length);
      await context.breathe();
    }
    return pictures.map(({ hash }) => this.#kept.get(hash) as Seen);
  }

  #run(pixels: Uint8Array, count: number): Seen[] {
    const [vectors, probabilities] = this.#inference.run(pixels, count) as [Float32Array, Float32Array];
    const classes = probabilities.length / count;
    return Array.from({ length: count }, (_, i) => ({
      vector: vectors.slice(i * this.#size, (i + 1) * this.#size),
      predicted: indexOfLargest(rowOf(probabilities, i, classes))
    }));
  }

  #forgetAllBut(pictures: readonly Pick<Picture, 'hash'>[]): void {
    const wanted = new Set(pictures.map(({ hash }) => hash));
    for (const hash of this.#kept.keys()) if (!wanted.has(hash)) this.#kept.delete(hash);
  }
}
