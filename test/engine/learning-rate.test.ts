/** The range test: what it suggests from curves whose shape is known, and that it finds one on a real phase. */
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { RecipeSchema } from '../../electron/contract';
import { JobControl, quietContext } from '../../electron/engine/context';
import { openDataset } from '../../electron/engine/data/open';
import { findLearningRate } from '../../electron/engine/jobs/find-learning-rate';
import { smoothed, suggestRate } from '../../electron/engine/training/suggest-rate';

const rates = Array.from({ length: 90 }, (_, i) => 10 ** (-7 + i / 12));
/** Flat, then down around `knee`, then up from `cliff` on. */
const curve = (knee: number, cliff: number) =>
  rates.map((learningRate) => ({ learningRate, loss: 2 - 1.5 / (1 + (knee / learningRate) ** 2) + Math.max(0, learningRate / cliff - 1) ** 2 }));

describe('suggestRate', () => {
  test.each([1e-4, 1e-3, 1e-2])('is where the loss falls, here at %f', (knee) => {
    const suggestion = suggestRate(curve(knee, knee * 100))!;
    expect(suggestion / knee).toBeGreaterThan(0.3);
    // Smoothing looks back: the fall is seen somewhat late.
    expect(suggestion / knee).toBeLessThan(10);
  });
  test('is nothing where the loss only grows', () => expect(suggestRate(rates.map((learningRate, i) => ({ learningRate, loss: 1 + i })))).toBeNull());
  test('is nothing without points', () => expect(suggestRate([])).toBeNull());
  test('smoothing keeps what is constant', () => smoothed(rates.map((learningRate) => ({ learningRate, loss: 3 }))).forEach((loss) => expect(loss).toBeCloseTo(3, 10)));
});

describe('a real phase', () => {
  const recipe = v.parse(RecipeSchema, { alpha: 0.35, inputSize: 32, scale: '-1..1', limit: 640, phases: [{ name: 'frozen', epochs: 1 }] });

  test('gets a rate at which it then learns', async () => {
    const dataset = await openDataset({ kind: 'sample' }, quietContext());
    const { points, suggestion } = await findLearningRate({ recipe, weights: 'auto', dataset, phase: 0 }, quietContext());
    expect(points.length).toBeGreaterThan(40);
    points.slice(1).forEach(({ learningRate }, i) => expect(learningRate).toBeGreaterThan(points[i]!.learningRate));
    expect(suggestion).toBeGreaterThan(1e-5);
    expect(suggestion).toBeLessThan(0.5);
  });

  test('can be cancelled', async () => {
    const dataset = await openDataset({ kind: 'sample' }, quietContext());
    const control = new JobControl();
    const context = control.context((progress) => void (progress.kind === 'stage' && progress.stage === 'learning_rate' && control.stop()));
    await expect(findLearningRate({ recipe, weights: 'auto', dataset, phase: 0 }, context)).rejects.toMatchObject({ code: 'stopped' });
  });
});
