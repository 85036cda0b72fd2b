/** Small pictures for the window's grid. */
import type { Split, Thumbnails } from '../contract';
import type { JobContext } from './context';
import type { Dataset, ImageSet } from './data/dataset';

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
