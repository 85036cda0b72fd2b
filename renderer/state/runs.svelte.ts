/** The project's runs: listed, called, noted, gone back to, deleted, and some of them chosen to be compared. */
import type { RunCard } from '../../electron/contract';
import { call } from '../api';
import { runsCsv } from '../lib/runs-csv';
import { m } from '../m';
import { data } from './data.svelte';
import { place } from './place.svelte';
import { recipe } from './recipe.svelte';
import { run } from './run.svelte';
import { saveFile } from './saving';
import { session } from './session.svelte';
import { attempt, notify } from './toasts.svelte';
import { view } from './view.svelte';

let kept = $state.raw<readonly RunCard[] | null>(null);
let chosen = $state.raw<readonly string[]>([]);

const take = async (work: () => Promise<RunCard[]>): Promise<boolean> => {
  const cards = await attempt(work);
  if (cards) kept = cards;
  return cards !== null;
};

/** The run that is going on, and what grows of it; each by itself, because a step changes none of it. */
const going = $derived(session.now.status === 'running' || session.now.status === 'paused' ? session.now.runId : null);
const status = $derived(session.now.status);
const phases = $derived(session.now.phases);
const epochs = $derived(session.now.epochs);

/** The run that is going on grows with each epoch; the others are as they were told. */
const list = $derived(
  kept?.map((card) => (card.runId === going ? { ...card, status, phases, epochs, seconds: epochs.reduce((sum, { seconds }) => sum + seconds, 0) } : card)) ?? null
);

const open = async (runId: string): Promise<boolean> => {
  const opened = await attempt(() => call('runs:open', { runId }));
  if (!opened) return false;
  session.adopt(opened);
  if (opened.recipe) recipe.set(opened.recipe);
  return true;
};

export const runs = {
  /** Newest first; null until main has told. */
  get list(): readonly RunCard[] | null {
    return list;
  },
  /** Those to be compared, in the order of the list. */
  get chosen(): readonly RunCard[] {
    return list?.filter(({ runId }) => chosen.includes(runId)) ?? [];
  },
  choose(runId: string, on: boolean): void {
    chosen = on ? [...chosen.filter((other) => other !== runId), runId] : chosen.filter((other) => other !== runId);
  },
  chooseNone(): void {
    chosen = [];
  },
  /** Lays these side by side on the Train page. */
  compare(runIds: readonly string[]): void {
    chosen = runIds;
    view.open('runs');
    place.go('train');
  },
  /** Writes the comparison where the person says. */
  saveTable: (): Promise<void> => saveFile(`${m.runs_csv_name()}.csv`, () => runsCsv([...runs.chosen].reverse()), (path) => notify(m.try_csv_saved({ path }))),
  refresh: () => take(() => call('runs:list', undefined)),
  /** Fetches the list when a project is opened, and when a run begins or ends. */
  follow(): void {
    const now = $derived(data.now && `${data.project?.directory} ${session.now.runId} ${session.now.status}`);
    $effect(() => {
      if (now === null) kept = null;
      else void runs.refresh();
    });
  },
  rename: (runId: string, name: string | null) => take(() => call('runs:change', { runId, name })),
  note: (runId: string, note: string) => take(() => call('runs:change', { runId, note })),
  /** Goes back to a run: its curves, its recipe, its model. */
  open,
  async remove(runId: string): Promise<void> {
    const wasOpen = session.now.runId === runId;
    if (!(await take(() => call('runs:delete', { runId })))) return;
    if (wasOpen) await attempt(async () => session.adopt((await call('app:info', undefined)).session));
    notify(m.run_deleted(), { label: m.undo(), run: () => void restore(runId, wasOpen) });
  }
};

async function restore(runId: string, wasOpen: boolean): Promise<void> {
  if ((await take(() => call('runs:restore', { runId }))) && wasOpen && !run.active) await open(runId);
}
