/** Thumbnails of a table's rows, fetched as they come into sight. */
import type { TriedThumbnails } from '../../electron/contract';
import { call } from '../api';
import { latest } from './latest';
import { putPicture } from './pictures';

/** 3,000 of 64 x 64 pixels are 37 MB. */
const KEPT = 3000;

export class RowPictures {
  readonly #known = new Map<number, { readonly of: TriedThumbnails; readonly index: number }>();
  readonly #ask: (rows: readonly number[]) => void;

  /** @param changed some have come */
  constructor(changed: () => void, fail: (error: unknown) => void) {
    this.#ask = latest(
      async (rows) => ({ rows, of: await call('classify:thumbnails', { rows: [...rows] }) }),
      ({ rows, of }) => {
        rows.forEach((row, index) => this.#known.set(row, { of, index }));
        for (const row of [...this.#known.keys()].slice(0, Math.max(0, this.#known.size - KEPT))) this.#known.delete(row);
        changed();
      },
      fail
    );
  }

  /** Asks for those of these rows that are not there yet. */
  want(rows: readonly number[]): void {
    const missing = rows.filter((row) => !this.#known.has(row));
    if (missing.length > 0) this.#ask(missing);
  }

  has(row: number): boolean {
    return this.#known.has(row);
  }

  draw(canvas: HTMLCanvasElement, row: number): void {
    const known = this.#known.get(row);
    const context = canvas.getContext('2d');
    if (!known || !context) return;
    canvas.width = canvas.height = known.of.size;
    putPicture(context, known.of.pixels, known.of.size, known.index);
  }
}
