/** Wrong answers put right: the pictures join the data set under the class that the person names; those that are in it already move there. */
import type { ChangeLabel, ImportReport } from '../../electron/contract';
import { inParts } from '../lib/parts';
import { data } from './data.svelte';
import { session } from './session.svelte';

/** A picture from outside: by its path, or by its bytes where it is no file. */
export interface Outsider {
  /** What it is known by on this page. */
  readonly key: string;
  readonly path: string | null;
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer> | null;
}

interface Correction {
  readonly keys: readonly string[];
  readonly className: string;
  /** Pictures that the model has not seen, or not as this class. */
  readonly fresh: number;
  /** What it is called where it can be undone or redone. */
  readonly change: ChangeLabel | null;
  /** The run whose model was wrong. */
  readonly runId: string | null;
}

/** Two labels of one change: of changes that follow each other these are as good as never alike. */
const isSame = (a: ChangeLabel | null | undefined, b: ChangeLabel | null | undefined): boolean => !!a && !!b && a.kind === b.kind && a.count === b.count && a.name === b.name;

/** At most so many go over in one call. */
const BATCH = 100;

let made = $state.raw<readonly Correction[]>([]);

/** A change that was undone is the project's to redo: its correction holds no longer. */
const holding = $derived(isSame(made.at(-1)?.change, data.project?.redo) ? made.slice(0, -1) : made);

/** Class of each picture, by its key; the last word counts. */
const named = $derived(new Map(holding.flatMap(({ keys, className }) => keys.map((key) => [key, className] as const))));

async function bring(outsiders: readonly Outsider[], className: string): Promise<ImportReport | null> {
  const paths = outsiders.flatMap(({ path }) => (path === null ? [] : [path]));
  if (paths.length > 0) return data.importPaths(paths, className, true);
  const outcome = await data.add(className, outsiders.flatMap(({ name, bytes }) => (bytes ? [{ name, bytes }] : [])), true);
  if (outcome) data.tellImport(outcome);
  return outcome;
}

export const corrections = {
  /** The class that the person has named for a picture; null where they have named none. */
  of(key: string): string | null {
    return named.get(key) ?? null;
  },
  /** Pictures that have joined since the model learned: it does not know them yet. */
  get waiting(): number {
    const ours = holding.filter(({ fresh, runId }) => fresh > 0 && runId === session.now.runId);
    // One that was put right twice is one.
    const keys = ours.flatMap((held) => held.keys).filter((key, at, all) => all.indexOf(key) === at);
    return Math.min(keys.length, ours.reduce((sum, { fresh }) => sum + fresh, 0));
  },
  async make(outsiders: readonly Outsider[], className: string): Promise<void> {
    const onDisk = outsiders.filter(({ path }) => path !== null);
    const loose = outsiders.filter(({ path }) => path === null);
    for (const together of [...(onDisk.length > 0 ? [onDisk] : []), ...inParts(loose, BATCH)]) await correct(together, className);
  }
};

/** @param outsiders all of them lie on disk, or none does */
async function correct(outsiders: readonly Outsider[], className: string): Promise<void> {
  const before = holding;
  const { runId } = session.now;
  const outcome = await bring(outsiders, className);
  if (!outcome || outcome.added + outcome.already === 0) return;
  made = [...before, { keys: outsiders.map(({ key }) => key), className, fresh: outcome.added + outcome.moved, change: outcome.added + outcome.moved > 0 ? (data.project?.undo ?? null) : null, runId }];
}
