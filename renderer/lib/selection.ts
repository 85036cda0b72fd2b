/** Selecting pictures as lists everywhere do it: single ones, and ranges that reach from an anchor. Pure; positions are those in the grid. */

export interface Selection {
  /** Of pictures; they stay selected wherever the grid is scrolled to. */
  readonly ids: ReadonlySet<number>;
  /** Position that the keyboard is at. */
  readonly focus: number;
  /** Position at which a range begins. */
  readonly anchor: number;
}

export const NOTHING: Selection = { ids: new Set(), focus: 0, anchor: 0 };

/** This picture alone. */
export const only = (position: number, id: number): Selection => ({ ids: new Set([id]), focus: position, anchor: position });

/** This picture as well, or no longer. */
export function toggled({ ids }: Selection, position: number, id: number): Selection {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return { ids: next, focus: position, anchor: position };
}

/** All from the anchor to a position. @param order ids of all pictures of the grid @param added to those that are selected already */
export function reached({ ids, anchor }: Selection, position: number, order: readonly number[], added = false): Selection {
  const range = order.slice(Math.min(anchor, position), Math.max(anchor, position) + 1);
  return { ids: new Set(added ? [...ids, ...range] : range), focus: position, anchor };
}

/** What of it is still to be seen; the same object when that is all. */
export function kept(selection: Selection, order: readonly number[]): Selection {
  const there = new Set(order);
  const ids = new Set([...selection.ids].filter((id) => there.has(id)));
  return ids.size === selection.ids.size ? selection : { ...selection, ids };
}

/** Where a key leads from a position in a grid; null for keys that lead nowhere. @param rows in sight at once */
export function led(from: number, key: string, { columns, rows, total }: { columns: number; rows: number; total: number }): number | null {
  const last = total - 1;
  const page = columns * Math.max(1, rows);
  /** A whole number of rows, as far as there are any: columns are kept. */
  const by = (step: number): number => {
    const to = from + step;
    if (to < 0) return from % columns;
    // Below a last row that is not full there is its last picture.
    if (to > last) return Math.floor(from / columns) === Math.floor(last / columns) ? from : Math.min(last, last - (last % columns) + (from % columns));
    return to;
  };
  switch (key) {
    case 'ArrowLeft':
      return Math.max(0, from - 1);
    case 'ArrowRight':
      return Math.min(last, from + 1);
    case 'ArrowUp':
      return by(-columns);
    case 'ArrowDown':
      return by(columns);
    case 'PageUp':
      return by(-page);
    case 'PageDown':
      return by(page);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}
