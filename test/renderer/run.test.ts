/** What the charts make of a run. */
import { describe, expect, it } from 'vitest';
import { advance, emptySession, type Progress, type Session } from '../../electron/contract';
import { curvesOf } from '../../renderer/charts/curves';

const started: Progress = {
  kind: 'training_started', runId: 'a', trainCount: 80, validationCount: 20, from: { phase: 0, epoch: 0, step: 0 },
  phases: [{ name: 'frozen', epochs: 2, stepsPerEpoch: 4, trainableFrom: null }, { name: 'fine_tune', epochs: 5, stepsPerEpoch: 4, trainableFrom: 'all' }]
};
const step = (phase: number, epoch: number, number: number): Progress => ({
  kind: 'step', phase, epoch, step: number, steps: 4, loss: 1, accuracy: 0.5, batchLoss: 2, batchAccuracy: 0.25, learningRate: 0.001, secondsLeft: 1
});
const epoch = (phase: number, number: number, loss: number, valLoss: number | null): Progress => ({
  kind: 'epoch', phase, epoch: number, loss, accuracy: 0.5, valLoss, valAccuracy: valLoss === null ? null : 0.4, seconds: 1, secondsLeft: 1
});
const told = (...progress: Progress[]): Session => progress.reduce(advance, emptySession());

describe('curves', () => {
  it('put batches inside their epochs, epochs at their ends, and a boundary between phases', () => {
    const session = told(started, step(0, 0, 2), epoch(0, 0, 1.5, 1.6), step(1, 0, 4), epoch(1, 0, 1.2, 1.3));
    expect(curvesOf(session, 'accuracy')).toEqual({
      batches: [{ x: 0.5, y: 0.25 }, { x: 3, y: 0.25 }],
      training: [{ x: 1, y: 0.5 }, { x: 3, y: 0.5 }],
      validation: [{ x: 1, y: 0.4 }, { x: 3, y: 0.4 }],
      boundaries: [{ x: 2, name: 'fine_tune' }],
      epochs: 7
    });
    expect(curvesOf(session, 'loss').validation).toEqual([{ x: 1, y: 1.6 }, { x: 3, y: 1.3 }]);
  });

  it('have no validation line without validation data', () => {
    expect(curvesOf(told(started, epoch(0, 0, 1, null)), 'loss').validation).toEqual([]);
  });
});
