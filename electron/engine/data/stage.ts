/** Tells a job's slow parts: how far, of how much, and how long it will take. */
import type { StageProgress } from '../../contract';
import type { JobContext } from '../context';

/** Twenty a second is as much as anyone sees. */
const EVERY_MS = 50;

export class Stage {
  readonly #start = performance.now();
  #last = -Infinity;
  #done = 0;
  #first: number | null = null;

  constructor(
    private readonly context: JobContext,
    private readonly stage: StageProgress['stage'],
    private readonly total: number,
    private readonly unit: StageProgress['unit']
  ) {
    this.to(0);
  }

  /** Says that `done` of the total is done. */
  to(done: number): void {
    this.#done = done;
    this.#first ??= done;
    const now = performance.now();
    if (done < this.total && now - this.#last < EVERY_MS) return;
    this.#last = now;
    const seconds = (now - this.#start) / 1000;
    const pace = (done - this.#first) / seconds;
    const secondsLeft = this.total > 0 && pace > 0 && seconds > 0.2 ? (this.total - done) / pace : null;
    this.context.report({ kind: 'stage', stage: this.stage, done, total: this.total, unit: this.unit, secondsLeft });
  }

  add(more: number): void {
    this.to(this.#done + more);
  }
}
