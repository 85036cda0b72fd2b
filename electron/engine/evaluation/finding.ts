/** What a health report says, made of groups of pictures. */
import type { Edit, HealthFinding, Part, Picture } from '../../contract';

/** A picture that counts, with the part it is in, be it its own or drawn. */
export interface Subject extends Pick<Picture, 'id' | 'hash' | 'width' | 'height' | 'class'> {
  readonly part: Part;
}

/** As many as anyone looks through. Counts are of all, and a fix mends all. */
const MOST_GROUPS = 200;
const MOST_PICTURES = 200;

/** @param groups ids that belong together; the largest are shown first */
export function finding(kind: HealthFinding['kind'], groups: readonly (readonly number[])[], about: Partial<Pick<HealthFinding, 'class' | 'figure' | 'fix'>> = {}): HealthFinding {
  const sorted = groups.filter((group) => group.length > 0).sort((a, b) => b.length - a.length || (a[0] ?? 0) - (b[0] ?? 0));
  const count = new Set(groups.flat()).size;
  return { kind, groups: sorted.slice(0, MOST_GROUPS).map((group) => group.slice(0, MOST_PICTURES)), count, class: null, figure: null, fix: null, ...about };
}

/** The edit that does `kind` to pictures, each named once; null for none. */
export function edit(kind: 'remove' | 'exclude', pictures: readonly number[]): Edit | null {
  return pictures.length > 0 ? { kind, pictures: [...new Set(pictures)].sort((a, b) => a - b) } : null;
}

/** Lists by key, in the order in which keys come up. */
export function groupBy<T, K>(values: Iterable<T>, keyOf: (value: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}

/** From the part that must be kept from training most to training itself. */
const DISTANCE = { train: 0, validation: 1, test: 2 } as const;
/** Sorts the pictures farthest from training to the front, else by id. */
export const byPart = (a: Subject, b: Subject): number => DISTANCE[b.part] - DISTANCE[a.part] || a.id - b.id;
