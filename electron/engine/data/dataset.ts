/** A data set as training sees it. */
import type { DataSummary, Split } from '../../contract';
import type { JobContext } from '../context';

/** Pictures of one size in memory, bytes 0..255, [count, height, width, 3] in row order (R, G, B interleaved). */
export interface ImageSet {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly pixels: Uint8Array;
  /** Class index of each picture. */
  readonly labels: Int32Array;
  /** Id of each picture, where they come from a project. */
  readonly ids?: Int32Array;
}

export interface Dataset {
  readonly summary: DataSummary;
  /**
   * The pictures of a split. Sets of one fixed size (CIFAR-10, the sample) ignore `size` and give what they store (the network's own
   * resize layer does the rest); photographs are decoded and resized to `size` x `size`, once, and kept.
   * A split that there is none of has count 0.
   */
  load(split: Split, size: number, context: JobContext): Promise<ImageSet>;
}

/** Pictures of all the sets. */
export const countOf = (sets: readonly ImageSet[]): number => sets.reduce((sum, { count }) => sum + count, 0);

/** Copies of the pixels of the pictures at these places, one picture after the other. */
export function pixelsAt({ height, width, pixels }: Pick<ImageSet, 'height' | 'width' | 'pixels'>, places: ArrayLike<number>): Uint8Array {
  const bytes = height * width * 3;
  const copies = new Uint8Array(places.length * bytes);
  for (let i = 0; i < places.length; i++) {
    const at = (places[i] as number) * bytes;
    copies.set(pixels.subarray(at, at + bytes), i * bytes);
  }
  return copies;
}

/** Pictures [from, to) of a set, without copying. */
export function sliceImages(set: ImageSet, from: number, to: number): ImageSet {
  const bytes = set.height * set.width * 3;
  return { ...set, count: to - from, pixels: set.pixels.subarray(from * bytes, to * bytes), labels: set.labels.subarray(from, to), ...(set.ids && { ids: set.ids.subarray(from, to) }) };
}
