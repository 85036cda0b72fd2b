/** Curves smoothed, and as a table. */
import { describe, expect, it } from 'vitest';
import { advance, emptySession, type Progress, type Session } from '../../electron/contract';
import { apart } from '../../renderer/charts/apart';
import { smoothed } from '../../renderer/charts/smoothing';
import { curvesCsv } from '../../renderer/lib/curves-csv';

describe('figures beside a chart', () => {
  it('stay where they belong while there is room, and never lie on each other or outside', () => {
    expect(apart([40, 80], 14, 6, 94)).toEqual([40, 80]);
    expect(apart([50, 50], 14, 6, 94)).toEqual([43, 57]);
    expect(apart([52, 50], 14, 6, 94)).toEqual([58, 44]);
    expect(apart([6, 6], 14, 6, 94)).toEqual([6, 20]);
    expect(apart([100, 98], 14, 6, 94)).toEqual([94, 80]);
    expect([apart([2], 14, 6, 94), apart([], 14, 6, 94)]).toEqual([[6], []]);
  });
});

describe('smoothing', () => {
  const points = [3, 1, 4, 1, 5].map((y, x) => ({ x, y }));

  it('is the weighted mean of all values so far, each older one counting less', () => {
    const memory = 0.6;
    const means = points.map((_, i) => {
      const weights = points.slice(0, i + 1).map((__, j) => memory ** (i - j));
      return points.slice(0, i + 1).reduce((sum, { y }, j) => sum + y * weights[j]!, 0) / weights.reduce((a, b) => a + b);
    });
    smoothed(points, memory).forEach(({ x, y }, i) => {
      expect(x).toBe(i);
      expect(y).toBeCloseTo(means[i]!, 12);
    });
  });

  it('of nothing leaves the curve, of a level curve too', () => {
    expect(smoothed(points, 0)).toEqual(points);
    smoothed([2, 2, 2].map((y, x) => ({ x, y })), 0.99).forEach(({ y }) => expect(y).toBeCloseTo(2, 12));
  });
});

it('a table has every epoch and every point', () => {
  const progress: Progress[] = [
    { kind: 'training_started', runId: 'a', trainCount: 8, validationCount: 2, from: { phase: 0, epoch: 0, step: 0 }, phases: [{ name: 'frozen', epochs: 1, stepsPerEpoch: 2, trainableFrom: null }, { name: 'fine_tune', epochs: 1, stepsPerEpoch: 2, trainableFrom: 'all' }] },
    { kind: 'step', phase: 0, epoch: 0, step: 1, steps: 2, loss: 1, accuracy: 0.5, batchLoss: 2.25, batchAccuracy: 0.125, learningRate: 0.001, secondsLeft: 1 },
    { kind: 'epoch', phase: 0, epoch: 0, loss: 1.5, accuracy: 0.25, valLoss: 1.75, valAccuracy: 0.375, seconds: 3, secondsLeft: 1 },
    { kind: 'epoch', phase: 1, epoch: 0, loss: 1e-7, accuracy: 1, valLoss: null, valAccuracy: null, seconds: 4, secondsLeft: 0 }
  ];
  const session = progress.reduce<Session>(advance, emptySession());
  expect(curvesCsv(session)).toBe(
    'kind,phase,epoch,position,loss,accuracy,val_loss,val_accuracy,seconds\nepoch,frozen,1,1,1.5,0.25,1.75,0.375,3\nepoch,fine_tune,1,2,1e-7,1,,,4\nbatch,,,0.5,2.25,0.125,,,\n'
  );
});
