/** The open project's pictures: opening, adding, changing, undoing. Whatever goes wrong becomes a notice; nothing here throws. */
import { type CallInput, type DataSource, type DataSummary, type Edit, type Imported, type ImportReport, type Job, type ProjectSummary, emptySession } from '../../electron/contract';
import { call } from '../api';
import { changeSentence } from '../lib/changes';
import { importSentence } from '../lib/importing';
import { EMBEDDED_ALPHA, presetFor } from '../lib/presets';
import { m } from '../m';
import { panel } from './panel.svelte';
import { recipe } from './recipe.svelte';
import { session } from './session.svelte';
import { type Action, attempt, notify, report, toasts } from './toasts.svelte';

let opening = $state.raw<DataSource | null>(null);
let importing = $state(false);
/** Edits asked for and not yet answered. */
let pending = $state(0);
let loose = $state.raw<{ paths: string[]; count: number } | null>(null);

/** By itself: what follows the pictures does nothing when a run has made a step. */
const now = $derived(session.now.data);

/** The tutorial's width. */
const FULL_ALPHA = 1;

/** The recipe that fits the set, on the full network when its ImageNet weights are on this machine, else on the one that is built in. */
async function prepareRecipe(summary: DataSummary): Promise<void> {
  // A project that nothing came into yet.
  if (summary.classNames.length === 0) return;
  const { weights } = await call('network:describe', { alpha: FULL_ALPHA, inputSize: 32, classes: summary.classNames.length, head: [] });
  const pretrained = weights !== 'random';
  recipe.set(presetFor(summary, pretrained ? FULL_ALPHA : EMBEDDED_ALPHA));
  if (!pretrained && summary.source.kind !== 'sample') notify(m.weights_embedded_used());
}

/** Takes over the set as a change has left it. A recipe that trained on all pictures goes on doing so. */
function take(summary: DataSummary): void {
  const before = session.now.data?.trainCount;
  session.setData(summary);
  if (before !== undefined && recipe.now.limit === Math.max(1, before)) recipe.set({ ...recipe.now, limit: Math.max(1, summary.trainCount) }, true);
}

/** The notice of the last change: only that one can be undone, so an older one goes. */
let told: number | null = null;
function tell(text: string, ...actions: readonly Action[]): void {
  takeBack();
  told = notify(text, ...actions);
}

/** Of another project there is nothing to undo. */
function takeBack(): void {
  if (told !== null) toasts.dismiss(told);
  told = null;
}

function tellChange(summary: DataSummary): void {
  const change = summary.project?.undo;
  if (change) tell(changeSentence(change), { label: m.undo(), run: () => void data.undo() });
}

/** Changes are made one after the other, in the order in which they were asked for. */
let line: Promise<unknown> = Promise.resolve();
function inTurn<T>(work: () => Promise<T>): Promise<T | null> {
  pending++;
  const mine = line
    .then(work)
    .catch((error: unknown) => {
      report(error);
      return null;
    })
    .finally(() => pending--);
  line = mine;
  return mine;
}

/** @param ask the call that adds pictures; the first ones make a project */
async function bringIn(ask: () => Promise<Imported>): Promise<ImportReport> {
  const first = data.now === null;
  const { summary, report: outcome } = await ask();
  take(summary);
  if (first) await prepareRecipe(summary);
  return outcome;
}

/** Says what came in, and offers a look at what did not, and the way back. */
function tellImport(outcome: ImportReport): void {
  const actions = [];
  if (outcome.skipped.length > 0) actions.push({ label: m.import_show(), run: panel.showLeftOut });
  if (data.now && outcome.added === 0 && outcome.moved > 0) return tellChange(data.now);
  if (outcome.added > 0 && data.project?.undo?.kind === 'import') actions.push({ label: m.undo(), run: () => void data.undo() });
  tell(importSentence(outcome), ...actions);
}

/** Clicked twice, it is opened once. */
const isOpening = (source: DataSource): boolean => opening !== null && JSON.stringify(opening) === JSON.stringify(source);

/** One thing is opened or brought in at a time; who comes meanwhile is told. */
function refuseMeanwhile(): boolean {
  if (!opening && !importing) return false;
  notify(opening ? m.data_opening_meanwhile() : m.data_importing_meanwhile());
  return true;
}

export const data = {
  /** What is being opened; null while nothing is. */
  get opening(): DataSource | null {
    return opening;
  },
  /** Pictures are being added; their progress is session.now.stage. */
  get importing(): boolean {
    return importing;
  },
  /** Something is under way that changes the pictures. */
  get busy(): boolean {
    return opening !== null || importing || pending > 0;
  },
  get now(): DataSummary | null {
    return now;
  },
  get project(): ProjectSummary | null {
    return now?.project ?? null;
  },
  /** Pictures that came without a class; they are imported again by importPaths once it is known. */
  get loose(): { paths: string[]; count: number } | null {
    return loose;
  },
  set loose(value: { paths: string[]; count: number } | null) {
    loose = value;
  },
  prepareRecipe,
  take,
  /** Answers whether the set is open now. */
  async open(source: DataSource): Promise<boolean> {
    if (isOpening(source) || refuseMeanwhile()) return false;
    opening = source;
    toasts.forgetProblems();
    try {
      const summary = await call('data:open', { source });
      loose = null;
      takeBack();
      // A project brings its last run along.
      const { session: kept } = await call('app:info', undefined);
      session.adopt(kept);
      if (kept.recipe) recipe.adopt(kept.recipe);
      else await prepareRecipe(summary);
      return true;
    } catch (error) {
      report(error);
      return false;
    } finally {
      opening = null;
      session.clearStage();
    }
  },
  /** Lets the person choose in the system's dialog: what is chosen goes into the open project; a project, or the first data, is opened. */
  async choose(kind: CallInput<'data:choose'>['kind']): Promise<boolean> {
    try {
      const paths = await call('data:choose', { kind });
      const path = paths[0];
      if (path === undefined) return false;
      if (kind === 'project') return await data.open({ kind: 'project', path });
      if (kind === 'pictures' || data.now) return (await data.importPaths(paths, null)) !== null;
      return await data.open({ kind: 'path', path });
    } catch (error) {
      report(error);
      return false;
    }
  },
  /** Adds what lies at these paths. Pictures that need a class are left in `data.loose`. @param corrects those that are in already get this class, too */
  async importPaths(paths: string[], className: string | null, corrects = false): Promise<ImportReport | null> {
    if (refuseMeanwhile()) return null;
    importing = true;
    try {
      const outcome = await bringIn(() => call('data:import', { paths, className, corrects }));
      loose = className === null && outcome.loose > 0 ? { paths, count: outcome.loose } : null;
      // Where a class is asked for first, there is nothing else to tell yet.
      if (!loose || outcome.added + outcome.already + outcome.skipped.length > 0) tellImport(outcome);
      return outcome;
    } catch (error) {
      report(error);
      return null;
    } finally {
      importing = false;
      session.clearStage();
    }
  },
  /** Adds pictures that are no files yet. Says nothing: they come in batches, and whoever sends them tells the sum. */
  add: (className: string, pictures: CallInput<'data:add'>['pictures'], corrects = false): Promise<ImportReport | null> =>
    inTurn(() => bringIn(() => call('data:add', { className, pictures, corrects }))),
  /** Back from elsewhere, where files may have been deleted or moved. */
  async look(): Promise<void> {
    if (!now?.project || data.busy) return;
    const summary = await attempt(() => call('data:look', undefined));
    if (summary) take(summary);
  },
  tellImport,
  /** Makes a change and says so; answers whether it was made. */
  edit: async (edit: Edit): Promise<boolean> =>
    (await inTurn(async () => {
      const summary = await call('data:edit', { edit });
      take(summary);
      tellChange(summary);
      return true;
    })) ?? false,
  undo: async (): Promise<boolean> =>
    (await inTurn(async () => {
      const change = data.project?.undo;
      if (!change) return false;
      take(await call('data:undo', undefined));
      tell(m.change_undone({ change: changeSentence(change) }), { label: m.redo(), run: () => void data.redo() });
      return true;
    })) ?? false,
  redo: async (): Promise<boolean> =>
    (await inTurn(async () => {
      if (!data.project?.redo) return false;
      const summary = await call('data:redo', undefined);
      take(summary);
      tellChange(summary);
      return true;
    })) ?? false,
  /** Back to the first screen; answers whether the project was closed. */
  async close(): Promise<boolean> {
    try {
      await call('data:close', undefined);
      loose = null;
      takeBack();
      session.adopt(emptySession());
      return true;
    } catch (error) {
      report(error);
      return false;
    }
  },
  async cancel(job: Job): Promise<void> {
    try {
      await call('job:cancel', { job });
    } catch (error) {
      report(error);
    }
  }
};
