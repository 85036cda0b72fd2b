/** What the coach says of real runs: Keras' record of the lesson and of a good recipe, and runs on the sample with a fault each (record-coach.mjs). */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { type DataSummary, emptySession, type History, HistorySchema, type Phase, type Recipe, type RecipeInput, RecipeSchema, type Session } from '../../electron/contract';
import { type AdviceId, adviceFor } from '../../renderer/lib/coach';
import { lastMap } from '../../renderer/lib/input-size';
import recorded from '../fixtures/coach-runs.json';

const parsed = (recipe: RecipeInput): Recipe => v.parse(RecipeSchema, recipe);

const data = (classes: number, each: number, counts = Array.from({ length: classes }, () => each)): DataSummary => ({
  source: { kind: 'cifar10' }, name: 'x', classNames: counts.map((_, i) => `class ${i}`), classCounts: counts, trainCount: counts.reduce((a, b) => a + b), validationCount: 0, testCount: 0,
  testedOn: 'validation', pictureSize: 32, skipped: [], project: null
});

/** A finished run of these histories, one a phase. */
function session(recipe: Recipe, histories: readonly History[], part: Partial<Session> = {}): Session {
  const epochs = histories.flatMap((history, phase) =>
    history.loss.map((loss, epoch) => ({
      kind: 'epoch' as const, phase, epoch, loss, accuracy: history.accuracy[epoch]!, valLoss: history.val_loss?.[epoch] ?? null, valAccuracy: history.val_accuracy?.[epoch] ?? null, seconds: 1, secondsLeft: 0
    }))
  );
  const phases = recipe.phases.map(({ name, epochs: count, trainableFrom }) => ({ name, epochs: count, stepsPerEpoch: 10, trainableFrom }));
  return { ...emptySession(), data: data(10, 5000), trainCount: 40000, status: 'finished', recipe, phases, epochs, ...part };
}

const said = (now: Session): AdviceId[] => adviceFor(now).map(({ id }) => id);
/** What the first advice makes of the run's recipe. */
const cured = (now: Session, id: AdviceId): Recipe => adviceFor(now).find((advice) => advice.id === id)!.cure(now.recipe!);

const RecordSchema = v.object({ frozen: v.object({ history: HistorySchema }), fine_tune: v.object({ history: HistorySchema }) });
const REFERENCE = resolve(import.meta.dirname, '../../../shared/reference');
const hasReference = existsSync(resolve(REFERENCE, 'keras_full.json'));
if (!hasReference) console.warn('skipped: no shared data (Keras records of the lesson)');
const record = (name: string): History[] => {
  const { frozen, fine_tune } = v.parse(RecordSchema, JSON.parse(readFileSync(resolve(REFERENCE, name), 'utf8')));
  return [frozen.history, fine_tune.history];
};

/** 300 photographs of two trees, as the app trained them by the lesson's phases at 96 px: a loss that moves where nothing is wrong. */
const TREES: readonly History[] = [
  { loss: [0.2094, 0.0059, 0.0001], accuracy: [0.8917, 1, 1], val_loss: [0.0114, 0.0006, 0.0002], val_accuracy: [1, 1, 1] },
  { loss: [0.0752, 0.0312, 0.0242, 0.0051, 0.0178], accuracy: [0.9708, 0.9917, 0.9917, 1, 0.9958], val_loss: [0.0003, 0.0004, 0.0003, 0.0002, 0.00015], val_accuracy: [1, 1, 1, 1, 1] }
];

it('says nothing where every picture is right already', () => {
  const recipe = parsed({ inputSize: 96, scale: '-1..1' });
  expect(said(session(recipe, TREES, { data: data(2, 120), trainCount: 240 }))).toEqual([]);
});

describe.skipIf(!hasReference)("of Keras' records", () => {
  const lesson = parsed({});

  it('the lesson lacks a picture large enough, and unfreezing shakes it', () => {
    const now = session(lesson, record('keras_full.json'));
    expect(said(now)).toEqual(['small_input', 'unfreezing']);
    expect(cured(now, 'small_input')).toEqual({ ...lesson, inputSize: 96, scale: '-1..1' });
    expect(cured(now, 'unfreezing').phases[1]).toEqual({ ...lesson.phases[1], keepBatchNormFrozen: true });
  });

  it('the lesson has dead features where they were counted', () => {
    const now = session(lesson, record('keras_full.json'));
    const counted = { ...now, phases: now.phases.map((phase, i) => ({ ...phase, deadFeatures: i === 0 ? 0.88 : null })) };
    expect(adviceFor(counted)[0]).toMatchObject({ id: 'dead_features', figures: { share: 0.88, size: 32, to: 96 } });
  });

  it('says so before the first phase has ended, but not before an epoch has', () => {
    const [frozen] = record('keras_full.json') as [History];
    const until = (epochs: number): Session => session(lesson, [{ loss: frozen.loss.slice(0, epochs), accuracy: frozen.accuracy.slice(0, epochs) }], { status: 'running' });
    expect(said(until(0))).toEqual([]);
    expect(said(until(1))).toEqual(['small_input']);
  });

  it('96 px and -1..1 gives nothing to worry about', () => {
    const recipe = parsed({ inputSize: 96, scale: '-1..1', limit: 10000, phases: [{ name: 'frozen', epochs: 5 }, { name: 'fine_tune', trainableFrom: 'block_13_expand', optimizer: { name: 'adam', learningRate: 0.00001 }, epochs: 3 }] });
    const now = session(recipe, record('keras_96_10k.json'), { trainCount: 8000 });
    expect(said(now)).toEqual(['longer']);
    expect(cured(now, 'longer').phases.map(({ epochs }) => epochs)).toEqual([5, 6]);
    for (let epochs = 0; epochs <= 8; epochs++) expect(said({ ...now, status: 'running', epochs: now.epochs.slice(0, epochs) })).toEqual([]);
  });

  it('with the wrong scaling alone, says that alone', () => {
    const now = session(parsed({ inputSize: 96 }), record('keras_full.json').slice(0, 1));
    expect(said(now)).toEqual(['scale']);
    expect(cured(now, 'scale')).toEqual({ ...now.recipe, scale: '-1..1' });
  });
});

describe('of runs on the sample', () => {
  const runs = v.parse(v.record(v.string(), v.object({ recipe: RecipeSchema, images: v.number(), history: HistorySchema })), recorded);
  const run = (name: string): Session => {
    const { recipe, images, history } = runs[name]!;
    return session(recipe, [history], { data: data(10, images / 10), trainCount: images * (1 - recipe.validationSplit) });
  };

  it('a good one has nothing to be told', () => expect(said(run('good'))).toEqual([]));

  it('no better than chance at a high rate: a tenth of it', () => {
    expect(said(run('rate_high'))).toEqual(['no_better_than_chance']);
    expect(cured(run('rate_high'), 'no_better_than_chance').phases[0]?.optimizer.learningRate).toBe(0.1);
  });

  it('hardly any progress at a low rate: ten times it', () => {
    expect(said(run('rate_low'))).toEqual(['rate_low']);
    expect(cured(run('rate_low'), 'rate_low').phases[0]?.optimizer.learningRate).toBe(0.00001);
  });

  it('few pictures and a wide gap: augmentation', () => {
    const now = run('few_pictures');
    // It is learned by heart as well; more to learn from is the better cure.
    expect(said(now)).toEqual(['few_pictures', 'overfitting']);
    expect(cured(now, 'few_pictures').phases[0]?.augmentation).toMatchObject({ flip: 'horizontal', variants: 4 });
    expect(v.safeParse(RecipeSchema, cured(now, 'few_pictures')).success).toBe(true);
  });

  it('learned by heart: stop early', () => {
    const now = run('overfitting');
    expect(said(now)).toEqual(['few_pictures', 'overfitting']);
    expect(cured(now, 'overfitting').phases[0]?.earlyStopping).toEqual({ patience: 2 });
    expect(said({ ...now, recipe: cured(now, 'overfitting') })).toEqual(['few_pictures']);
  });
});

describe('of made runs', () => {
  const recipe = parsed({ inputSize: 96, scale: '-1..1', phases: [{ name: 'one', epochs: 9 }] });
  const curve = (...losses: [loss: number, valLoss: number][]): History => ({
    loss: losses.map(([loss]) => loss), val_loss: losses.map(([, loss]) => loss), accuracy: losses.map(() => 0.8), val_accuracy: losses.map(() => 0.8)
  });
  const running = (history: History, part: Partial<Session> = {}): Session => session(recipe, [history], { status: 'running', ...part });
  const overfits = (now: Session): number => adviceFor(now).find(({ id }) => id === 'overfitting')?.figures['count'] ?? 0;

  it('overfitting is three epochs of rising validation loss while training loss falls', () => {
    expect(overfits(running(curve([1, 1], [0.9, 1.1], [0.8, 1.2])))).toBe(0);
    expect(overfits(running(curve([1, 1], [0.9, 1.1], [0.8, 1.2], [0.7, 1.3])))).toBe(3);
    expect(overfits(running(curve([1, 1], [1.1, 1.1], [1.2, 1.2], [1.3, 1.3])))).toBe(0);
    expect(overfits(running(curve([1, 1], [0.9, 1.1], [0.8, 1.2], [0.7, 1.1])))).toBe(0);
  });

  it('phases are not mixed', () => {
    const two = parsed({ ...recipe, phases: [{ name: 'one', epochs: 2 }, { name: 'two', epochs: 2 }] });
    expect(overfits(session(two, [curve([1, 1], [0.9, 1.1]), curve([0.8, 1.2], [0.7, 1.3])]))).toBe(0);
  });

  it('a loss that jumps, or is no number, is a rate too high', () => {
    expect(said(running(curve([1, 1], [1.4, 1])))).toEqual([]);
    expect(said(running(curve([1, 1], [1.6, 1])))).toEqual(['rate_high']);
    const failed = running(curve([1, 1]), { status: 'failed', error: { code: 'diverged', message: '', params: {} } });
    expect(said(failed)).toEqual(['diverged']);
    expect(cured(failed, 'diverged').phases[0]?.optimizer.learningRate).toBe(0.0001);
  });

  it('classes are uneven from three to one', () => {
    const counted = (...counts: number[]): Session => running(curve([1, 1]), { data: data(2, 0, counts) });
    expect(said(counted(299, 100))).toEqual([]);
    expect(said(counted(300, 100, 0))).toEqual(['uneven']);
    expect(cured(counted(300, 100), 'uneven').classWeight).toBe('balanced');
    expect(said({ ...counted(300, 100), recipe: { ...recipe, classWeight: 'balanced' } })).toEqual([]);
  });

  it('variants without room are halved', () => {
    const wanting = parsed({ ...recipe, phases: [{ name: 'one', epochs: 9, augmentation: { flip: 'horizontal', variants: 3 } }] });
    const kept = (variants: number | null): Session => {
      const now = session(wanting, [curve([1, 1])], { status: 'running' });
      return { ...now, phases: now.phases.map((phase) => ({ ...phase, variants })) };
    };
    expect([0, 3, null].map((variants) => said(kept(variants)))).toEqual([['variants'], [], []]);
    expect(cured(kept(0), 'variants').phases[0]?.augmentation?.variants).toBe(1);
  });

  it('nothing is said of a run that has not begun, and every cure is a recipe', () => {
    expect(said(emptySession())).toEqual([]);
    const size = (now: Phase | undefined): number | undefined => now?.inputSize;
    const small = session(parsed({ phases: [{ name: 'one', epochs: 9, inputSize: 32 }] }), [{ loss: [2], accuracy: [0.3] }]);
    const larger = cured(small, 'small_input');
    expect([larger.inputSize, size(larger.phases[0])]).toEqual([96, undefined]);
    expect(v.safeParse(RecipeSchema, larger).success).toBe(true);
  });

  it('the last feature map has a side of a thirty-second', () => expect([32, 64, 96, 224].map(lastMap)).toEqual([1, 2, 3, 7]));
});
