/** Pages of pictures as they come from the engine, kept as small canvases that draw quickly. */
import type { PictureCard, PictureQuery, PictureView } from '../../electron/contract';
import { call } from '../api';

/** Few enough that photographs, decoded one after the other, begin to show at once. */
export const PAGE_PICTURES = 60;
const PAGE_COLUMNS = 20;
/** Pages kept; 130 pages of 60 pictures at 96 px are about 300 MB of pixels, of 32 px a ninth of it. */
const PAGES_KEPT = 130;
/** More at once would all be late; when one has come, those in sight by then are asked for. */
const PAGES_AT_ONCE = 2;
/** Milliseconds until a page that could not be had may be asked for again. */
const RETRY_AFTER = 2000;

export interface PicturePage {
  readonly canvas: HTMLCanvasElement;
  readonly size: number;
  readonly cards: readonly PictureCard[];
  /** The project's, when these were fetched. */
  readonly revision: number;
}

/** The query that finds all of a part. */
export const everyPicture = (part: PictureQuery['part']): PictureQuery => ({ part, class: null, text: '', only: null });

/** A picture of RGB bytes that begin at `from`. */
function rgbImage(context: CanvasRenderingContext2D, pixels: Uint8Array, width: number, height: number, from = 0): ImageData {
  const one = context.createImageData(width, height);
  for (let i = 0, to = 0; i < width * height; i++, from += 3, to += 4) {
    one.data[to] = pixels[from]!;
    one.data[to + 1] = pixels[from + 1]!;
    one.data[to + 2] = pixels[from + 2]!;
    one.data[to + 3] = 255;
  }
  return one;
}

/** Puts a picture onto a canvas, which becomes as large as it. */
export function putView(canvas: HTMLCanvasElement, { pixels, shownWidth, shownHeight }: PictureView): void {
  canvas.width = shownWidth;
  canvas.height = shownHeight;
  const context = canvas.getContext('2d');
  context?.putImageData(rgbImage(context, pixels, shownWidth, shownHeight), 0, 0);
}

/** Draws picture `index` of RGB bytes, `size` x `size` each, with its corner at (x, y). */
export function putPicture(context: CanvasRenderingContext2D, pixels: Uint8Array, size: number, index: number, x = 0, y = 0): void {
  context.putImageData(rgbImage(context, pixels, size, size, index * size * size * 3), x, y);
}

/** Small pictures are enlarged until they can be looked at, by whole pixels. */
const SMALL_PICTURE = 64;
const MOST_ENLARGED = 8;

/** By how much a picture is enlarged, or made smaller, to be looked at in a room that large. */
export function enlargement(width: number, height: number, roomWidth: number, roomHeight: number): number {
  const fit = Math.min(roomWidth / width, roomHeight / height);
  if (fit < 1) return fit;
  return Math.max(width, height) <= SMALL_PICTURE ? Math.min(MOST_ENLARGED, Math.floor(fit)) : 1;
}

/** Draws pictures `size` x `size` of RGB bytes side by side onto one canvas. */
function toCanvas(pixels: Uint8Array, size: number, pictures: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = size * PAGE_COLUMNS;
  canvas.height = size * Math.max(1, Math.ceil(pictures / PAGE_COLUMNS));
  const context = canvas.getContext('2d');
  if (!context) return canvas;
  for (let picture = 0; picture < pictures; picture++) {
    putPicture(context, pixels, size, picture, (picture % PAGE_COLUMNS) * size, Math.floor(picture / PAGE_COLUMNS) * size);
  }
  return canvas;
}

/** The pictures that a query finds, fetched page by page as they are looked at. */
export class PictureSource {
  /** How many there are; null until the first page has come. */
  total: number | null = null;
  readonly #pages = new Map<number, PicturePage>();
  readonly #coming = new Set<number>();
  /** When pages could not be had, on the page's clock. */
  readonly #failed = new Map<number, number>();
  #revision: number;
  #ids: Promise<readonly number[]> | null = null;

  constructor(
    readonly query: PictureQuery,
    revision: number,
    /** A page has come, or could not. Whoever shows pages asks for them again then. */
    private readonly changed: (error?: unknown) => void
  ) {
    this.#revision = revision;
  }

  /** The project has changed: what was fetched before is shown until it has come anew. */
  refresh(revision: number): void {
    if (revision === this.#revision) return;
    this.#revision = revision;
    this.#ids = null;
  }

  /** The page, perhaps an old one while it is being fetched again; null while there is none. */
  page(index: number): PicturePage | null {
    const known = this.#pages.get(index) ?? null;
    if ((known?.revision ?? -1) < this.#revision && this.#mayAsk(index)) void this.#fetch(index);
    if (known) {
      // Looked at last, thrown away last.
      this.#pages.delete(index);
      this.#pages.set(index, known);
    }
    return known;
  }

  /** The picture at a position, as far as it has come. */
  card(position: number): PictureCard | null {
    return this.page(Math.floor(position / PAGE_PICTURES))?.cards[position % PAGE_PICTURES] ?? null;
  }

  /** Ids of all pictures that the query finds, in order. */
  ids(): Promise<readonly number[]> {
    return (this.#ids ??= call('data:ids', { query: this.query }).catch((error: unknown) => {
      this.#ids = null;
      throw error;
    }));
  }

  #mayAsk(index: number): boolean {
    const failed = this.#failed.get(index);
    return this.#coming.size < PAGES_AT_ONCE && !this.#coming.has(index) && (failed === undefined || performance.now() - failed > RETRY_AFTER);
  }

  async #fetch(index: number): Promise<void> {
    this.#coming.add(index);
    this.#failed.delete(index);
    let problem: unknown;
    try {
      const { total, pixels, size, pictures, revision } = await call('data:thumbnails', { query: this.query, offset: index * PAGE_PICTURES, count: PAGE_PICTURES });
      this.total = total;
      this.#pages.delete(index);
      this.#pages.set(index, { canvas: toCanvas(pixels, size, pictures.length), size, cards: pictures, revision });
      for (const key of [...this.#pages.keys()].slice(0, Math.max(0, this.#pages.size - PAGES_KEPT))) this.#pages.delete(key);
    } catch (error) {
      problem = error;
      this.#failed.set(index, performance.now());
    }
    this.#coming.delete(index);
    this.changed(problem);
  }
}

/** Draws picture `index` of a page into a square of a canvas; small pictures keep their pixels. */
export function drawPicture(context: CanvasRenderingContext2D, page: PicturePage, index: number, x: number, y: number, side: number): void {
  context.imageSmoothingEnabled = page.size > 32;
  context.drawImage(page.canvas, (index % PAGE_COLUMNS) * page.size, Math.floor(index / PAGE_COLUMNS) * page.size, page.size, page.size, x, y, side, side);
}

/** Picture `index` of a page as a PNG file, pixel by pixel as it is. */
export function pictureFile(page: PicturePage, index: number, name: string): Promise<File> {
  const one = document.createElement('canvas');
  one.width = one.height = page.size;
  const context = one.getContext('2d');
  if (context) drawPicture(context, page, index, 0, 0, page.size);
  return new Promise((resolve, reject) =>
    one.toBlob((blob) => (blob ? resolve(new File([blob], name, { type: 'image/png' })) : reject(new Error(`${name} could not be made a file.`))), 'image/png')
  );
}
