/** "Why is it so low?": both runs are trained, and compared as soon as they are there. */
import { whyRuns } from '../lib/why';
import { m } from '../m';
import { place } from './place.svelte';
import { recipe } from './recipe.svelte';
import { run } from './run.svelte';
import { runs } from './runs.svelte';
import { session } from './session.svelte';
import { view } from './view.svelte';

/** Names of the runs that are still to be chosen for the comparison. */
let awaited = $state.raw<readonly string[]>([]);

export const why = {
  start(): void {
    if (run.active || !session.now.data) return;
    const planned = whyRuns(session.now, recipe.now, recipe.weights, { small: (size) => m.why_run_small({ size }), large: (size) => m.why_run_large({ size }) });
    const { runId } = session.now;
    for (const card of runs.chosen) runs.choose(card.runId, false);
    // The open run is the first of both already.
    if (planned.length === 1 && runId !== null) runs.choose(runId, true);
    awaited = planned.flatMap(({ name }) => name ?? []);
    place.go('train');
    void run.startAll(planned);
    view.open('runs');
  },
  /** Call once: chooses each run as it appears in the list. */
  follow(): void {
    $effect(() => {
      const fresh = runs.list?.find(({ runId, name }) => runId === session.now.runId && name !== null && awaited.includes(name));
      if (!fresh) return;
      awaited = awaited.filter((name) => name !== fresh.name);
      runs.choose(fresh.runId, true);
    });
  }
};
