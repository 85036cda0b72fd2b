/** How the run's charts are looked at: which epoch is read and in which of them, how loss is measured, how smooth the batches are. */
import type { Measure } from '../charts/curves';

let read = $state.raw<{ readonly epoch: number; readonly by: Measure } | null>(null);
let logarithmic = $state(false);
let smoothing = $state(0);

export const charts = {
  /** Place in session.now.epochs that both charts point at, and which of them tells its numbers; null: none. */
  get read(): { readonly epoch: number; readonly by: Measure } | null {
    return read;
  },
  set read(reading: { readonly epoch: number; readonly by: Measure } | null) {
    read = reading;
  },
  get logarithmic(): boolean {
    return logarithmic;
  },
  set logarithmic(on: boolean) {
    logarithmic = on;
  },
  /** 0 up to 1: the share of each point that comes from those before. */
  get smoothing(): number {
    return smoothing;
  },
  set smoothing(share: number) {
    smoothing = share;
  }
};
