/** Starting, pausing, stopping a run, and taking it up again. */
import type { Planned } from '../../electron/contract';
import { call } from '../api';
import { m } from '../m';
import { recipe } from './recipe.svelte';
import { session } from './session.svelte';
import { attempt, notify } from './toasts.svelte';
import { view } from './view.svelte';

let starting = $state(false);
let stopping = $state(false);

export const run = {
  /** Asked for, not yet training: weights are read, the network is compiled. */
  get starting(): boolean {
    return starting;
  },
  /** Asked to stop, and still keeping what it has learned. */
  get stopping(): boolean {
    return stopping && run.active;
  },
  /** A model is open that came from a file: nothing was trained here. */
  get opened(): boolean {
    return session.now.status === 'finished' && session.now.phases.length === 0;
  },
  /** There is a run to pause or stop. */
  get active(): boolean {
    const { status, planned } = session.now;
    return starting || status === 'running' || status === 'paused' || planned > 0;
  },
  /** Trains by the recipe that is being edited. */
  start: (name: string | null = null): Promise<void> => run.startAll([{ recipe: recipe.now, weights: recipe.weights, name }]),
  /** Trains several runs, one after the other. */
  async startAll(planned: Planned[]): Promise<void> {
    const [first] = planned;
    if (run.active || !first) return;
    if (!session.now.data) {
      notify(m.train_needs_data());
      return;
    }
    starting = true;
    stopping = false;
    view.close();
    await attempt(async () => {
      session.setRecipe(first.recipe);
      await call('train:start_all', { runs: planned });
    });
    starting = false;
    if (!run.active) session.clearStage();
  },
  async recover(): Promise<void> {
    if (run.active) return;
    starting = true;
    stopping = false;
    await attempt(() => call('train:recover', undefined));
    starting = false;
  },
  pause: () => attempt(() => call('train:pause', undefined)),
  continue: () => attempt(() => call('train:continue', undefined)),
  async stop(): Promise<void> {
    stopping = true;
    await attempt(() =>
      call('train:stop', undefined).catch((error: unknown) => {
        stopping = false;
        throw error;
      })
    );
  }
};
