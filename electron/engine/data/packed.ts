/** Sets that are one file or a few: thousands of small pictures of one size, behind each other. */
import type { DataSummary } from '../../contract';
import type { JobContext } from '../context';
import type { ImageSet } from './dataset';

export type PackedPart = 'train' | 'test';

export interface PackedSet {
  /** "CIFAR-10", "Sample", or the folder's name. */
  readonly name: string;
  readonly classNames: readonly string[];
  /** Height and width of every picture, pixels. */
  readonly size: number;
  readonly testedOn: DataSummary['testedOn'];
  /** Pictures of a part in the file's order, decoded once and kept; count 0 where there are none. */
  load(part: PackedPart, context: JobContext): Promise<ImageSet>;
}

/** What is known of a path once it has been recognised: how to open it. */
export type PackedOpener = (context: JobContext) => Promise<PackedSet>;
