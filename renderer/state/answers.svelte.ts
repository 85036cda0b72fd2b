/** The table of answers: what was classified last, what of it is shown, and what becomes of it. Kept while the person is elsewhere in the window. */
import { type TriedMany, triedCsv } from '../../electron/contract';
import { call } from '../api';
import { pictureCount } from '../lib/changes';
import { errorSentence } from '../lib/errors';
import { inParts } from '../lib/parts';
import { unmarked } from '../lib/phrases';
import { NOTHING, type Selection } from '../lib/selection';
import { FOUND, type Order, places, rowsOf, type Shown } from '../lib/tried';
import { nameOf } from '../lib/words';
import { m } from '../m';
import { bytesOf, saveFile } from './saving';
import { session } from './session.svelte';
import { type Action, attempt, notify } from './toasts.svelte';

/** At most so many go over in one call. */
const BATCH = 100;

let tried = $state.raw<TriedMany | null>(null);
/** What was asked for, and of which model. */
let sources = $state.raw<readonly string[]>([]);
/** Of these, pictures that have no file of their own: they lie on disk only for as long as the app runs. */
let held = $state.raw<readonly string[]>([]);
let runId = $state<string | null>(null);
let working = $state<'classify' | 'copy' | null>(null);
let shown = $state<Shown>('all');
let order = $state.raw<Order>(FOUND);
let selection = $state.raw<Selection>(NOTHING);

/** Sorting names is the slow part, and needed once. */
let namePlaces: Int32Array | null = null;
const rows = $derived(tried === null ? [] : rowsOf(tried, shown, order, () => (namePlaces ??= places(tried?.files ?? []))));

async function work<T>(kind: 'classify' | 'copy', job: () => Promise<T>): Promise<T | null> {
  if (working) return null;
  working = kind;
  const done = await attempt(job);
  working = null;
  session.clearStage();
  return done;
}

/** Gives pictures that are no files a place on disk. */
async function hold(files: readonly File[]): Promise<string[]> {
  const paths: string[] = [];
  for (const batch of inParts(files, BATCH)) paths.push(...(await call('classify:hold', { pictures: await Promise.all(batch.map(bytesOf)) })));
  return paths;
}

const showIn = (path: string): Action => ({ label: m.export_show(), run: () => void attempt(() => call('shell:show', { path })) });

export const answers = {
  get now(): TriedMany | null {
    return tried;
  },
  /** Another model is open than the one that gave them. */
  get outdated(): boolean {
    return tried !== null && runId !== session.now.runId;
  },
  get working(): 'classify' | 'copy' | null {
    return working;
  },
  /** Rows that are shown, in order. */
  get rows(): readonly number[] {
    return rows;
  },
  get shown(): Shown {
    return shown;
  },
  set shown(value: Shown) {
    shown = value;
    selection = NOTHING;
  },
  get order(): Order {
    return order;
  },
  set order(value: Order) {
    order = value;
    // What is selected stays so; the keyboard begins at the top.
    selection = { ...NOTHING, ids: selection.ids };
  },
  /** Its ids are rows, its positions places in `rows`. */
  get selection(): Selection {
    return selection;
  },
  set selection(value: Selection) {
    selection = value;
  },
  /** Whether a row's picture goes with the app: whoever keeps it has to keep its bytes. */
  isHeld: (path: string): boolean => held.includes(path),
  /** Answers whether there is a table now. @param loose pictures that are no files */
  async classify(paths: readonly string[], loose: readonly File[] = []): Promise<boolean> {
    const of = session.now.runId;
    let own: readonly string[] = [];
    const found = await work('classify', async () => {
      own = await hold(loose);
      return call('classify:many', { paths: [...paths, ...own] });
    });
    if (!found || (found.stopped && found.files.length === 0)) return false;
    tried = found;
    sources = [...paths, ...own];
    held = own;
    runId = of;
    namePlaces = null;
    shown = 'all';
    order = FOUND;
    selection = NOTHING;
    return true;
  },
  async again(): Promise<boolean> {
    const before = held;
    const done = await answers.classify(sources);
    if (done) held = before;
    return done;
  },
  async save(): Promise<void> {
    const table = tried;
    if (!table) return;
    const stem = sources.length === 1 ? nameOf(sources[0] ?? '') : unmarked(m.try_csv_name());
    await saveFile(`${stem}.csv`, () => triedCsv(table, (reason) => unmarked(errorSentence(reason))), (path) => notify(m.try_csv_saved({ path }), showIn(path)));
  },
  async sort(): Promise<void> {
    const done = await work('copy', () => call('classify:sort', undefined));
    if (!done) return;
    const { directory, copied, skipped, stopped } = done;
    const sentence = { pictures: pictureCount(copied), path: directory };
    notify(stopped ? m.try_sort_stopped(sentence) : skipped > 0 ? m.try_sorted_skipped({ ...sentence, skipped: pictureCount(skipped) }) : m.try_sorted(sentence), showIn(directory));
  }
};
