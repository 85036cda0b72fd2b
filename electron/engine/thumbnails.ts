/** Small pictures for the window's grid. */
import type { Augmented, AugmentRequest, Split, Thumbnails } from '../contract';
import type { JobContext } from './context';
import type { Dataset, ImageSet } from './data/dataset';
import { augmentPictures } from './jobs/augment';

/** Photographs are drawn at this many pixels; smaller pictures stay as they are and the window enlarges them sharply. */
const PHOTOGRAPH_SIZE = 96;

export interface ThumbnailsInput {
  readonly split: Split;
  /** Only pictures of this class. */
  readonly label?: number | undefined;
  readonly offset: number;
  readonly count: number;
}

/** Positions of a class's pictures, or of all. */
const positions = (set: ImageSet, label: number | undefined): number[] => {
  const all = Array.from({ length: set.count }, (_, i) => i);
  return label === undefined ? all : all.filter((i) => set.labels[i] === label);
};

/** `count` pictures from `offset` on, fewer at the end; `total` counts all there are to page through. */
export async function thumbnails(dataset: Dataset, { split, label, offset, count }: ThumbnailsInput, context: JobContext): Promise<Thumbnails> {
  const set = await dataset.load(split, dataset.summary.pictureSize ?? PHOTOGRAPH_SIZE, context);
  const all = positions(set, label);
  const chosen = all.slice(offset, offset + count);
  const bytes = set.height * set.width * 3;
  const pixels = new Uint8Array(chosen.length * bytes);
  chosen.forEach((position, i) => pixels.set(set.pixels.subarray(position * bytes, (position + 1) * bytes), i * bytes));
  return { size: set.height, pixels, labels: chosen.map((position) => set.labels[position] ?? 0), offset, total: all.length };
}

/** Training pictures from all over the set, each beside its first variants; those that training will see with seed 0. */
export async function augmented(dataset: Dataset, { augmentation, pictures, variants }: AugmentRequest, context: JobContext): Promise<Augmented> {
  const set = await dataset.load('train', dataset.summary.pictureSize ?? PHOTOGRAPH_SIZE, context);
  const count = Math.min(pictures, set.count);
  const chosen = Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * set.count) / count));
  const bytes = set.height * set.width * 3;
  const changed = augmentPictures(set, chosen, augmentation, 0, variants);
  const pixels = new Uint8Array(count * (1 + variants) * bytes);
  chosen.forEach((position, i) => {
    const at = i * (1 + variants) * bytes;
    pixels.set(set.pixels.subarray(position * bytes, (position + 1) * bytes), at);
    pixels.set(changed.subarray(i * variants * bytes, (i + 1) * variants * bytes), at + bytes);
  });
  return { size: set.height, variants, pixels, labels: chosen.map((position) => set.labels[position] ?? 0) };
}
