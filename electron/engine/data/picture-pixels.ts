/** Pixels of a project's pictures: of files decoded and resized, of packed sets as they are stored. */
import { join } from 'node:path';
import { type Picture, TsugikiError } from '../../contract';
import type { JobContext } from '../context';
import { type Picture as Pixels, decodePicture, resizePicture } from '../runtime/images';
import type { ImageSet } from './dataset';
import type { PackedPart, PackedSet } from './packed';
import { readFiles } from './read-files';
import { readPictures } from './read-pictures';
import { Stage } from './stage';

const MOST_BYTES = 2 ** 32 - 1;
/** Files read and decoded at a time: some tens of milliseconds for photographs. */
const BLOCK = 128;
/** Of squares that are kept to be shown again. */
const KEPT_BYTES = 64 * 2 ** 20;

/** Pictures that are decoded already, so that an edit of a few does not cost decoding all again. */
interface Decoded {
  readonly set: ImageSet;
  /** Row of each picture (id) whose content (hash) is in the set. */
  readonly rows: ReadonlyMap<number, { readonly row: number; readonly hash: string }>;
}

/** A picture file that is read and not yet decoded. */
interface File {
  readonly file: Uint8Array;
}

export interface PixelPlaces {
  /** Path on disk of a picture that is a file. */
  pathOf(picture: Picture): string;
  packed(root: number, context: JobContext): Promise<PackedSet>;
}

export class PicturePixels {
  /** Two sizes are in use at a time: what one phase and the next train at. */
  readonly #decoded = new Map<number, Decoded[]>();
  /** Squares of files by size and content, those shown last at the end: after an edit the grid asks for the same ones again. */
  readonly #shown = new Map<string, Uint8Array>();
  #shownBytes = 0;

  constructor(
    private readonly places: PixelPlaces,
    /** A picture that cannot be read, with the reason. */
    private readonly unreadable: (picture: Picture, error: unknown) => void
  ) {}

  /**
   * Pictures of one size as training sees them; `label` gives the class index of each. Those that cannot be read are left out and told.
   * @throws TsugikiError too_many_pictures
   */
  async load(pictures: readonly Picture[], edge: number, label: (picture: Picture) => number, context: JobContext): Promise<ImageSet> {
    const whole = await this.#wholePart(pictures, edge, context);
    if (whole) return withLabels(whole, pictures, label);
    const known = this.#decoded.get(edge) ?? [];
    const same = known.find(({ rows, set }) => set.count === pictures.length && pictures.every(({ id, hash }, i) => rows.get(id)?.row === i && rows.get(id)?.hash === hash));
    if (same) return withLabels(same.set, pictures, label);
    const made = await this.#decodeAll(pictures, edge, known, context);
    // Training and test part of the two sizes used last.
    this.#decoded.delete(edge);
    this.#decoded.set(edge, [made.decoded, ...known].slice(0, 3));
    for (const old of [...this.#decoded.keys()].slice(0, -2)) this.#decoded.delete(old);
    return withLabels(made.decoded.set, made.pictures, label);
  }

  /** Pictures with their squares one after the other, in order: as many as one likes, nothing of them is kept. Those that cannot be read are left out and told. */
  async *stream(pictures: readonly Picture[], edge: number, context: JobContext): AsyncGenerator<{ picture: Picture; square: Uint8Array }> {
    const known = this.#decoded.get(edge) ?? [];
    for await (const { picture, square } of this.#squares(pictures, edge, (picture) => recall(known, picture), context)) {
      if (square instanceof Error) this.unreadable(picture, square);
      else yield { picture, square };
    }
  }

  /** RGB bytes of a few pictures, `edge` x `edge` each; one that cannot be read is grey. */
  async few(pictures: readonly Picture[], edge: number, context: JobContext): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = edge * edge * 3;
    const pixels = new Uint8Array(pictures.length * bytes);
    const known = (picture: Picture): Uint8Array | null => (picture.row === null ? (this.#shown.get(`${edge} ${picture.hash}`) ?? null) : null);
    let i = 0;
    for await (const { picture, square } of this.#squares(pictures, edge, known, context)) {
      if (square instanceof Error) {
        pixels.fill(128, i * bytes, (i + 1) * bytes);
        this.unreadable(picture, square);
      } else {
        pixels.set(square, i * bytes);
        if (picture.row === null) this.#show(`${edge} ${picture.hash}`, square);
      }
      i++;
    }
    return pixels;
  }

  /** One picture in its own shape, at most `size` pixels high and wide. @throws TsugikiError picture_unreadable */
  async one(picture: Picture, size: number, context: JobContext): Promise<Pixels> {
    const pixels = picture.row === null ? decodePicture(await this.#read(picture), size) : await this.#packedPixels(picture, context);
    const ratio = Math.min(1, size / Math.max(pixels.width, pixels.height));
    return resizePicture(pixels, Math.max(1, Math.round(pixels.height * ratio)), Math.max(1, Math.round(pixels.width * ratio)));
  }

  /** Sets that are whole parts of a packed set, in its order, need no copy. */
  async #wholePart(pictures: readonly Picture[], edge: number, context: JobContext): Promise<ImageSet | null> {
    const [first] = pictures;
    if (!first || first.row === null) return null;
    if (!pictures.every(({ root, file, row }, i) => root === first.root && file === first.file && row === i)) return null;
    const packed = await this.places.packed(first.root, context);
    const set = await packed.load(first.file as PackedPart, context);
    return packed.size === edge && set.count >= pictures.length ? { ...set, count: pictures.length } : null;
  }

  async #decodeAll(pictures: readonly Picture[], edge: number, known: readonly Decoded[], context: JobContext): Promise<{ decoded: Decoded; pictures: Picture[] }> {
    const bytes = edge * edge * 3;
    if (pictures.length * bytes > MOST_BYTES) {
      const most = Math.floor(MOST_BYTES / bytes);
      throw new TsugikiError('too_many_pictures', `${pictures.length} pictures of ${edge} x ${edge} do not fit into memory, ${most} do. Choose a smaller input size, or fewer pictures.`, { count: pictures.length, size: edge, most });
    }
    const stage = new Stage(context, 'decode', pictures.length, 'pictures');
    const pixels = new Uint8Array(pictures.length * bytes);
    const rows = new Map<number, { row: number; hash: string }>();
    const readable: Picture[] = [];
    for await (const { picture, square } of this.#squares(pictures, edge, (picture) => recall(known, picture), context)) {
      if (square instanceof Error) this.unreadable(picture, square);
      else {
        const row = readable.length;
        pixels.set(square, row * bytes);
        readable.push(picture);
        rows.set(picture.id, { row, hash: picture.hash });
      }
      stage.add(1);
    }
    const count = readable.length;
    return { decoded: { set: { count, height: edge, width: edge, pixels: pixels.subarray(0, count * bytes), labels: new Int32Array(count) }, rows }, pictures: readable };
  }

  /** Puts a square behind the others; those shown longest ago go. */
  #show(key: string, square: Uint8Array): void {
    if (!this.#shown.delete(key)) this.#shownBytes += square.length;
    this.#shown.set(key, square);
    for (const [oldest, { length }] of this.#shown) {
      if (this.#shownBytes <= KEPT_BYTES) break;
      this.#shown.delete(oldest);
      this.#shownBytes -= length;
    }
  }

  /**
   * Each picture with its square, in order, an Error where it cannot be read. While one block is decoded, on all cores, the next is being read.
   * @param known gives a square that is there already
   */
  async *#squares(pictures: readonly Picture[], edge: number, known: (picture: Picture) => Uint8Array | null, context: JobContext): AsyncGenerator<{ picture: Picture; square: Uint8Array | Error }> {
    const read = (from: number) => this.#stored(pictures.slice(from, from + BLOCK), edge, known, context);
    let reading = read(0);
    for (let from = 0; from < pictures.length; from += BLOCK) {
      await context.breathe();
      const block = await reading;
      reading = read(from + BLOCK);
      const files = block.filter((one): one is File => 'file' in one);
      const decoded = new Map(readPictures(files.map(({ file }) => file), edge, edge).map((picture, i) => [files[i] as File, picture]));
      for (const [i, one] of block.entries()) {
        const found = 'file' in one ? (decoded.get(one) as Pixels | Error) : one;
        yield { picture: pictures[from + i] as Picture, square: 'pixels' in found ? found.pixels : found };
      }
    }
  }

  /** A file's bytes, a square that is there, or why there is neither. */
  async #stored(pictures: readonly Picture[], edge: number, known: (picture: Picture) => Uint8Array | null, context: JobContext): Promise<(File | Uint8Array | Error)[]> {
    const there = pictures.map(known);
    const files = await readFiles(pictures.filter(({ row }, i) => row === null && !there[i]).map((picture) => this.places.pathOf(picture)));
    return Promise.all(
      pictures.map((picture, i) => {
        if (there[i] || picture.row !== null) return there[i] ?? this.#packedSquare(picture, edge, context);
        const file = files.shift();
        return file instanceof Uint8Array ? { file } : (file ?? new Error('There is no file to read.'));
      })
    );
  }

  #packedSquare(picture: Picture, edge: number, context: JobContext): Promise<Uint8Array | Error> {
    return this.#packedPixels(picture, context).then(
      (pixels) => resizePicture(pixels, edge, edge).pixels,
      (error: unknown) => (error instanceof Error ? error : new Error(String(error)))
    );
  }

  async #read(picture: Picture): Promise<Uint8Array> {
    const [bytes] = await readFiles([this.places.pathOf(picture)]);
    if (!(bytes instanceof Uint8Array)) throw bytes ?? new Error('There is no file to read.');
    return bytes;
  }

  async #packedPixels({ root, file, row }: Picture, context: JobContext): Promise<Pixels> {
    const set = await (await this.places.packed(root, context)).load(file as PackedPart, context);
    const bytes = set.height * set.width * 3;
    const at = (row ?? 0) * bytes;
    if (at + bytes > set.pixels.length) throw new TsugikiError('row_missing', `The set has no picture ${(row ?? 0) + 1} any more.`, { number: (row ?? 0) + 1 });
    return { width: set.width, height: set.height, pixels: set.pixels.subarray(at, at + bytes) };
  }
}

function withLabels(set: ImageSet, pictures: readonly Picture[], label: (picture: Picture) => number): ImageSet {
  return { ...set, labels: Int32Array.from(pictures, label), ids: Int32Array.from(pictures, ({ id }) => id) };
}

function recall(known: readonly Decoded[], { id, hash }: Picture): Uint8Array | null {
  for (const { set, rows } of known) {
    const found = rows.get(id);
    if (found?.hash !== hash) continue;
    const bytes = set.height * set.width * 3;
    return set.pixels.subarray(found.row * bytes, (found.row + 1) * bytes);
  }
  return null;
}

/** The path of a picture below a folder. */
export const below = (folder: string, file: string): string => join(folder, ...file.split('/'));
