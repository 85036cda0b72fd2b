/** The written model against the app itself, on the same pictures: an export that predicts something else is not an export. */
import type { ExportResult } from '../../contract';
import type { JobContext } from '../context';
import { type ImageSet, sliceImages } from '../data/dataset';
import { Inference } from '../graph/inference';
import { indexOfLargest } from '../model/index-of-largest';
import type { TrainedModel } from '../model/model-folder';
import { tf } from '../runtime/tensorflow';
import type { LoadedExport } from './outlet';

/** Pictures that are compared. */
export const PARITY_PICTURES = 100;
/** Probabilities may differ by rounding only. */
export const TOLERANCE = 1e-3;
const BATCH = 20;

/** [count, from, from, 3] -> [count, to, to, 3], bilinear with half-pixel centres, not rounded. */
export function resizePixels(pixels: Uint8Array | Float32Array, count: number, from: { height: number; width: number }, to: number): Float32Array {
  if (from.height === to && from.width === to) return Float32Array.from(pixels);
  return tf.tidy(() => {
    const images = tf.tensor4d(Float32Array.from(pixels), [count, from.height, from.width, 3]);
    return Float32Array.from(tf.image.resizeBilinear(images, [to, to], false, true).dataSync());
  });
}

/**
 * Runs both on up to 100 of `pictures` (any stored size).
 * @returns agreement: share of pictures with the same first class; largestDifference: of any probability, NaN counting as 1
 */
export async function compare(
  model: TrainedModel,
  written: LoadedExport,
  pictures: ImageSet,
  context: Pick<JobContext, 'breathe'>
): Promise<Omit<ExportResult['parity'], 'checkedBy'>> {
  const { inputSize, imageSize, scale, classNames } = model.meta;
  const count = Math.min(PARITY_PICTURES, pictures.count);
  const last = model.network.layers[model.network.layers.length - 1];
  const app = Inference.compile(model.network, model.weights, { imageSize, inputSize, scale }, [last?.name ?? ''], { type: 'float32' });
  let same = 0;
  let largestDifference = 0;
  try {
    for (let from = 0; from < count; from += BATCH) {
      await context.breathe();
      const batch = sliceImages(pictures, from, Math.min(from + BATCH, count));
      const stored = resizePixels(batch.pixels, batch.count, batch, imageSize);
      const [ours] = app.run(stored, batch.count);
      const square = { height: imageSize, width: imageSize };
      const theirs = await written.predict(resizePixels(stored, batch.count, square, inputSize), batch.count);
      if (!ours || theirs.length !== ours.length) throw new Error(`The written model gave ${theirs.length} numbers where ${ours?.length ?? 0} were due.`);
      for (let i = 0; i < ours.length; i++) {
        const difference = Math.abs((ours[i] as number) - (theirs[i] as number));
        largestDifference = Math.max(largestDifference, Number.isNaN(difference) ? 1 : difference);
      }
      for (let i = 0; i < batch.count; i++) {
        const row = (values: Float32Array) => values.subarray(i * classNames.length, (i + 1) * classNames.length);
        if (indexOfLargest(row(ours)) === indexOfLargest(row(theirs))) same++;
      }
    }
  } finally {
    app.dispose();
  }
  return { pictures: count, agreement: count === 0 ? 0 : same / count, largestDifference };
}
