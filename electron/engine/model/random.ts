/** A small seeded generator (xoshiro128**, Blackman and Vigna 2018) whose state can be kept in a checkpoint. */

/** Four unsigned 32-bit numbers. */
export type RandomState = readonly [number, number, number, number];

export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** @param seed any number; its lower 32 bits count */
  constructor(seed: number) {
    // splitmix32 spreads neighbouring seeds over unrelated states.
    let z = seed >>> 0;
    const spread = () => {
      z = (z + 0x9e3779b9) | 0;
      let t = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
      t = Math.imul(t ^ (t >>> 15), 0x735a2d97);
      return (t ^ (t >>> 15)) >>> 0;
    };
    [this.#a, this.#b, this.#c, this.#d] = [spread(), spread(), spread(), spread()];
  }

  get state(): RandomState {
    return [this.#a, this.#b, this.#c, this.#d];
  }

  set state(state: RandomState) {
    [this.#a, this.#b, this.#c, this.#d] = state;
  }

  /** A number in [0, 1), 32 random bits. */
  next(): number {
    const result = Math.imul(rotate(Math.imul(this.#b, 5), 7), 9) >>> 0;
    const t = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b = (this.#b ^ this.#c) >>> 0;
    this.#a = (this.#a ^ this.#d) >>> 0;
    this.#c = (this.#c ^ t) >>> 0;
    this.#d = rotate(this.#d, 11) >>> 0;
    return result / 0x1_0000_0000;
  }

  /** Puts the values into random order, in place (Fisher and Yates). Returns the same array. */
  shuffle<T extends Int32Array | unknown[]>(values: T): T {
    const array = values as unknown[];
    for (let i = array.length - 1; i > 0; i--) {
      const j = Math.floor(this.next() * (i + 1));
      const kept = array[i];
      array[i] = array[j];
      array[j] = kept;
    }
    return values;
  }
}

const rotate = (x: number, bits: number): number => (x << bits) | (x >>> (32 - bits));
