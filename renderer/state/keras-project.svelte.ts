/** The run as a project that trains elsewhere, and what came of writing it. */
import type { KerasProject } from '../../electron/contract';
import { call } from '../api';
import { report } from './toasts.svelte';

let writing = $state(false);
let result = $state.raw<KerasProject | null>(null);

export const kerasProject = {
  get writing(): boolean {
    return writing;
  },
  get result(): KerasProject | null {
    return result;
  },
  /** @param goOn from the trained weights, not from those that the run began with */
  async write(goOn: boolean): Promise<void> {
    if (writing) return;
    writing = true;
    try {
      result = (await call('export:project', { goOn })) ?? result;
    } catch (error) {
      report(error);
    } finally {
      writing = false;
    }
  }
};
