/** How far, and how long still: from the speed so far. */
export class Pace {
  #done = 0;
  readonly #start = performance.now();

  constructor(readonly total: number) {}

  advance(by: number): { done: number; total: number; secondsLeft: number | null } {
    this.#done += by;
    const seconds = (performance.now() - this.#start) / 1000;
    return { done: this.#done, total: this.total, secondsLeft: this.#done > 0 ? (seconds / this.#done) * (this.total - this.#done) : null };
  }
}
