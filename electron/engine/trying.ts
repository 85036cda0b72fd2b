/** The open model on many pictures from outside, and on a camera's frames. */
import { type Classification, type SortedCopies, type TriedMany, type TriedThumbnails, TsugikiError } from '../contract';
import type { JobContext } from './context';
import type { Desk } from './desk';

export class Trier {
  constructor(readonly desk: Desk) {}

  frame(_pixels: Uint8ClampedArray, _width: number, _height: number): Classification {
    throw new TsugikiError('unexpected', 'Not built yet.');
  }

  async many(_paths: readonly string[], _context: JobContext): Promise<TriedMany> {
    throw new TsugikiError('unexpected', 'Not built yet.');
  }

  async thumbnails(_rows: readonly number[], _context: JobContext): Promise<TriedThumbnails> {
    throw new TsugikiError('unexpected', 'Not built yet.');
  }

  async sort(_directory: string, _context: JobContext): Promise<SortedCopies> {
    throw new TsugikiError('unexpected', 'Not built yet.');
  }
}
