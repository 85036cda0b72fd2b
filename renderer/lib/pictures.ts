/** Pages of pictures as they come from the engine, kept as small canvases that draw quickly. */
import type { Split } from '../../electron/contract';
import { call } from '../api';

export const PAGE_PICTURES = 200;
const PAGE_COLUMNS = 20;
/** Pages kept; 40 pages of 200 pictures at 96 px are about 300 MB of pixels, of 32 px a ninth of it. */
const PAGES_KEPT = 40;

export interface PicturePage {
  readonly canvas: HTMLCanvasElement;
  readonly size: number;
  readonly labels: readonly number[];
}

/** Draws picture `index` of RGB bytes, `size` x `size` each, with its corner at (x, y). */
export function putPicture(context: CanvasRenderingContext2D, pixels: Uint8Array, size: number, index: number, x = 0, y = 0): void {
  const one = context.createImageData(size, size);
  for (let i = 0, from = index * size * size * 3, to = 0; i < size * size; i++, from += 3, to += 4) {
    one.data[to] = pixels[from]!;
    one.data[to + 1] = pixels[from + 1]!;
    one.data[to + 2] = pixels[from + 2]!;
    one.data[to + 3] = 255;
  }
  context.putImageData(one, x, y);
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

/** The pictures of one split, or of one class of it, fetched page by page as they are looked at. */
export class PictureSource {
  /** How many there are; null until the first page has come. */
  total: number | null = null;
  readonly #pages = new Map<number, PicturePage | 'coming'>();

  constructor(
    readonly split: Split,
    readonly label: number | null,
    /** A page has come, or could not. */
    private readonly changed: (error?: unknown) => void
  ) {}

  /** The page, or null while it is being fetched. */
  page(index: number): PicturePage | null {
    const known = this.#pages.get(index);
    if (known === 'coming') return null;
    if (known) {
      // Looked at last, thrown away last.
      this.#pages.delete(index);
      this.#pages.set(index, known);
      return known;
    }
    void this.#fetch(index);
    return null;
  }

  async #fetch(index: number): Promise<void> {
    this.#pages.set(index, 'coming');
    try {
      const wish = { split: this.split, offset: index * PAGE_PICTURES, count: PAGE_PICTURES };
      const answer = await call('data:thumbnails', this.label === null ? wish : { ...wish, label: this.label });
      this.total = answer.total;
      this.#pages.set(index, { canvas: toCanvas(answer.pixels, answer.size, answer.labels.length), size: answer.size, labels: answer.labels });
      for (const key of [...this.#pages.keys()].slice(0, Math.max(0, this.#pages.size - PAGES_KEPT))) this.#pages.delete(key);
      this.changed();
    } catch (error) {
      this.#pages.delete(index);
      this.changed(error);
    }
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
