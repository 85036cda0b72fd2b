/** A piece of work that is done once, until it is forgotten. One that failed counts as not done. */
export class Once {
  #work: Promise<unknown> | null = null;
  /** What was under way when it was forgotten: what is done anew comes after it. */
  #before: Promise<void> | null = null;

  get started(): boolean {
    return this.#work !== null;
  }

  /** Does `work` unless it is done or under way. */
  async do(work: () => Promise<unknown>): Promise<void> {
    const mine = (this.#work ??= this.#before?.then(work) ?? work());
    try {
      await mine;
    } catch (error) {
      if (this.#work === mine) this.#work = null;
      throw error;
    }
  }

  /** It was done by other means. */
  done(): void {
    this.#work = Promise.resolve();
  }

  forget(): void {
    if (this.#work) this.#before = this.settled();
    this.#work = null;
  }

  /** Until nothing is under way any more, whatever came of it. */
  async settled(): Promise<void> {
    await this.#work?.catch(() => undefined);
  }
}
