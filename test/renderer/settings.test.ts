/** What the settings of a phase make of it, and what a closed card tells of them. */
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { OptimizerSchema, RecipeSchema, tutorialRecipe, type DataSummary, type Optimizer, type OptimizerName, type Phase, type PhaseResult, type Recipe } from '../../electron/contract';
import { smoothed } from '../../electron/engine/training/suggest-rate';
import { ratesOf } from '../../renderer/charts/rates';
import { augmentationPlan, augmentationWords, CHANGES, NO_AUGMENTATION, withAugmentation } from '../../renderer/lib/augmenting';
import { phaseDifferences, recipeDifferences } from '../../renderer/lib/differences';
import { earlyStopSentence } from '../../renderer/lib/early-stop';
import { latest } from '../../renderer/lib/latest';
import { readNumber } from '../../renderer/lib/number';
import { AMOUNT_FIELDS, newSchedule, withOptimizer } from '../../renderer/lib/optimizers';
import { presetOf, PRESETS, presetRecipe } from '../../renderer/lib/presets';
import { preferences } from '../../renderer/state/preferences.svelte';
import recommended from '../../resources/recipes/recommended.json';

const NAMES: OptimizerName[] = ['adam', 'adamw', 'sgd', 'rmsprop'];
const recipe = tutorialRecipe();
const [frozen, fineTune] = recipe.phases as [Phase, Phase];

describe('another optimizer', () => {
  const full: Optimizer = { name: 'adamw', learningRate: 0.002, learningRateSchedule: { name: 'cosine', warmupSteps: 7 }, clipnorm: 2, emaMomentum: 0.9, beta1: 0.8, epsilon: 1e-6, weightDecay: 0.01 };

  it('keeps learning rate, schedule, clipping and averaging, and drops what it does not know', () => {
    const kept = { learningRate: 0.002, learningRateSchedule: { name: 'cosine', warmupSteps: 7 }, clipnorm: 2, emaMomentum: 0.9 };
    expect(withOptimizer(full, 'sgd')).toStrictEqual({ name: 'sgd', ...kept });
    expect(withOptimizer(full, 'rmsprop')).toStrictEqual({ name: 'rmsprop', ...kept, epsilon: 1e-6 });
    expect(withOptimizer(full, 'adam')).toStrictEqual({ name: 'adam', ...kept, epsilon: 1e-6, beta1: 0.8 });
    expect(withOptimizer({ name: 'sgd', learningRate: 1, momentum: 0.9, nesterov: true }, 'rmsprop')).toStrictEqual({ name: 'rmsprop', learningRate: 1, momentum: 0.9 });
  });

  it('has fields for nothing that it does not know', () => {
    for (const name of NAMES) {
      for (const { key } of AMOUNT_FIELDS[name]) expect(v.is(OptimizerSchema, { name, learningRate: 1, [key]: 0.5 }), `${name}: ${key}`).toBe(true);
    }
  });
});

describe('recipes that the window makes', () => {
  const data = (part: Partial<DataSummary>): DataSummary => ({
    source: { kind: 'path', path: '/pictures' }, name: 'pictures', classNames: ['a', 'b'], classCounts: [10, 10], trainCount: 20, validationCount: 0, testCount: 0, testedOn: 'validation', pictureSize: null, skipped: [], project: null, ...part
  });
  const sets = [data({}), data({ pictureSize: 128 }), data({ source: { kind: 'cifar10' }, pictureSize: 32, trainCount: 50_000 }), data({ source: { kind: 'sample' }, pictureSize: 64 })];

  it('are ones the engine takes: every preset on every kind of data, and each is recognised', () => {
    for (const set of sets) {
      for (const preset of PRESETS) {
        const made = presetRecipe(preset, set, 0.35);
        expect(v.parse(RecipeSchema, made), `${preset} of ${set.source.kind}`).toEqual(made);
        expect(presetOf(made, set)).toBe(preset);
        expect(presetOf({ ...made, seed: 1 }, set)).toBeNull();
      }
    }
  });

  it('are the recommended one as it was found on CIFAR-10, and fitted to fewer pictures elsewhere', () => {
    const [cifar, own] = [data({ source: { kind: 'cifar10' }, trainCount: 50_000 }), data({ trainCount: 3000 })];
    expect(presetRecipe('recommended', cifar, 1)).toEqual(v.parse(RecipeSchema, recommended));
    const fitted = presetRecipe('recommended', own, 1);
    expect(fitted).toMatchObject({ inputSize: 96, scale: '-1..1', validationSplit: 0.2, limit: 3000 });
    expect(fitted.phases.map((phase) => phase.epochs)).toEqual([20, 20]);
    // 20 epochs of 38 steps: too few to average over, enough for the warm-up.
    expect(fitted.phases[1]?.optimizer).toEqual({ name: 'adam', learningRate: 0.0005, learningRateSchedule: { name: 'cosine', warmupSteps: 60 } });
    expect(presetRecipe('recommended', data({ trainCount: 100 }), 1).phases[1]?.optimizer.learningRateSchedule).toEqual({ name: 'cosine', warmupSteps: 4 });
  });

  it('are ones the engine takes: every optimizer after every other, with every schedule, every change of pictures at its most', () => {
    const schedules = [undefined, ...(['cosine', 'exponential', 'reduceOnPlateau'] as const).map((name) => newSchedule(name, 12))];
    for (const before of NAMES) {
      for (const name of NAMES) {
        for (const learningRateSchedule of schedules) {
          const amounts = Object.fromEntries(AMOUNT_FIELDS[before].map(({ key }) => [key, 0.5]));
          const first = v.parse(OptimizerSchema, { name: before, learningRate: 0.01, learningRateSchedule, ...amounts });
          const phase = { ...fineTune, optimizer: withOptimizer(first, name), earlyStopping: { patience: 2 } };
          expect(v.is(RecipeSchema, { ...recipe, phases: [phase] }), `${before} to ${name}, ${learningRateSchedule?.name}`).toBe(true);
        }
      }
    }
    for (const { key, max, usual } of CHANGES) {
      for (const amount of [max, usual]) expect(v.is(RecipeSchema, { ...recipe, phases: [withAugmentation(frozen, { [key]: amount })] }), `${key} ${amount}`).toBe(true);
    }
  });
});

describe('augmentation', () => {
  it('is taken away whole when nothing of it is on', () => {
    const on = withAugmentation(frozen, { rotation: 0.05, variants: 4 });
    expect(on.augmentation).toEqual({ ...NO_AUGMENTATION, rotation: 0.05, variants: 4 });
    expect(withAugmentation(on, { rotation: 0 })).toStrictEqual(frozen);
  });

  it('says what becomes of the frozen part', () => {
    const flip = { ...NO_AUGMENTATION, flip: 'horizontal' as const };
    expect(augmentationPlan(NO_AUGMENTATION, 0.9)).toBeNull();
    expect(augmentationPlan(flip, 0.9)).toBe('anew');
    expect(augmentationPlan({ ...flip, variants: 4 }, 0.9)).toBe('variants');
    expect(augmentationPlan({ ...flip, variants: 4 }, 0)).toBe('open');
    expect(augmentationPlan({ ...NO_AUGMENTATION, mixup: 0.2, variants: 4 }, 0.9)).toBe('mixed');
  });

  it('is told in the units people think in', () => {
    expect(augmentationWords({ ...NO_AUGMENTATION, flip: 'both', shift: 0.1, rotation: 0.05, mixup: 0.2 })).toEqual(['Flip (both)', 'Shift ±10%', 'Rotation ±18°', 'Mixup 0.2']);
  });
});

describe('a closed card', () => {
  it('tells nothing of the tutorial', () => {
    for (const phase of recipe.phases) expect(phaseDifferences(phase, recipe)).toEqual([]);
    expect(recipeDifferences(recipe)).toEqual([]);
  });

  it('tells what differs, and not what is set to what is usual', () => {
    const phase: Phase = {
      ...fineTune,
      keepBatchNormFrozen: true,
      inputSize: 64,
      earlyStopping: { patience: 3 },
      augmentation: { ...NO_AUGMENTATION, flip: 'horizontal', variants: 4 },
      optimizer: { name: 'adamw', learningRate: 0.01, beta1: 0.9, weightDecay: 0.01, learningRateSchedule: { name: 'cosine', warmupSteps: 60 }, globalClipnorm: 1, emaMomentum: 0.99 }
    };
    expect(phaseDifferences(phase, recipe)).toEqual([
      'Weight decay 0.01', 'Cosine', 'Warm-up 60 steps', 'Gradient clipping 1', 'Weight averaging 0.99', 'Early stopping', 'Batch norm frozen', '64 px', 'Flip (left and right)', '4 variants'
    ]);
    expect(phaseDifferences({ ...frozen, inputSize: 32 }, recipe)).toEqual([]);
    const whole: Recipe = { ...recipe, labelSmoothing: 0.1, classWeight: 'balanced', l2: 0.001 };
    expect(recipeDifferences(whole)).toEqual(['Label smoothing 0.1', 'Class weights', 'L2 0.001']);
  });

  it('speaks the reader’s language', () => {
    preferences.adopt({ locale: 'ja', theme: 'system' });
    expect(phaseDifferences({ ...frozen, earlyStopping: {} }, recipe)).toEqual(['早期終了']);
    preferences.adopt({ locale: 'en', theme: 'system' });
  });
});

describe('a phase that ended early', () => {
  const stopping: Phase = { ...frozen, earlyStopping: { monitor: 'val_accuracy', patience: 2 } };
  const result = (epochs: number, best: number, early: boolean): PhaseResult => ({
    history: { loss: Array.from({ length: epochs }, () => 1), accuracy: [] }, epoch_seconds: [], total_seconds: 1, test_loss: null, test_accuracy: null, best_epoch: best, stopped_early: early
  });

  it('says why, and which weights it left', () => {
    expect(earlyStopSentence(stopping, result(5, 3, true))).toBe(
      'Frozen ended after epoch 5 of 10: its best in Validation accuracy was epoch 3, and no later one came up to it. The weights of epoch 3 were kept.'
    );
    expect(earlyStopSentence({ ...stopping, earlyStopping: { restoreBestWeights: false } }, result(5, 3, true))).toMatch(/Validation loss.*The last weights were kept\.$/);
    expect(earlyStopSentence(stopping, result(10, 8, false))).toMatch(/ran all 10 epochs; epoch 8 of 10/);
  });

  it('says nothing where there is nothing to say', () => {
    expect(earlyStopSentence(stopping, result(10, 10, false))).toBeNull();
    expect(earlyStopSentence(frozen, { ...result(10, 3, false), best_epoch: undefined, stopped_early: undefined })).toBeNull();
  });
});

describe('questions', () => {
  it('are asked one at a time, and of those that came meanwhile only the last', async () => {
    const answers: ((answer: string) => void)[] = [];
    const asked: number[] = [];
    const shown: string[] = [];
    const ask = latest((wish: number) => (asked.push(wish), new Promise<string>((resolve) => answers.push(resolve))), (answer) => shown.push(answer), () => {});
    for (const wish of [1, 2, 3]) ask(wish);
    expect(asked).toEqual([1]);
    answers[0]?.('one');
    await expect.poll(() => asked).toEqual([1, 3]);
    answers[1]?.('three');
    await expect.poll(() => shown).toEqual(['one', 'three']);
  });

  it('that fail are told, unless a later one is waiting; the next is asked all the same', async () => {
    const failed: unknown[] = [];
    const shown: number[] = [];
    const ask = latest((wish: number) => (wish < 3 ? Promise.reject(new Error(String(wish))) : Promise.resolve(wish)), (answer) => shown.push(answer), (error) => failed.push(error));
    ask(1);
    await expect.poll(() => failed).toEqual([new Error('1')]);
    for (const wish of [2, 3]) ask(wish);
    await expect.poll(() => shown).toEqual([3]);
    expect(failed).toHaveLength(1);
  });
});

describe('typed numbers', () => {
  it('are read in full width too, and refused out of range', () => {
    const range = { min: 0, max: 1, whole: false };
    expect(['0.5', ' 0.9 ', '2', '', 'a'].map((text) => readNumber(text, range))).toEqual([0.5, 0.9, null, null, null]);
    expect(readNumber('0.5', { ...range, whole: true })).toBeNull();
  });
});

describe('the chart of learning rates', () => {
  it('smooths as the engine does for its suggestion', () => {
    const points = Array.from({ length: 30 }, (_, i) => ({ learningRate: 10 ** (i / 10 - 4), loss: 2 + Math.sin(i * 1.7) }));
    const { batches, smoothed: line } = ratesOf({ points, suggestion: 0.001 });
    expect(batches[3]).toEqual({ x: points[3]?.learningRate, y: points[3]?.loss });
    // The same average, its start taken out in another way: equal but for the last digit.
    smoothed(points).forEach((value, i) => expect(line[i]?.y).toBeCloseTo(value, 12));
    expect(line).toHaveLength(points.length);
  });
});
