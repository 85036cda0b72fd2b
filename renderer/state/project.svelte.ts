/** The project as a whole: which one is open, which ones were, under what name. Its pictures are data.svelte.ts's. */
import type { RecentProject } from '../../electron/contract';
import { call } from '../api';
import { m } from '../m';
import { data } from './data.svelte';
import { place } from './place.svelte';
import { session } from './session.svelte';
import { attempt, notify } from './toasts.svelte';

let recent = $state.raw<readonly RecentProject[] | null>(null);
/** Pictures are being copied, which takes as long as they are large. */
let copying = $state(false);

/** A job that copies pictures, with its progress as the session's stage. */
async function copy<T>(work: () => Promise<T>): Promise<T | null> {
  if (copying || data.busy) return null;
  copying = true;
  const answer = await attempt(work);
  copying = false;
  session.clearStage();
  return answer;
}

export const project = {
  /** Projects opened before, the last one first; null until main has told. */
  get recent(): readonly RecentProject[] | null {
    return recent;
  },
  get copying(): boolean {
    return copying;
  },
  async refresh(): Promise<void> {
    // The list as it was would change its order under the hand.
    recent = null;
    recent = (await attempt(() => call('project:recent', undefined))) ?? [];
  },
  async open(path: string): Promise<boolean> {
    place.go('data');
    return data.open({ kind: 'project', path });
  },
  async openDialog(): Promise<boolean> {
    place.go('data');
    return data.choose('project');
  },
  /** Back to the first screen, where a new one begins. */
  async close(): Promise<boolean> {
    place.go('data');
    return data.now === null || data.close();
  },
  rename: (name: string): Promise<boolean> => data.edit({ kind: 'rename_project', name }),
  /** Moves the project to a folder that the person chooses. */
  async saveAs(): Promise<void> {
    const moved = await copy(() => call('project:save_as', undefined));
    if (!moved) return;
    data.take(moved);
    notify(m.project_saved({ path: moved.project?.directory ?? '' }));
  },
  /** Copies pictures that lie elsewhere into the project's folder. */
  async collect(): Promise<void> {
    const collected = await copy(() => call('data:collect', undefined));
    if (!collected) return;
    data.take(collected);
    notify(m.project_collected());
  },
  async showFolder(): Promise<void> {
    const directory = data.project?.directory;
    if (directory) await attempt(() => call('shell:show', { path: directory }));
  },
  /** Takes a project off the list; its folder stays. */
  async forget(path: string): Promise<void> {
    recent = (await attempt(() => call('project:forget', { path }))) ?? recent;
  }
};
