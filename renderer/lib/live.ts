/** Answers that come many times a second, so that a person can read them. */
import type { Classification } from '../../electron/contract';

/** What is shown of answers: those of the last moments, blended. */
export type Shown = Pick<Classification, 'top' | 'unknown'>;

/** Milliseconds in which an old answer fades to a third: long enough not to flicker, short enough to follow a hand. */
const FADE = 150;
/** Frames of the last second are counted. */
const SECOND = 1000;

export class Blend {
  readonly #scores = new Map<string, number>();
  #unknown = 0;
  #at: number | null = null;
  #most = 0;

  /** The answer blended with those before it: e^(-t/FADE) of what was, the rest of what is. @param now milliseconds */
  add({ top, unknown }: Shown, now: number): Shown {
    const old = this.#at === null ? 0 : Math.exp((this.#at - now) / FADE);
    this.#at = now;
    this.#most = Math.max(this.#most, top.length);
    const fresh = new Map(top.map(({ label, probability }) => [label, probability]));
    for (const label of new Set([...this.#scores.keys(), ...fresh.keys()])) this.#scores.set(label, old * (this.#scores.get(label) ?? 0) + (1 - old) * (fresh.get(label) ?? 0));
    this.#unknown = old * this.#unknown + (unknown ? 1 - old : 0);
    const sorted = [...this.#scores].map(([label, probability]) => ({ label, probability })).sort((a, b) => b.probability - a.probability);
    return { top: sorted.slice(0, this.#most), unknown: this.#unknown > 0.5 };
  }
}

export class FrameRate {
  #times: number[] = [];

  /** A frame more; how many there are a second, over the last one. @param now milliseconds */
  add(now: number): number {
    this.#times = [...this.#times.filter((time) => now - time < SECOND), now];
    const [first = now] = this.#times;
    return this.#times.length < 2 ? 0 : ((this.#times.length - 1) * 1000) / (now - first);
  }
}
