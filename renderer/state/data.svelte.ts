/** Opening a data set. */
import type { DataSource, DataSummary } from '../../electron/contract';
import { call } from '../api';
import { EMBEDDED_ALPHA, presetFor } from '../lib/presets';
import { m } from '../m';
import { recipe } from './recipe.svelte';
import { session } from './session.svelte';
import { notify, report } from './toasts.svelte';

let opening = $state.raw<DataSource | null>(null);

/** The tutorial's width. */
const FULL_ALPHA = 1;

/** The recipe that fits the set, on the full network when its ImageNet weights are on this machine, else on the one that is built in. */
async function prepareRecipe(summary: DataSummary): Promise<void> {
  const { weights } = await call('network:describe', { alpha: FULL_ALPHA, inputSize: 32, classes: summary.classNames.length, head: [] });
  const pretrained = weights !== 'random';
  recipe.set(presetFor(summary, pretrained ? FULL_ALPHA : EMBEDDED_ALPHA));
  if (!pretrained && summary.source.kind !== 'sample') notify(m.weights_embedded_used());
}

export const data = {
  get opening(): DataSource | null {
    return opening;
  },
  get now() {
    return session.now.data;
  },
  prepareRecipe,
  /** Answers whether the set is open now. */
  async open(source: DataSource): Promise<boolean> {
    if (opening) return false;
    opening = source;
    try {
      const summary = await call('data:open', { source });
      session.setData(summary);
      await prepareRecipe(summary);
      return true;
    } catch (error) {
      report(error);
      return false;
    } finally {
      opening = null;
      session.clearStage();
    }
  },
  async choose(kind: 'folder' | 'file'): Promise<boolean> {
    try {
      const path = await call('data:choose', { kind });
      return path === null ? false : await data.open({ kind: 'path', path });
    } catch (error) {
      report(error);
      return false;
    }
  },
  async cancel(): Promise<void> {
    try {
      await call('job:cancel', undefined);
    } catch (error) {
      report(error);
    }
  }
};
