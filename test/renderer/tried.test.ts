/** The table of answers: what is shown, in which order; and answers that come many times a second. */
import { describe, expect, it } from 'vitest';
import { because, type TriedMany } from '../../electron/contract';
import { Blend, FrameRate } from '../../renderer/lib/live';
import { type Column, FOUND, firstOrder, kindOf, places, rowsOf, type Shown, tallies } from '../../renderer/lib/tried';

const TRIED: TriedMany = {
  classNames: ['zebra', 'ant'], files: ['10.png', '2.png', 'torn.png', 'x.png', '1.png'], paths: [], reasons: [null, null, because('malformed', 'torn'), null, null], best: 2,
  classes: Int32Array.of(0, 1, 1, 0, -1, -1, 0, 1, 1, 0), probabilities: Float32Array.of(0.9, 0.1, 0.75, 0.25, 0, 0, 0.4, 0.35, 0.8, 0.2), unknown: Uint8Array.of(0, 0, 0, 1, 0), stopped: false, seconds: 1
};
const names = places(TRIED.files);
const files = (shown: Shown, column: Column, up = firstOrder(column).up): string[] => rowsOf(TRIED, shown, { column, up }, () => names).map((row) => TRIED.files[row] ?? '');

describe('a table of answers', () => {
  it('tells of each row what it is', () => {
    expect(TRIED.files.map((_, row) => kindOf(TRIED, row))).toEqual([0, 1, 'unread', 'none', 1]);
  });

  it('counts what there is, and nothing else', () => {
    expect(tallies(TRIED)).toEqual([
      { shown: 'all', count: 5 }, { shown: 1, count: 2 }, { shown: 0, count: 1 }, { shown: 'none', count: 1 }, { shown: 'unsure', count: 1 }, { shown: 'unread', count: 1 }
    ]);
    expect(tallies({ ...TRIED, files: [], reasons: [] })).toEqual([{ shown: 'all', count: 0 }]);
  });

  it('shows rows of one kind', () => {
    expect(files(1, 'file')).toEqual(['1.png', '2.png']);
    expect(files('none', 'file')).toEqual(['x.png']);
    expect(files('unsure', 'file')).toEqual(['x.png']);
    expect(files('unread', 'file')).toEqual(['torn.png']);
  });

  it('is sorted by each column, both ways, what could not be read always last', () => {
    expect(rowsOf(TRIED, 'all', FOUND, () => names).map((row) => TRIED.files[row])).toEqual(['1.png', '2.png', '10.png', 'x.png', 'torn.png']);
    expect(files('all', 'file', false)).toEqual(['x.png', '10.png', '2.png', '1.png', 'torn.png']);
    // By class, the surest first; none of these behind all classes.
    expect(files('all', 'answer')).toEqual(['1.png', '2.png', '10.png', 'x.png', 'torn.png']);
    expect(files('all', 'probability')).toEqual(['10.png', '1.png', '2.png', 'x.png', 'torn.png']);
    expect(files('all', 'probability', true)).toEqual(['x.png', '2.png', '1.png', '10.png', 'torn.png']);
    expect(files('all', 'second')).toEqual(['x.png', '2.png', '1.png', '10.png', 'torn.png']);
  });

  it('is sorted with 50,000 rows', () => {
    const count = 50_000;
    const many: TriedMany = {
      ...TRIED, files: Array.from({ length: count }, (_, i) => `${i}.png`), reasons: Array<null>(count).fill(null), best: 1, classes: new Int32Array(count),
      probabilities: Float32Array.from({ length: count }, (_, i) => ((i * 7919) % count) / count), unknown: new Uint8Array(count)
    };
    const rows = rowsOf(many, 'all', { column: 'probability', up: true }, () => names);
    expect(rows).toHaveLength(count);
    expect(rows.every((row, i) => (many.probabilities[row] ?? 0) >= (many.probabilities[rows[i - 1] ?? row] ?? 0))).toBe(true);
  });
});

describe('answers of a camera', () => {
  const sure = (label: string, unknown = false) => ({ top: [{ label, probability: 1 }, { label: label === 'a' ? 'b' : 'a', probability: 0 }], unknown });

  it('begin with the first, and fade into the next: a third is left after 150 ms', () => {
    const blend = new Blend();
    expect(blend.add(sure('a'), 0)).toEqual(sure('a'));
    const after = blend.add(sure('b'), 150);
    expect(after.top.map(({ label }) => label)).toEqual(['b', 'a']);
    expect(after.top[1]?.probability).toBeCloseTo(Math.exp(-1), 10);
    expect(after.top.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 10);
  });

  it('are the same however many frames a second tell it', () => {
    const after = (frames: number): number => {
      const blend = new Blend();
      blend.add(sure('a'), 0);
      let last = NaN;
      for (let i = 1; i <= frames; i++) last = blend.add(sure('b'), (300 * i) / frames).top.find(({ label }) => label === 'a')?.probability ?? NaN;
      return last;
    };
    expect(after(3)).toBeCloseTo(after(30), 10);
  });

  it('are none of these once most of the last moments are', () => {
    const blend = new Blend();
    blend.add(sure('a'), 0);
    expect(blend.add(sure('a', true), 50).unknown).toBe(false);
    expect(blend.add(sure('a', true), 200).unknown).toBe(true);
  });

  it('are counted over the last second', () => {
    const rate = new FrameRate();
    expect(rate.add(0)).toBe(0);
    let last = 0;
    for (let i = 1; i <= 100; i++) last = rate.add(40 * i);
    expect(last).toBeCloseTo(25, 6);
    for (let i = 1; i <= 10; i++) last = rate.add(4000 + 100 * i);
    expect(last).toBeCloseTo(10, 6);
  });
});
