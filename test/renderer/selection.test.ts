/** Selecting in the grid: clicks, ranges, keys, and where the squares lie. */
import { describe, expect, it } from 'vitest';
import { GAP, layout, positionAt } from '../../renderer/lib/cells';
import { kept, led, NOTHING, only, reached, toggled } from '../../renderer/lib/selection';

/** Ids in an order of their own, so that none is its position. */
const ORDER = [40, 30, 20, 10, 50, 60];
const sorted = (ids: ReadonlySet<number>): number[] => [...ids].sort((a, b) => a - b);

describe('selecting', () => {
  it('takes one, adds one, takes one back', () => {
    const one = only(1, 30);
    const two = toggled(one, 3, 10);
    expect(sorted(two.ids)).toEqual([10, 30]);
    expect(sorted(toggled(two, 1, 30).ids)).toEqual([10]);
    expect(sorted(only(2, 20).ids)).toEqual([20]);
    expect(sorted(one.ids), 'the selection before is as it was').toEqual([30]);
  });

  it('reaches from the anchor in both directions, again and again', () => {
    const begun = only(2, 20);
    const down = reached(begun, 4, ORDER);
    expect([...down.ids]).toEqual([20, 10, 50]);
    const up = reached(down, 0, ORDER);
    expect([...up.ids]).toEqual([40, 30, 20]);
    expect(up).toMatchObject({ focus: 0, anchor: 2 });
  });

  it('adds a range to what is selected', () => {
    const apart = toggled(only(0, 40), 4, 50);
    expect(sorted(reached(apart, 5, ORDER, true).ids)).toEqual([40, 50, 60]);
  });

  it('keeps only what is still to be seen', () => {
    const three = reached(only(0, 40), 2, ORDER);
    expect(sorted(kept(three, [20, 40, 99]).ids)).toEqual([20, 40]);
    expect(kept(three, ORDER)).toBe(three);
    expect(kept(NOTHING, [])).toBe(NOTHING);
  });
});

describe('keys', () => {
  /** 10 pictures in rows of 4: the last row holds two. */
  const grid = { columns: 4, rows: 2, total: 10 };

  it.each([
    [5, 'ArrowLeft', 4], [0, 'ArrowLeft', 0], [5, 'ArrowRight', 6], [9, 'ArrowRight', 9],
    [5, 'ArrowUp', 1], [1, 'ArrowUp', 1], [1, 'ArrowDown', 5], [5, 'ArrowDown', 9],
    [9, 'PageUp', 1], [1, 'PageDown', 9], [5, 'Home', 0], [5, 'End', 9]
  ])('lead from %i with %s to %i', (from, key, to) => {
    expect(led(from, key, grid)).toBe(to);
  });

  it('lead from above nothing to the last picture, and from there nowhere', () => {
    expect(led(6, 'ArrowDown', grid)).toBe(9);
    expect(led(8, 'ArrowDown', grid)).toBe(8);
  });

  it('that are none lead nowhere', () => {
    expect(led(5, 'a', grid)).toBeNull();
  });
});

describe('squares', () => {
  it('fill the width, and are found where they are drawn', () => {
    for (const width of [100, 333, 1024]) {
      const cells = layout(width, 48);
      expect(cells.columns * cells.side + (cells.columns - 1) * GAP).toBeCloseTo(width, 9);
      expect(cells.side).toBeGreaterThanOrEqual(48);
      for (const position of [0, cells.columns - 1, cells.columns, 7 * cells.columns + 1]) {
        const x = (position % cells.columns) * cells.pitch;
        const y = Math.floor(position / cells.columns) * cells.pitch;
        expect(positionAt(cells, x + 1, y + 1)).toBe(position);
        expect(positionAt(cells, x + cells.side - 1, y + cells.side - 1)).toBe(position);
      }
    }
  });

  it('are not found between and beside them', () => {
    const cells = layout(204, 48);
    expect(cells).toMatchObject({ columns: 4, side: 48, pitch: 52 });
    expect(positionAt(cells, 50, 10)).toBeNull();
    expect(positionAt(cells, 10, 50)).toBeNull();
    expect(positionAt(cells, 210, 10)).toBeNull();
    expect(positionAt(cells, -1, 10)).toBeNull();
  });

  it('are there in the narrowest place', () => {
    expect(layout(0, 48)).toMatchObject({ columns: 1, side: 1 });
  });
});
