/**
 * What a picture looks like, in a kilobyte: nearly the same picture has nearly the same print, though it was scaled, compressed, brightened or
 * trimmed a little.
 *
 * The difference hash (Krawetz 2013, https://www.hackerfactor.com/blog/?/archives/529-Kind-of-Like-That.html): brightness on a coarse grid, and
 * of each two neighbours whether the second is brighter. His 64 bits agree by chance too often among tens of thousands of small pictures. So
 * there are 112 here, down as well as across, of a picture blurred before, and what they find is looked at again (registration.ts).
 */
import { differences, halved, type Grid, mirrored, SIDE, smoothed } from './grid';

/** Height and width of the thumbnails that prints are made of, pixels. */
export const THUMBNAIL = 2 * SIDE;
const COARSE = SIDE / 2;
/** The hash lies in words, each of which an index can look up. */
export const WORD_BITS = 16;
export const WORDS = (2 * COARSE * (COARSE - 1)) / WORD_BITS;
/**
 * Neighbouring bits go to different words: a plain sky or a white ground, where all are alike, must not fill one. With 112 it shares no
 * divisor, so each bit has a place of its own.
 */
const STRIDE = 45;

export interface Print {
  /** [WORDS] */
  readonly words: Uint16Array;
  /** Brightness, [SIDE, SIDE]. */
  readonly grid: Grid;
}

/** The print of a picture and that of its mirror image. @param pixels RGB [THUMBNAIL, THUMBNAIL, 3] */
export function printsOf(pixels: Uint8Array): { print: Print; mirrored: Print } {
  const grid = halved(smoothed(smoothed(brightness(pixels), THUMBNAIL), THUMBNAIL), THUMBNAIL);
  return { print: printOf(grid), mirrored: printOf(mirrored(grid, SIDE)) };
}

function printOf(grid: Grid): Print {
  const words = new Uint16Array(WORDS);
  const signs = differences(halved(grid, SIDE), COARSE);
  for (let i = 0; i < signs.length; i++) {
    const place = (i * STRIDE) % signs.length;
    if (signs[i]! > 0) words[Math.floor(place / WORD_BITS)]! |= 1 << (place % WORD_BITS);
  }
  return { words, grid };
}

/** Luma of Rec. 601, [THUMBNAIL, THUMBNAIL]. */
function brightness(pixels: Uint8Array): Grid {
  const grid = new Float32Array(THUMBNAIL * THUMBNAIL);
  for (let i = 0; i < grid.length; i++) grid[i] = 0.299 * pixels[3 * i]! + 0.587 * pixels[3 * i + 1]! + 0.114 * pixels[3 * i + 2]!;
  return grid;
}

/** How many of 16 bits are set. */
const COUNTS = Uint8Array.from({ length: 1 << WORD_BITS }, (_, word) => {
  let count = 0;
  for (let rest = word; rest > 0; rest &= rest - 1) count += 1;
  return count;
});
export const bitsIn = (word: number): number => COUNTS[word]!;

/** Bits in which two hashes differ, the second of which lies at `at` among others. */
export function distance(words: Uint16Array, others: Uint16Array, at = 0): number {
  let bits = 0;
  for (let i = 0; i < WORDS; i++) bits += COUNTS[words[i]! ^ others[at + i]!]!;
  return bits;
}
