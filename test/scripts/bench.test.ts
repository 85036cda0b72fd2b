/** What the bench says about what it measured; the measuring itself is `npm run bench`. */
import { describe, expect, it } from 'vitest';
import { chart, ticksTo } from '../../scripts/bench/chart.mjs';
import { between, exportsTable, isMet, longMarkdown, quantity, roundingTable, shortMarkdown, tableOf } from '../../scripts/bench/report.mjs';
import { compare, median } from '../../scripts/bench/statistics.mjs';

const row = { name: 'fine-tune', what: 'an epoch', bar: 0.7, unit: 's', against: 'Keras', short: { en: 'Fine-tuning', ja: 'ファインチューニング' }, quick: false };

describe('statistics', () => {
  it('takes the middle, or the mean of the two in the middle', () => {
    expect(median([9, 1, 4])).toBe(4);
    expect(median([9, 1, 4, 6])).toBe(5);
    expect(median([])).toBeNaN();
  });

  it('compares turn by turn: the median of ratios, not the ratio of medians', () => {
    // In the second turn the machine was slow, on both sides.
    const { ours, theirs, ratio } = compare([1, 30, 3], [2, 40, 4]);
    expect(ratio).toEqual({ median: 0.75, min: 0.5, max: 0.75, values: [0.5, 0.75, 0.75] });
    expect([ours.median, theirs.median]).toEqual([3, 4]);
  });

  it('refuses turns that are no pairs', () => {
    expect(() => compare([1, 2], [1])).toThrow('2 turns of ours cannot be paired with 1 of theirs.');
  });
});

describe('table', () => {
  it('has a line a row, with spread, ratio, bar and verdict', () => {
    const [header, line] = tableOf([{ ...row, ...compare([4, 5, 6], [8, 8, 8]) }]);
    expect(header).toEqual(['row', 'ours', 'theirs', 'ratio', 'bar', 'met', 'what']);
    expect(line).toEqual(['fine-tune', '5.00 s (4.00 s to 6.00 s)', '8.00 s (8.00 s to 8.00 s)', '0.625 (0.500 to 0.750)', '<= 0.7', 'yes', 'an epoch; against Keras']);
  });

  it('says of one turn what it was, of a quick row that it is quick, and of a bar missed that it is', () => {
    const [, line] = tableOf([{ ...row, quick: true, ...compare([0.0061], [0.008]) }]);
    expect(line).toEqual(['fine-tune', '6.10 ms', '8.00 ms', '0.763', '<= 0.7', 'NO', 'an epoch; against Keras (quick)']);
  });

  it('says why a row is skipped', () => {
    expect(tableOf([{ ...row, skipped: 'no pictures here' }])[1]?.at(-1)).toBe('an epoch: skipped, no pictures here');
  });

  it('asks a preset for its accuracy as well', () => {
    const preset = { ...row, bar: 0.55, leastAccuracy: 0.92, ...compare([50], [100]) };
    expect(isMet({ ...preset, accuracy: { ours: 0.92, theirs: 0.925 } })).toBe(true);
    expect(isMet({ ...preset, accuracy: { ours: 0.919, theirs: 0.925 } })).toBe(false);
    expect(tableOf([{ ...preset, accuracy: { ours: 0.919, theirs: 0.925 } }])[1]?.slice(1, 6)).toEqual(['50.0 s, accuracy 0.919', '100 s, accuracy 0.925', '0.500', '<= 0.55, accuracy >= 0.92', 'NO']);
  });

  it('writes quantities with three digits', () => {
    expect(['s', 's', 's', 'MiB'].map((unit, i) => quantity([0.00234, 12.345, 123.4, 1285][i] as number, unit))).toEqual(['2.34 ms', '12.3 s', '123 s', '1285 MiB']);
  });
});

describe('exports', () => {
  const measured = compare([0.002], [0.001]);
  const programs = [
    { format: 'onnx', precision: 'float32', language: 'python', written: 0.5, ...measured },
    { format: 'onnx', precision: 'float32', language: 'node', written: 0.5, failed: 'no such program' },
    { format: 'coreml', precision: 'float32', written: 0.25 },
    { format: 'coreml', precision: 'float16', written: 1 }
  ];

  it('have a line a program, the app first, and each format counts once in the sum', () => {
    expect(exportsTable(programs).slice(1)).toEqual([
      ['the app itself', '', '2.00 ms', '', 'all formats: 750 ms'],
      ['onnx, float32', 'python', '1.00 ms', '2.000', '500 ms'],
      ['onnx, float32', 'node', 'no such program', '', ''],
      ['coreml, float32', '', '', '', '250 ms'],
      ['coreml, float16', '', '', '', '1.00 s']
    ]);
  });

  it('have two columns a size for what rounding costs', () => {
    const one = { format: 'tflite', precision: 'int8', pictures: 1000 };
    const results = [{ ...one, inputSize: 96, scale: '-1..1', agreement: 0.95, app: 0.8, exported: 0.79 }, { ...one, inputSize: 32, scale: '0..1', agreement: 0.75, app: 0.36, exported: 0.352 }];
    expect(roundingTable(results)).toEqual([
      ['', '96x96, -1..1: accuracy', 'same answer', '32x32, 0..1: accuracy', 'same answer'],
      ['the app', '80.0 %', '', '36.0 %', ''],
      ['tflite, int8', '79.0 %', '95.0 %', '35.2 %', '75.0 %']
    ]);
  });
});

describe('pages', () => {
  it('puts text between its markers, again and again', () => {
    const once = between('before\n<!-- measured -->\n<!-- /measured -->\nafter', '| a |');
    expect(once).toBe('before\n<!-- measured -->\n| a |\n<!-- /measured -->\nafter');
    expect(between(once, '| b |')).toBe('before\n<!-- measured -->\n| b |\n<!-- /measured -->\nafter');
    expect(() => between('nothing', 'x')).toThrow('<!-- measured -->');
  });

  it('has all rows in one page and the main ones in the other', () => {
    const results = [{ ...row, ...compare([5], [8]) }, { ...row, name: 'evaluate-32', short: undefined, ...compare([1], [2]) }];
    expect(longMarkdown(results).split('\n')).toEqual([
      '| what | ours | theirs | ratio | bar | met |', '| --- | --- | --- | --- | --- | --- |',
      '| `fine-tune`: an epoch; against Keras | 5.00 s | 8.00 s | 0.625 | ≤ 0.7 | yes |', '| `evaluate-32`: an epoch; against Keras | 1.00 s | 2.00 s | 0.500 | ≤ 0.7 | yes |'
    ]);
    expect(shortMarkdown(results, ['', 'Keras', 'Tsugiki', '/'], 'ja').split('\n').slice(2)).toEqual(['| ファインチューニング | 8.00 s | 5.00 s | 0.63 |']);
  });
});

describe('charts', () => {
  it('counts its axes in round steps that reach the largest value', () => {
    expect(ticksTo(50000)).toEqual([0, 10000, 20000, 30000, 40000, 50000]);
    expect(ticksTo(0.9)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  });

  it('draws each series within its frame, larger values higher', () => {
    const svg = chart({ title: 'a < b', x: { label: 'pictures' }, y: { label: 'seconds' }, series: [{ name: 'ours', points: [[1, 1], [2, 3], [4, 4]] }] });
    expect(svg).toContain('<title>a &lt; b</title>');
    const points = (/<polyline points="([^"]+)"/.exec(svg)?.[1] ?? '').split(' ').map((point) => point.split(',').map(Number));
    expect(points).toHaveLength(3);
    const [xs, ys] = [points.map(([x]) => x as number), points.map(([, y]) => y as number)];
    expect([...xs].sort((a, b) => a - b)).toEqual(xs);
    expect([...ys].sort((a, b) => b - a)).toEqual(ys);
    for (const x of xs) expect(x).toBeLessThanOrEqual(720);
    for (const y of ys) expect(y).toBeGreaterThan(0);
  });
});
