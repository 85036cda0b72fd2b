/** The open model on many pictures from outside, and on a camera's frames. */
import { type Classification, type SortedCopies, type TriedMany, type TriedThumbnails, TsugikiError } from '../contract';
import type { JobContext } from './context';
import { readFiles } from './data/read-files';
import { readPictures } from './data/read-pictures';
import type { Desk } from './desk';
import { classifyMany } from './jobs/classify-many';
import { sortCopies } from './jobs/sort-copies';
import { onWhite } from './runtime/picture';

/** Side of a thumbnail, pixels: what a row of a table shows, on a fine screen. */
const THUMBNAIL = 64;

export class Trier {
  /** What was classified last, and out of which paths. */
  #tried: TriedMany | null = null;
  #sources: readonly string[] = [];

  constructor(readonly desk: Desk) {}

  /** @param pixels R G B A of a canvas, [height, width, 4] */
  frame(pixels: Uint8ClampedArray, width: number, height: number): Classification {
    const start = performance.now();
    const answer = this.desk.classifier.look(onWhite({ width, height, data: pixels }));
    return { ...answer, milliseconds: performance.now() - start };
  }

  async many(paths: readonly string[], context: JobContext): Promise<TriedMany> {
    const tried = await classifyMany(this.desk.classifier.model, paths, context);
    this.#tried = tried;
    this.#sources = paths;
    return tried;
  }

  async thumbnails(rows: readonly number[]): Promise<TriedThumbnails> {
    const tried = this.#needTried();
    const bytes = THUMBNAIL * THUMBNAIL * 3;
    const pixels = new Uint8Array(rows.length * bytes).fill(128);
    const places = rows.flatMap((row, i) => (tried.reasons[row] === null ? [{ i, path: tried.paths[row] ?? '' }] : []));
    readPictures(await readFiles(places.map(({ path }) => path)), THUMBNAIL, THUMBNAIL).forEach((picture, k) => {
      if (!(picture instanceof TsugikiError)) pixels.set(picture.pixels, (places[k]?.i ?? 0) * bytes);
    });
    return { size: THUMBNAIL, pixels };
  }

  /** Bytes of a row's picture; of no other file. @throws TsugikiError picture_missing, picture_unreadable */
  async file(row: number): Promise<Uint8Array> {
    const { paths, reasons } = this.#needTried();
    const reason = reasons[row];
    if (reason) throw new TsugikiError(reason.code, reason.message, reason.params);
    const [file] = await readFiles([paths[row] ?? '']);
    if (!file || file instanceof TsugikiError) throw file ?? new Error('The file was not read.');
    return file;
  }

  sort(directory: string, context: JobContext): Promise<SortedCopies> {
    return sortCopies(this.#needTried(), this.#sources, directory, context);
  }

  #needTried(): TriedMany {
    if (!this.#tried) throw new TsugikiError('nothing_tried', 'Nothing has been classified since the model was opened. Drop the pictures again.');
    return this.#tried;
  }
}
