/** A table of answers: which rows are shown, in which order, and how many there are of each kind. Pure; rows are places in the table as it was found. */
import type { TriedMany } from '../../electron/contract';

/** Below this the best guess is not worth a plain answer. */
export const SURE = 0.5;

/** Index of a class; or what has none. */
export type Kind = number | 'none' | 'unread';
/** "unsure" cuts across the classes. */
export type Shown = Kind | 'all' | 'unsure';
export type Column = 'file' | 'answer' | 'probability' | 'second';
export interface Order {
  readonly column: Column;
  readonly up: boolean;
}

/** As it was found. */
export const FOUND: Order = { column: 'file', up: true };
/** What one wants to see first: names from A, figures from the highest. The least sure are one more click. */
export const firstOrder = (column: Column): Order => ({ column, up: column === 'file' || column === 'answer' });

export function kindOf({ reasons, unknown, classes, best }: TriedMany, row: number): Kind {
  if (reasons[row] !== null) return 'unread';
  return unknown[row] === 1 ? 'none' : (classes[row * best] ?? 0);
}

const probability = ({ probabilities, best }: TriedMany, row: number, place: number): number => (place < best ? (probabilities[row * best + place] ?? 0) : 0);

const isUnsure = (tried: TriedMany, row: number): boolean => tried.reasons[row] === null && probability(tried, row, 0) < SURE;

export interface Tally {
  readonly shown: Shown;
  readonly count: number;
}

/** All, then the classes that were named, most frequent first, then what has no class; only what there is. */
export function tallies(tried: TriedMany): Tally[] {
  const counts = new Map<Kind, number>();
  let unsure = 0;
  for (let row = 0; row < tried.files.length; row++) {
    const kind = kindOf(tried, row);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    if (isUnsure(tried, row)) unsure++;
  }
  const classes = [...counts].flatMap(([shown, count]) => (typeof shown === 'number' ? [{ shown, count }] : [])).sort((a, b) => b.count - a.count || a.shown - b.shown);
  const rest: Tally[] = [{ shown: 'none', count: counts.get('none') ?? 0 }, { shown: 'unsure', count: unsure }, { shown: 'unread', count: counts.get('unread') ?? 0 }];
  return [{ shown: 'all', count: tried.files.length }, ...classes, ...rest.filter(({ count }) => count > 0)];
}

/** @param by gives the place of each row by its file's name */
export function rowsOf(tried: TriedMany, shown: Shown, { column, up }: Order, by: () => Int32Array): number[] {
  const rows = tried.files.map((_, row) => row).filter((row) => shown === 'all' || (shown === 'unsure' ? isUnsure(tried, row) : kindOf(tried, row) === shown));
  const sign = up ? 1 : -1;
  const compare = comparison(tried, column, by);
  // What could not be read has no answer to be sorted by: it stays at the end.
  const readable = (row: number): number => (tried.reasons[row] === null ? 0 : 1);
  return rows.sort((a, b) => readable(a) - readable(b) || sign * compare(a, b) || a - b);
}

function comparison(tried: TriedMany, column: Column, by: () => Int32Array): (a: number, b: number) => number {
  const at = (place: number) => (a: number, b: number): number => probability(tried, a, place) - probability(tried, b, place);
  if (column === 'probability') return at(0);
  if (column === 'second') return at(1);
  if (column === 'file') {
    const places = by();
    return (a, b) => (places[a] ?? 0) - (places[b] ?? 0);
  }
  const names = new Map([...places(tried.classNames)].map((place, i) => [i as Kind, place]));
  const name = (row: number): number => names.get(kindOf(tried, row)) ?? Infinity;
  return (a, b) => (name(a) === name(b) ? at(0)(b, a) : name(a) - name(b));
}

/** Place of each name as people sort them: "2" before "10". */
export function places(names: readonly string[]): Int32Array {
  const { compare } = new Intl.Collator(undefined, { numeric: true });
  const sorted = names.map((_, i) => i).sort((a, b) => compare(names[a] ?? '', names[b] ?? ''));
  const result = new Int32Array(names.length);
  sorted.forEach((i, place) => (result[i] = place));
  return result;
}

