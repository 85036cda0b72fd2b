/** What the Try page shows: nothing yet, one picture, a table, or what the camera sees. */
import { call, pathOf } from '../api';
import { type Dropped, isRecipe, isZip } from '../lib/drop';
import { latest } from '../lib/latest';
import { nameOf } from '../lib/words';
import { m } from '../m';
import { answers } from './answers.svelte';
import { incoming } from './incoming.svelte';
import { model, type Origin } from './model.svelte';
import { notify, report } from './toasts.svelte';

type View = 'start' | 'one' | 'table' | 'live';

let view = $state<View>('start');
/** Place in the table of the row that is looked at; null for a picture that came alone. */
let position = $state<number | null>(null);
/** What was asked for last is what is shown: a table that takes its time does not push it aside. */
let turn = 0;

const open = latest(
  async (at: number) => {
    const row = answers.rows[at] ?? -1;
    return { at, path: answers.now?.paths[row] ?? '', bytes: await call('classify:file', { row }) };
  },
  ({ at, path, bytes }) => {
    turn++;
    position = at;
    view = 'one';
    void model.classify(new File([bytes.slice()], nameOf(path)), { path });
  },
  report
);

export const trying = {
  get view(): View {
    return view === 'one' && model.tried === null ? trying.before : view;
  },
  /** Where "Back" leads. */
  get before(): 'start' | 'table' {
    return answers.now ? 'table' : 'start';
  },
  get position(): number | null {
    return position;
  },
  one(file: File, origin: Origin = {}): void {
    turn++;
    position = null;
    view = 'one';
    void model.classify(file, { path: pathOf(file) || null, ...origin });
  },
  /** @param loose pictures that are no files */
  async many(paths: readonly string[], loose: readonly File[] = []): Promise<void> {
    const mine = ++turn;
    if ((await answers.classify(paths, loose)) && mine === turn) view = 'table';
  },
  async folder(): Promise<void> {
    try {
      const paths = await call('data:choose', { kind: 'folder' });
      if (paths.length > 0) await trying.many(paths);
    } catch (error) {
      report(error);
    }
  },
  /** Opens a row; `at` is its place in the table as it is sorted. Files that could not be read have nothing to show. */
  row(at: number): void {
    if (answers.now?.reasons[answers.rows[at] ?? -1] !== null) return;
    answers.selection = { ...answers.selection, focus: at, anchor: at };
    open(at);
  },
  live(): void {
    turn++;
    view = 'live';
  },
  /** Another page is looked at: the camera must not stay on behind it. */
  leave(): void {
    if (view === 'live') trying.back();
  },
  back(): void {
    view = trying.before;
  },
  /** Files chosen in a dialog: one is looked at, more are a table. */
  files(files: readonly File[]): void {
    const [first] = files;
    if (files.length > 1) void trying.many(files.map(pathOf));
    else if (first) trying.one(first);
  },
  /** What is dropped or pasted and is not a single picture. Projects, models and recipes are opened. */
  take(dropped: Dropped): void {
    const [first] = dropped.pictures;
    const [only] = dropped.paths;
    if (dropped.project !== null || dropped.model !== null || (only !== undefined && dropped.paths.length === 1 && (isRecipe(only) || isZip(only)))) void incoming.take(dropped);
    else if (dropped.paths.length > 0 || dropped.pictures.length > 1) void trying.many(dropped.paths, dropped.pictures);
    else if (first) trying.one(first);
    else notify(m.drop_no_path());
  }
};
