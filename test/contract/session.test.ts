/** The session as a function of what was told: the same in main, in the window, and when a run is replayed from disk. */
import { describe, expect, it } from 'vitest';
import { type EpochProgress, type Progress, type Session, type StepProgress, advance, emptySession, epochPosition, tutorialRecipe } from '../../electron/contract';

const started: Progress = {
  kind: 'training_started', runId: 'r1', trainCount: 80, validationCount: 20, from: { phase: 0, epoch: 0, step: 0 },
  phases: [
    { name: 'frozen', epochs: 2, stepsPerEpoch: 4, trainableFrom: null },
    { name: 'fine_tune', epochs: 1, stepsPerEpoch: 4, trainableFrom: 'block_13_expand' }
  ]
};
const step = (phase: number, epoch: number, n: number): StepProgress => ({
  kind: 'step', phase, epoch, step: n, steps: 4, loss: 2, accuracy: 0.2, batchLoss: 1.9, batchAccuracy: 0.25, learningRate: 0.001, secondsLeft: 3
});
const epoch = (phase: number, n: number): EpochProgress => ({
  kind: 'epoch', phase, epoch: n, loss: 1.8, accuracy: 0.3, valLoss: 1.9, valAccuracy: 0.28, seconds: 1, secondsLeft: 2
});
const ended = (phase: number, accuracy: number): Progress => ({
  kind: 'phase_ended', phase, testCount: 10, testedOn: 'test',
  result: { history: { loss: [1], accuracy: [0.5] }, epoch_seconds: [1], total_seconds: 1, test_loss: 1, test_accuracy: accuracy }
});
const finished = (stopped: boolean, model = '/runs/r1/model'): Progress => ({ kind: 'finished', runId: 'r1', model, stopped, testAccuracy: stopped ? null : 0.4 });
const after = (...told: Progress[]): Session => told.reduce(advance, emptySession());

/** Freezes all the way down: a reducer that changed its argument would throw. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) frozen(part);
    Object.freeze(value);
  }
  return value;
}

describe('session', () => {
  it('starts empty and takes a run up', () => {
    const session = after(started);
    expect(session).toMatchObject({ status: 'running', runId: 'r1', trainCount: 80, validationCount: 20, epochs: [], curve: [], error: null });
  });

  it('never changes what it is given', () => {
    const told: Progress[] = [started, step(0, 0, 1), epoch(0, 0), { kind: 'paused' }, { kind: 'continued' }, ended(0, 0.3), finished(false)];
    expect(() => told.reduce((session, progress) => frozen(advance(session, frozen(progress))), frozen(emptySession()))).not.toThrow();
  });

  it('places steps and epochs on one axis, phase after phase', () => {
    const session = after(started, step(0, 0, 2), step(0, 1, 4), step(1, 0, 1));
    expect(session.curve.map((point) => point.x)).toEqual([0.5, 2, 2.25]);
    expect(epochPosition(session, 0, 1)).toBe(2);
    expect(epochPosition(session, 1, 0)).toBe(3);
  });

  it('draws the batch, shows the running mean', () => {
    const session = after(started, step(0, 0, 1));
    expect(session.curve[0]).toEqual({ x: 0.25, loss: 1.9, accuracy: 0.25 });
    expect(session.step?.loss).toBe(2);
  });

  it('stays paused while the last step under way comes in', () => {
    const session = after(started, { kind: 'paused' }, step(0, 0, 1));
    expect(session.status).toBe('paused');
    expect(advance(session, { kind: 'continued' }).status).toBe('running');
  });

  it('shows a stage until it is done', () => {
    const stage = (done: number): Progress => ({ kind: 'stage', stage: 'features', done, total: 100, unit: 'pictures', secondsLeft: 1 });
    expect(after(started, stage(40)).stage?.done).toBe(40);
    expect(after(started, stage(40), stage(100)).stage).toBeNull();
  });

  it('keeps the test accuracy of the last phase', () => {
    expect(after(started, ended(0, 0.35), ended(1, 0.4)).testAccuracy).toBe(0.4);
    expect(after(started, ended(0, 0.35), finished(true)).testAccuracy).toBe(0.35);
  });

  it('has a model when finished, and can go on when stopped', () => {
    expect(after(started, finished(false))).toMatchObject({ status: 'finished', model: '/runs/r1/model', resumable: false, testAccuracy: 0.4 });
    expect(after(started, epoch(0, 0), finished(true))).toMatchObject({ status: 'finished', resumable: true });
  });

  it('keeps the earlier model when a run is stopped before its first epoch ended', () => {
    const session = after(started, finished(false), { ...started, runId: 'r2' }, finished(true, ''));
    expect(session).toMatchObject({ model: '/runs/r1/model', resumable: false });
  });

  it('says that the engine is gone and whether the run can go on', () => {
    const session = after(started, step(0, 0, 1), epoch(0, 0), { kind: 'interrupted', resumable: true, epochsDone: 1, detail: 'exit code 9' });
    expect(session).toMatchObject({ status: 'interrupted', resumable: true, error: { code: 'engine_gone', params: { epochs: 1 } } });
  });

  it('goes on where the checkpoint is: later points are dropped, earlier ones and phases kept', () => {
    const broken = after(
      started, step(0, 0, 4), epoch(0, 0), step(0, 1, 4), epoch(0, 1), ended(0, 0.35), step(1, 0, 2),
      { kind: 'interrupted', resumable: true, epochsDone: 2, detail: '' }
    );
    const resumed = advance(broken, { ...started, from: { phase: 1, epoch: 0, step: 0 } } as Progress);
    expect(resumed.epochs).toHaveLength(2);
    expect(resumed.curve.map((point) => point.x)).toEqual([1, 2]);
    expect(resumed.results).toHaveLength(1);
    expect(resumed).toMatchObject({ status: 'running', testAccuracy: 0.35, error: null, resumable: false });
  });

  it('lets the next phase begin where one that stopped early ended, also after the run was taken up again', () => {
    const early = ended(0, 0.35) as Extract<Progress, { kind: 'phase_ended' }>;
    const short: Progress = { ...early, result: { ...early.result, stopped_early: true, history: { loss: [1], accuracy: [0.5] } } };
    const session = after(started, step(0, 0, 4), epoch(0, 0), short, step(1, 0, 4));
    expect(session.curve.map((point) => point.x)).toEqual([1, 2]);
    const resumed = after(started, step(0, 0, 4), epoch(0, 0), short, { ...started, from: { phase: 1, epoch: 0, step: 0 } } as Progress, step(1, 0, 4));
    expect(resumed.curve.map((point) => point.x)).toEqual([1, 2]);
  });

  it('begins a new run with an empty chart', () => {
    const again = advance(after(started, step(0, 0, 4), epoch(0, 0), ended(0, 0.35)), { ...started, runId: 'r2' } as Progress);
    expect(again).toMatchObject({ runId: 'r2', epochs: [], curve: [], results: [], testAccuracy: null });
  });

  it('counts what is planned behind a run, as main tells it, until one fails', () => {
    const first = { ...started, planned: 2 } as Progress;
    const done: Progress = { kind: 'finished', runId: 'r1', model: '/m', stopped: false, testAccuracy: null, planned: 2 };
    expect([after(first), after(first, done), after(first, { ...done, planned: 0 }), after(first, { kind: 'failed', error: { code: 'x', message: '', params: {} } })].map(({ planned }) => planned)).toEqual([2, 2, 0, 0]);
    expect(after(first, { kind: 'interrupted', resumable: false, epochsDone: 0, detail: '' }).planned).toBe(0);
  });

  it('takes over the recipe of a run that began by itself', () => {
    const recipe = { ...tutorialRecipe(), inputSize: 96 };
    expect(after({ ...started, recipe } as Progress).recipe).toEqual(recipe);
    expect(advance({ ...emptySession(), recipe }, started).recipe).toEqual(recipe);
  });

  it('keeps the failure to show', () => {
    const error = { code: 'weights_missing', message: 'No weights.', params: {} };
    expect(after(started, { kind: 'failed', error })).toMatchObject({ status: 'failed', error });
  });

  it('thins the fine curve of a long run but keeps its ends', () => {
    const session = after({ ...started, phases: [{ name: 'frozen', epochs: 10000, stepsPerEpoch: 4, trainableFrom: null }] } as Progress,
      ...Array.from({ length: 9000 }, (_, i) => step(0, Math.floor(i / 4), (i % 4) + 1)));
    expect(session.curve.length).toBeLessThanOrEqual(4000);
    expect(session.curve[0]?.x).toBe(0.25);
    expect(session.curve[session.curve.length - 1]?.x).toBe(2250);
  });
});
