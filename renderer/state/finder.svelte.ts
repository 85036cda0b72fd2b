/** The learning-rate range test: which phase is being tried, and what was found. */
import type { LearningRateRange } from '../../electron/contract';
import { call } from '../api';
import { data } from './data.svelte';
import { recipe } from './recipe.svelte';
import { session } from './session.svelte';
import { report } from './toasts.svelte';

let trying = $state<number | null>(null);
let found = $state.raw<{ phase: number; range: LearningRateRange } | null>(null);

export const finder = {
  /** Index of the phase on which rates are being tried. */
  get trying(): number | null {
    return trying;
  },
  /** What was found for a phase; null while it is not known. */
  of(phase: number): LearningRateRange | null {
    return found?.phase === phase ? found.range : null;
  },
  async find(phase: number): Promise<void> {
    if (trying !== null) return;
    trying = phase;
    found = null;
    try {
      found = { phase, range: await call('train:find_learning_rate', { recipe: recipe.now, weights: recipe.weights, phase }) };
    } catch (error) {
      report(error);
    } finally {
      trying = null;
      session.clearStage();
    }
  },
  cancel: (): Promise<void> => data.cancel('learning_rate')
};
