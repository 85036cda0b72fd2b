/** Which pictures are selected, and which are being dragged. */
import { call } from '../api';
import { NOTHING, kept, type Selection } from '../lib/selection';
import { data } from './data.svelte';
import { report } from './toasts.svelte';

/** Marks a drag of pictures inside the window: what is dropped is read from here, never from the drag itself. */
export const DRAG_TYPE = 'application/x-tsugiki-pictures';

let current = $state.raw<Selection>(NOTHING);
let dragged = $state.raw<readonly number[] | null>(null);

export const selection = {
  get now(): Selection {
    return current;
  },
  set now(next: Selection) {
    current = next;
  },
  get size(): number {
    return current.ids.size;
  },
  /** Keeps what of it is among these. */
  keep(order: readonly number[]): void {
    current = kept(current, order);
  },
  clear(): void {
    current = { ...current, ids: NOTHING.ids };
  },
  /** Ids of the pictures under way to a class; null while none are. */
  get dragged(): readonly number[] | null {
    return dragged;
  },
  set dragged(ids: readonly number[] | null) {
    dragged = ids;
  }
};

/** How many of these pictures are excluded. */
export const countExcluded = async (ids: readonly number[]): Promise<number> =>
  (await call('data:ids', { query: { part: 'excluded', class: null, text: '', only: [...ids] } })).length;

/** Excludes them, or takes them back when all of them are excluded. */
export async function toggleExcluded(ids: readonly number[]): Promise<void> {
  try {
    const all = (await countExcluded(ids)) === ids.length;
    await data.edit({ kind: all ? 'include' : 'exclude', pictures: [...ids] });
  } catch (error) {
    report(error);
  }
}
