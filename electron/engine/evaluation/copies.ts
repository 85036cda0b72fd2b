/** The same picture more than once: superfluous in one class, wrong in one of two, a leak from what is tested on into what is trained on. */
import type { HealthFinding } from '../../contract';
import { byPart, edit, finding, groupBy, type Subject } from './finding';
import { NearIndex } from './near-index';
import type { Print } from './perceptual-hash';

const idsOf = (subjects: readonly Subject[]): number[] => subjects.map(({ id }) => id);
/** A class's pictures in one part. */
const placeOf = (subject: Subject): string => `${subject.class} ${subject.part}`;
const differ = (subjects: readonly Subject[], keyOf: (subject: Subject) => unknown): boolean => new Set(subjects.map(keyOf)).size > 1;

/** Copies by content, to the last byte. */
export function exactCopies(subjects: readonly Subject[]): HealthFinding[] {
  const same = [...groupBy(subjects, ({ hash }) => hash).values()].filter((group) => group.length > 1).map((group) => group.sort(byPart));
  const duplicates = same.flatMap((group) => [...groupBy(group, placeOf).values()]).filter((group) => group.length > 1);
  const contradictions = same.filter((group) => differ(group, (subject) => subject.class));
  const leaks = same.filter((group) => differ(group, ({ part }) => part));
  const surplus = duplicates.flatMap((group) => idsOf(group.slice(1)));
  // What is farthest from training stays: a test loses nothing by it.
  const leaked = leaks.flatMap(([first, ...rest]) => idsOf(rest.filter(({ part }) => part !== first?.part)));
  return [
    finding('duplicates', duplicates.map(idsOf), { fix: edit('remove', surplus) }),
    finding('contradiction', contradictions.map(idsOf)),
    finding('leak', leaks.map(idsOf), { fix: edit('remove', leaked) })
  ].filter(({ count }) => count > 0);
}

/** Copies of one content in one class and part: what looks alike is asked of them once. */
export type Copies = readonly [Subject, ...Subject[]];

/** In the order in which NearCopies has to see them. */
export function copiesOf(subjects: readonly Subject[]): Copies[] {
  const groups = groupBy([...subjects].sort(byPart), (subject) => `${subject.hash} ${placeOf(subject)}`);
  return [...groups.values()] as [Subject, ...Subject[]][];
}

const NEAR_KINDS = ['near_duplicates', 'near_contradiction', 'near_leak'] as const;
type NearKind = (typeof NEAR_KINDS)[number];

/**
 * Copies by looks. Of pictures in one class and part that look alike the first stands for the others, and only it is compared with what comes
 * later: thousands of pictures of one scene are one group around it and no chain from one scene to the next.
 *
 * A mirror image counts as a copy, because sets are often enlarged by mirroring before they are split; but not across classes, where left
 * and right may be the very difference.
 */
export class NearCopies {
  readonly #index: NearIndex;
  /** By number in the index. */
  readonly #firsts: Subject[] = [];
  /** Ids around the first that they look like. */
  readonly #groups: Record<NearKind, Map<Subject, number[]>> = { near_duplicates: new Map(), near_contradiction: new Map(), near_leak: new Map() };

  /** @param capacity how many will be added at most */
  constructor(capacity: number) {
    this.#index = new NearIndex(capacity);
  }

  /** Those farthest from training come first. */
  add(copies: Copies, { print, mirrored }: { readonly print: Print; readonly mirrored: Print }): void {
    const [subject] = copies;
    // What is the same to the last byte is told as such.
    const others = (found: readonly number[]) => found.map((number) => this.#firsts[number] as Subject).filter(({ hash }) => hash !== subject.hash);
    const alike = others(this.#index.near(print));
    const sameClass = [...alike, ...others(this.#index.near(mirrored))].filter((other) => other.class === subject.class);
    const ids = idsOf(copies);

    const first = sameClass.find(({ part }) => part === subject.part);
    if (first) this.#join('near_duplicates', first, ids);
    else this.#firsts[this.#index.add(print)] = subject;
    for (const other of new Set(alike)) if (other.class !== subject.class) this.#join('near_contradiction', other, ids);
    for (const other of new Set([...alike, ...sameClass])) if (other.part !== subject.part) this.#join('near_leak', other, ids);
  }

  #join(kind: NearKind, first: Subject, ids: readonly number[]): void {
    const group = this.#groups[kind].get(first) ?? [first.id];
    group.push(...ids);
    this.#groups[kind].set(first, group);
  }

  findings(): HealthFinding[] {
    return NEAR_KINDS.flatMap((kind) => {
      const groups = [...this.#groups[kind].values()];
      if (groups.length === 0) return [];
      // Left out, not removed: it is a machine that finds them alike.
      const fix = kind === 'near_contradiction' ? null : edit('exclude', groups.flatMap(([, ...rest]) => rest));
      return [finding(kind, groups, { fix })];
    });
  }
}
