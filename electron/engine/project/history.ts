/** What was done to a project, step by step, and what was undone. The journal's lines, taken in their order, lead to the same history again. */
import * as v from 'valibot';
import type { ChangeLabel } from '../../contract';
import { type Change, ChangeSchema, apply, invert } from './change';
import type { ProjectState } from './state';

/** A line of the journal. Changes of one `group`, one right after the other, are one step: the pieces of an import. */
export const EntrySchema = v.union(
  [
    v.strictObject({ ...ChangeSchema.entries, group: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))) }),
    v.strictObject({ undo: v.literal(true) }),
    v.strictObject({ redo: v.literal(true) })
  ],
  'Expected a change (label, header, pictures), {"undo":true} or {"redo":true}'
);
export type Entry = v.InferOutput<typeof EntrySchema>;

interface Step {
  readonly group: number | undefined;
  readonly changes: [Change, ...Change[]];
}

export class History {
  readonly #done: Step[] = [];
  readonly #undone: Step[] = [];
  #nextGroup = 0;

  constructor(readonly state: ProjectState) {}

  get undoable(): ChangeLabel | null {
    return labelOf(this.#done[this.#done.length - 1]);
  }

  get redoable(): ChangeLabel | null {
    return labelOf(this.#undone[this.#undone.length - 1]);
  }

  newGroup(): number {
    return this.#nextGroup++;
  }

  /** @throws Error with a sentence when the entry does not fit the state, which is then as it was */
  take(entry: Entry): void {
    if ('undo' in entry) this.#undo();
    else if ('redo' in entry) this.#redo();
    else this.#do(entry);
  }

  #do({ group, ...change }: Change & { group?: number | undefined }): void {
    apply(this.state, change);
    this.#undone.length = 0;
    const last = this.#done[this.#done.length - 1];
    if (group !== undefined && last?.group === group) last.changes.push(change);
    else this.#done.push({ group, changes: [change] });
    if (group !== undefined) this.#nextGroup = Math.max(this.#nextGroup, group + 1);
  }

  #undo(): void {
    const step = this.#done.pop();
    if (!step) throw new Error('There is nothing to undo');
    takeBack(this.state, step);
    this.#undone.push(step);
  }

  #redo(): void {
    const step = this.#undone.pop();
    if (!step) throw new Error('There is nothing to redo');
    for (const change of step.changes) apply(this.state, change);
    this.#done.push(step);
  }

  /** The newest steps, as many as fit into `bytes` of a journal, and the state before them. */
  newest(bytes: number): { before: ProjectState; entries: Entry[] } {
    const before = { ...this.state, pictures: new Map(this.state.pictures) };
    const kept: Entry[][] = [];
    for (let i = this.#done.length - 1; i >= 0; i--) {
      const step = this.#done[i] as Step;
      const entries = step.changes.map((change) => ({ ...change, ...(step.group !== undefined && { group: step.group }) }));
      bytes -= entries.reduce((sum, entry) => sum + JSON.stringify(entry).length, 0);
      if (bytes < 0) break;
      takeBack(before, step);
      kept.unshift(entries);
    }
    return { before, entries: kept.flat() };
  }
}

function takeBack(state: ProjectState, { changes }: Step): void {
  for (const change of [...changes].reverse()) apply(state, invert(change));
}

/** Of the first change, with the counts of all. */
const labelOf = (step: Step | undefined): ChangeLabel | null =>
  step ? { ...step.changes[0].label, count: step.changes.reduce((sum, { label }) => sum + label.count, 0) } : null;
