/** What is counted from a model's answers, against scikit-learn and SciPy (test/fixtures/record-metrics.py). */
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Answers } from '../../electron/engine/evaluation/answers';
import { crossEntropy, probabilitiesAt } from '../../electron/engine/evaluation/answers';
import { type Judgement, judge, passedOf } from '../../electron/engine/evaluation/judgement';
import { curvesOf } from '../../electron/engine/evaluation/ranking';
import { fitTemperature } from '../../electron/engine/evaluation/temperature';
import { thin } from '../../electron/engine/evaluation/thin';
import { Random } from '../../electron/engine/model/random';
import { readJson } from './shared';

interface Case {
  name: string;
  classes: number;
  labels: number[];
  logits: number[];
  confusion: number[];
  scores: Judgement['classes'];
  macro: Judgement['macro'];
  topK: number[];
  accuracy: number;
  loss: number;
  calibration: { accuracy: number[]; confidence: number[]; counts: number[] };
  expectedCalibrationError: number;
  temperature: number;
  scaledLoss: number;
  thresholds: [answered: number, accuracy: number | null, wrongHeldBack: number][];
  curves: { fpr: number[]; tpr: number[]; precision: number[]; recall: number[] }[];
}

const { cases } = readJson(resolve(__dirname, '../fixtures/metrics.json')) as { cases: Case[] };

const answersOf = (labels: readonly number[], logits: readonly number[]): Answers => ({
  count: labels.length, classes: logits.length / labels.length, ids: Int32Array.from(labels, (_, i) => i), labels: Int32Array.from(labels), logits: Float32Array.from(logits)
});
const PLAIN = { temperature: 1, threshold: null };

/** Every number in both alike, to nine digits. */
function expectClose(ours: unknown, theirs: unknown): void {
  const rounded = (value: unknown) => JSON.stringify(value, (_, x: unknown) => (typeof x === 'number' ? Number(x.toFixed(9)) : x));
  expect(rounded(ours)).toBe(rounded(theirs));
}

describe.each(cases)('$name', (recorded) => {
  const answers = answersOf(recorded.labels, recorded.logits);
  const judgement = judge(answers, PLAIN);

  it('has scikit-learn\'s confusion matrix, accuracy, loss and top k', () => {
    expect([...judgement.confusion]).toEqual(recorded.confusion);
    expectClose([judgement.accuracy, judgement.loss, judgement.topK], [recorded.accuracy, recorded.loss, recorded.topK]);
  });

  it('has its precision, recall, F1, ROC AUC and average precision of each class, and their means', () => {
    expectClose(judgement.classes, recorded.scores);
    expectClose(judgement.macro, recorded.macro);
  });

  it('has its reliability diagram', () => {
    const { bins, expectedCalibrationError } = judgement.calibration;
    expect(bins.map(({ count }) => count)).toEqual(recorded.calibration.counts);
    const filled = bins.filter(({ count }) => count > 0);
    filled.forEach(({ accuracy, confidence }, i) => {
      expect(accuracy).toBeCloseTo(recorded.calibration.accuracy[i]!, 6);
      expect(confidence).toBeCloseTo(recorded.calibration.confidence[i]!, 6);
    });
    expect(expectedCalibrationError).toBeCloseTo(recorded.expectedCalibrationError, 7);
  });

  it('is calibrated by the temperature that SciPy finds', () => {
    const { temperature } = judgement.scaled;
    expect(temperature / recorded.temperature).toBeCloseTo(1, 6);
    expect(crossEntropy(answers, temperature)).toBeCloseTo(recorded.scaledLoss, 10);
  });

  it('says what each threshold costs', () => {
    expectClose(judgement.thresholds.map(({ answered, accuracy, wrongHeldBack }) => [answered, accuracy, wrongHeldBack]), recorded.thresholds);
  });

  it('draws its curves: every point one of scikit-learn\'s, and none of those far off the line', () => {
    recorded.curves.forEach(({ fpr, tpr, precision, recall }, index) => {
      const curves = curvesOf(passedOf(answers, probabilitiesAt(answers, 1), index));
      const roc = curves.roc.map((point) => [point.falsePositiveRate, point.truePositiveRate] as const);
      const theirs = fpr.map((x, i) => [x, tpr[i]!] as const);
      expectOn(roc, theirs);
      const ours = curves.precisionRecall.map((point) => [point.recall, point.precision] as const);
      // Theirs runs from all to none, and on at recall 1 to where all pictures are named.
      const first = recall.lastIndexOf(1);
      expectOn(ours, recall.map((x, i) => [x, precision[i]!] as const).slice(Math.max(0, first)).reverse());
    });
  });
});

type Place = readonly [x: number, y: number];

/** The thinned curve takes its points from the whole one, in order, ends included, and at fewer than 200 loses nothing. */
function expectOn(thinned: readonly Place[], whole: readonly Place[]): void {
  expect(thinned.length === 0).toBe(whole.length === 0);
  if (whole.length === 0) return;
  const key = ([x, y]: Place) => `${x.toFixed(9)} ${y.toFixed(9)}`;
  const places = whole.map(key);
  const indices = thinned.map((point) => places.indexOf(key(point)));
  expect(indices).not.toContain(-1);
  expect(indices).toEqual([...indices].sort((a, b) => a - b));
  expect(places[0]).toBe(key(thinned[0]!));
  expect(places[places.length - 1]).toBe(key(thinned[thinned.length - 1]!));
  for (const [x, y] of whole) expect(distanceTo(thinned, x, y)).toBeLessThan(thinned.length < 200 ? 1e-9 : 0.005);
}

function distanceTo(line: readonly Place[], x: number, y: number): number {
  return Math.min(
    ...line.slice(1).map(([bx, by], i) => {
      const [ax, ay] = line[i]!;
      const length = (bx - ax) ** 2 + (by - ay) ** 2;
      const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length));
      return Math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay));
    })
  );
}

describe('a temperature', () => {
  it('is the coldest for a model that is always right, and the hottest for one that is worse than none', () => {
    expect(fitTemperature(answersOf([0, 1], [3, 0, 0, 2]))).toBe(0.05);
    expect(fitTemperature(answersOf([0, 1], [0, 3, 2, 0]))).toBe(20);
  });

  it('changes how sure a model is, never what it names', () => {
    const [{ labels, logits }] = cases as [Case];
    const answers = answersOf(labels, logits);
    const [plain, hot] = [judge(answers, PLAIN), judge(answers, { temperature: 4, threshold: 0.5 })];
    expect(hot.confusion).toEqual(plain.confusion);
    expect(hot.settings).toEqual({ temperature: 4, threshold: 0.5 });
    expect(hot.scaled).toEqual(plain.scaled);
    plain.pictures.probability.forEach((p, i) => expect(hot.pictures.probability[i]).toBeLessThan(p));
  });
});

describe('a curve of many points', () => {
  it('keeps its corners', () => {
    const random = new Random(1);
    const rise = Array.from({ length: 20_000 }, (_, i) => ({ x: i < 10_000 ? 0.1 : i / 20_000, y: i < 10_000 ? i / 10_000 : 1 + 1e-6 * random.next() }));
    const thinned = thin(rise, 200);
    expect(thinned.length).toBeLessThanOrEqual(200);
    for (const corner of [rise[0], rise[9_999], rise[19_999]]) expect(thinned).toContainEqual(corner);
  });

  it('without any stays a line of two', () => {
    const line = Array.from({ length: 257 }, (_, i) => ({ x: i / 256, y: i / 256 }));
    expect(thin(line, 200)).toEqual([line[0], line[256]]);
  });
});
