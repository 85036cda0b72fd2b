/**
 * Prints to be found again. Hashes that differ in few bits agree almost in at least one of their words, so words are looked up, not pictures
 * compared with pictures (multi-index hashing, Norouzi, Punjani and Fleet 2012): of two hashes that differ in at most MOST_BITS of all bits, one
 * word differs in at most FLIPS.
 */
import type { Grid } from './grid';
import { bitsIn, distance, type Print, WORD_BITS, WORDS } from './perceptual-hash';
import { agreement } from './registration';

const FLIPS = 2;
/** Pigeonhole: one bit more, and every word could differ in FLIPS + 1. */
const MOST_BITS = WORDS * (FLIPS + 1) - 1;
/** Found by measurement: docs/decisions/near-duplicates.md. */
const LEAST_AGREEMENT = 0.95;

/** All ways to flip at most FLIPS bits of a word. */
const MASKS = Uint16Array.from({ length: 1 << WORD_BITS }, (_, mask) => mask).filter((mask) => bitsIn(mask) <= FLIPS);

export class NearIndex {
  /** For each word of the hash and each value of it, the last print that has it, counted from 1; 0 for none. */
  readonly #last = new Int32Array(WORDS << WORD_BITS);
  /** For each print and each of its words, the one before that has the same. */
  readonly #before: Int32Array;
  readonly #words: Uint16Array;
  readonly #grids: Grid[] = [];
  /** By print: the last query that met it, so that it is compared once. */
  readonly #met: Int32Array;
  #queries = 0;

  /** @param capacity prints at most */
  constructor(capacity: number) {
    this.#before = new Int32Array(capacity * WORDS);
    this.#words = new Uint16Array(capacity * WORDS);
    this.#met = new Int32Array(capacity);
  }

  /** @returns the number it will be found by: they count up from 0 */
  add({ words, grid }: Print): number {
    const count = this.#grids.push(grid);
    const number = count - 1;
    this.#words.set(words, number * WORDS);
    words.forEach((word, i) => {
      const bucket = (i << WORD_BITS) | word;
      this.#before[number * WORDS + i] = this.#last[bucket]!;
      this.#last[bucket] = count;
    });
    return number;
  }

  /** Numbers of the prints of nearly the same picture, in ascending order. */
  near({ words, grid }: Print): number[] {
    const query = ++this.#queries;
    const found: number[] = [];
    for (let i = 0; i < WORDS; i++) {
      for (let m = 0; m < MASKS.length; m++) {
        for (let count = this.#last[(i << WORD_BITS) | (words[i]! ^ MASKS[m]!)]!; count > 0; count = this.#before[(count - 1) * WORDS + i]!) {
          const number = count - 1;
          if (this.#met[number] === query) continue;
          this.#met[number] = query;
          if (distance(words, this.#words, number * WORDS) <= MOST_BITS && agreement(grid, this.#grids[number]!) >= LEAST_AGREEMENT) found.push(number);
        }
      }
    }
    return found.sort((a, b) => a - b);
  }
}
