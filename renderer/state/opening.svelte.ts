/** A model from elsewhere opened for Try and Understand, and what its file did not say. */
import type { Opening, Scale } from '../../electron/contract';
import { call } from '../api';
import { m } from '../m';
import { place } from './place.svelte';
import { recipe } from './recipe.svelte';
import { session } from './session.svelte';
import { notify, report } from './toasts.svelte';
import { view } from './view.svelte';

let working = $state(false);
let last = $state.raw<Opening | null>(null);

export const opening = {
  get working(): boolean {
    return working;
  },
  /** What was opened last, while it is the one that is open and something was taken for granted. */
  get told(): Opening | null {
    return last && last.notes.length > 0 && last.session.runId === session.now.runId && last.session.model === session.now.model ? last : null;
  },
  /** @param path null: the person is asked; @param scale what its file does not say */
  async open(path: string | null, scale: Scale | null = null): Promise<void> {
    if (working) return;
    working = true;
    try {
      const opened = await call('model:open', { path, scale });
      if (!opened) return;
      session.adopt(opened.session);
      if (opened.session.recipe) recipe.set(opened.session.recipe);
      last = opened;
      view.close();
      place.go('try');
      notify(m.model_opened({ name: opened.name }));
    } catch (error) {
      report(error);
    } finally {
      working = false;
    }
  },
  /** The notes have been read. */
  dismiss(): void {
    last = null;
  }
};
