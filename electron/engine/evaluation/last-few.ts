/** Compiled programs, of which the last few that were asked for are kept. */

export class LastFew<T extends { dispose(): void }> {
  /** Asked for last, last. */
  readonly #kept = new Map<string, T>();

  constructor(private readonly most: number) {}

  get(key: string, make: () => T): T {
    const one = this.#kept.get(key) ?? make();
    this.#kept.delete(key);
    this.#kept.set(key, one);
    for (const [oldest, program] of this.#kept) {
      if (this.#kept.size <= this.most) break;
      program.dispose();
      this.#kept.delete(oldest);
    }
    return one;
  }

  clear(): void {
    for (const one of this.#kept.values()) one.dispose();
    this.#kept.clear();
  }
}
