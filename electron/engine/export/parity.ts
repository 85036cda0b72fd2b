/** The written model against the app itself, on the same pictures: an export that predicts something else is not an export. */
import type { Parity, Precision } from '../../contract';
import type { JobContext } from '../context';
import { type ImageSet, sliceImages } from '../data/dataset';
import { indexOfLargest } from '../model/index-of-largest';
import type { TrainedModel } from '../model/model-folder';
import { tf } from '../runtime/tensorflow';
import type { LoadedExport, Outlet } from './outlet';

/** The app's own answers: an Evaluator. */
export interface App {
  readonly model: TrainedModel;
  /** @param pixels 0..255, [count, imageSize, imageSize, 3]; @param hashes of what they show, where they are known */
  probabilities(pixels: Uint8Array, count: number, hashes?: readonly string[]): Float32Array;
}

/** Pictures that an export is checked on; by its hash the app knows one that it has answered before. */
export interface CheckPictures extends ImageSet {
  readonly hashes?: readonly string[];
}

/** Pictures that are compared: of numbers kept whole a hundred say all; rounded ones change some answers, and how many takes more to tell. */
export const picturesCompared = (precision: Precision, { isSlow = false }: Pick<Outlet, 'isSlow'>): number => (precision === 'float32' ? 100 : isSlow ? 200 : MOST_COMPARED);
export const MOST_COMPARED = 500;

/** Of numbers kept whole, probabilities may differ by rounding only. */
export const TOLERANCE = 1e-3;
/** Rounded numbers change some answers, where the network hardly knew, and that is told. An export with fewer in common, or with so many right answers lost, is broken. */
const LEAST_AGREEMENT = 0.5;
const MOST_LOST = 0.1;
const BATCH = 50;

/** Whether an export predicts something else than the app. */
export const differs = (precision: Precision, { agreement, largestDifference, accuracy }: Omit<Parity, 'checkedBy'>): boolean =>
  precision === 'float32' ? largestDifference > TOLERANCE : agreement < LEAST_AGREEMENT || (accuracy !== null && accuracy.app - accuracy.exported > MOST_LOST);

/** [count, from, from, 3] -> [count, to, to, 3], bilinear with half-pixel centres, not rounded. */
export function resizePixels(pixels: Uint8Array | Float32Array, count: number, from: { height: number; width: number }, to: number): Float32Array {
  if (from.height === to && from.width === to) return Float32Array.from(pixels);
  return tf.tidy(() => {
    const images = tf.tensor4d(Float32Array.from(pixels), [count, from.height, from.width, 3]);
    return Float32Array.from(tf.image.resizeBilinear(images, [to, to], false, true).dataSync());
  });
}

/**
 * Runs both on the first `most` of `pictures` (any stored size).
 * @param takes which size the export is fed with; @returns NaN counts as a difference of 1
 */
export async function compare(
  app: App,
  written: LoadedExport,
  pictures: CheckPictures,
  context: Pick<JobContext, 'breathe'>,
  { takes, most }: { takes: Outlet['takes']; most: number }
): Promise<Omit<Parity, 'checkedBy'>> {
  const { imageSize, classNames, [takes]: size } = app.model.meta;
  const count = Math.min(most, pictures.count);
  let [same, labelled, right, rightThere, largestDifference] = [0, 0, 0, 0, 0];
  for (let from = 0; from < count; from += BATCH) {
    await context.breathe();
    const batch = sliceImages(pictures, from, Math.min(from + BATCH, count));
    const hasItsSize = batch.height === imageSize && batch.width === imageSize;
    const stored = hasItsSize ? batch.pixels : Uint8Array.from(resizePixels(batch.pixels, batch.count, batch, imageSize), Math.round);
    const ours = app.probabilities(stored, batch.count, pictures.hashes?.slice(from, from + batch.count));
    const theirs = await written.predict(resizePixels(stored, batch.count, { height: imageSize, width: imageSize }, size), batch.count);
    if (theirs.length !== ours.length) throw new Error(`The written model gave ${theirs.length} numbers where ${ours.length} were due.`);
    for (let i = 0; i < ours.length; i++) {
      const difference = Math.abs((ours[i] as number) - (theirs[i] as number));
      largestDifference = Math.max(largestDifference, Number.isNaN(difference) ? 1 : difference);
    }
    batch.labels.forEach((label, i) => {
      const [named, namedThere] = [ours, theirs].map((values) => indexOfLargest(values.subarray(i * classNames.length, (i + 1) * classNames.length))) as [number, number];
      if (named === namedThere) same++;
      if (label < 0) return;
      labelled++;
      if (named === label) right++;
      if (namedThere === label) rightThere++;
    });
  }
  const accuracy = labelled === 0 ? null : { app: right / labelled, exported: rightThere / labelled };
  return { pictures: count, agreement: count === 0 ? 0 : same / count, largestDifference, accuracy };
}
