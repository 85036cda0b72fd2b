/** What every job gets beside its input: where to report to, and how it is told to pause or stop. */
import { type Progress, StoppedError } from '../contract';

export interface JobContext {
  report(progress: Progress): void;
  readonly signal: AbortSignal;
  /**
   * Called between units of work of at most some tens of milliseconds: lets messages in, waits while the job is paused,
   * throws StoppedError once it is stopped.
   */
  breathe(): Promise<void>;
}

/** Pause, continue and stop for a job, and the context the job sees. */
export class JobControl {
  readonly #abort = new AbortController();
  #paused: Promise<void> | null = null;
  #unpause: (() => void) | null = null;

  get paused(): boolean {
    return this.#paused !== null;
  }

  pause(): void {
    this.#paused ??= new Promise((resolve) => (this.#unpause = resolve));
  }

  continue(): void {
    this.#unpause?.();
    this.#paused = this.#unpause = null;
  }

  stop(): void {
    this.#abort.abort();
    this.continue();
  }

  context(report: (progress: Progress) => void): JobContext {
    const signal = this.#abort.signal;
    const breathe = async () => {
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (this.#paused) {
        report({ kind: 'paused' });
        await this.#paused;
        if (!signal.aborted) report({ kind: 'continued' });
      }
      if (signal.aborted) throw new StoppedError();
    };
    return { report, signal, breathe };
  }
}

/** A context that reports nowhere and never stops. */
export const quietContext = (): JobContext => new JobControl().context(() => undefined);
