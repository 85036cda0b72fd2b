/** A run that is left in the middle of an epoch and gone on with is the run it would have been: same history, same weights, to the bit. */
import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { type Progress, type Recipe, RecipeSchema } from '../../electron/contract';
import { JobControl, quietContext } from '../../electron/engine/context';
import { train } from '../../electron/engine/jobs/train';
import { loadCheckpoint } from '../../electron/engine/training/checkpoint';
import { datasetOf } from './dataset-fixture';
import { discs } from './export-fixture';

const directory = mkdtempSync(join(tmpdir(), 'tsugiki-resume-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const dataset = datasetOf(discs(260, 32));

const base = { alpha: 0.35, batchSize: 16, limit: 260, seed: 5 } as const;
const recipes: Record<string, Recipe> = {
  'features, dropout, early stopping': v.parse(RecipeSchema, {
    ...base, head: [{ dropout: 0.3 }, { units: 32 }],
    phases: [{ name: 'head', epochs: 40, optimizer: { name: 'adam', learningRate: 0.01, emaMomentum: 0.9, learningRateSchedule: { name: 'reduceOnPlateau', patience: 1 } }, earlyStopping: { patience: 60 } }]
  }),
  'augmented anew, blended, a tail that learns': v.parse(RecipeSchema, {
    ...base,
    phases: [{
      name: 'tail', trainableFrom: 'block_15_expand', epochs: 3, optimizer: { name: 'rmsprop', learningRate: 0.0005, learningRateSchedule: { name: 'cosine', warmupSteps: 5 } },
      augmentation: { flip: 'horizontal', shift: 0.1, mixup: 0.3 }
    }]
  }),
  'variants that take turns, batch norm frozen': v.parse(RecipeSchema, {
    ...base, classWeight: 'balanced', labelSmoothing: 0.1,
    phases: [{ name: 'tail', trainableFrom: 'block_16_expand', keepBatchNormFrozen: true, epochs: 5, optimizer: { name: 'adamw', learningRate: 0.0005 }, augmentation: { flip: 'horizontal', variants: 2 } }]
  })
};

const wanted = (recipe: Recipe, name: string, resume = false) => ({ recipe, weights: 'random', dataset, directory: join(directory, name), runId: name, resume });

/** Stops the run in the middle of its second epoch. */
async function stopMidway(recipe: Recipe, name: string): Promise<void> {
  const control = new JobControl();
  const report = (progress: Progress): void => {
    if (progress.kind === 'step' && progress.epoch >= 1 && progress.step > 1 && progress.step < progress.steps) control.stop();
  };
  // A clock that every look moves on: however quick the machine, the run reports and can be stopped at each step.
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 100));
  try {
    expect(await train(wanted(recipe, name), control.context(report))).toMatchObject({ stopped: true });
  } finally {
    clock.mockRestore();
  }
}

describe('going on', () => {
  test.each(Object.entries(recipes))('%s', async (name, recipe) => {
    const kept: (number | null)[] = [];
    const report = (progress: Progress): void => void (progress.kind === 'phase_started' && kept.push(progress.variants));
    const whole = await train(wanted(recipe, `${name} whole`), { ...quietContext(), report });
    expect(kept, 'it says what is kept of each picture').toEqual(recipe.phases.map(({ augmentation }) => augmentation?.variants ?? null));
    await stopMidway(recipe, name);
    const { position } = loadCheckpoint(join(directory, name))!;
    expect(position.step, 'it was stopped inside an epoch').toBeGreaterThan(0);
    const resumed = await train(wanted(recipe, name, true), quietContext());
    expect(resumed.stopped).toBe(false);
    const timeless = ({ results }: typeof whole) => results.map(({ result: { epoch_seconds: _e, total_seconds: _t, ...result } }) => result);
    expect(timeless(resumed)).toEqual(timeless(whole));
    for (const [key, values] of whole.model!.weights) expect(Buffer.from(values.buffer, values.byteOffset, values.byteLength).equals(Buffer.from(resumed.model!.weights.get(key)!.slice().buffer)), key).toBe(true);
  });

  test('the same seed gives the same run, another seed another', async () => {
    const recipe = recipes['variants that take turns, batch norm frozen']!;
    const losses = async (seed: number, name: string) => (await train(wanted({ ...recipe, seed }, name), quietContext())).results[0]!.result.history.loss;
    const first = await losses(5, 'seed a');
    expect(await losses(5, 'seed b')).toEqual(first);
    expect(await losses(6, 'seed c')).not.toEqual(first);
  });

  test('a checkpoint that was cut short is refused by name, and training anew is possible', async () => {
    const recipe = recipes['features, dropout, early stopping']!;
    await stopMidway(recipe, 'cut');
    const arrays = readdirSync(join(directory, 'cut')).find((file) => file.endsWith('.bin'))!;
    truncateSync(join(directory, 'cut', arrays), 1000);
    await expect(train(wanted(recipe, 'cut', true), quietContext())).rejects.toMatchObject({ code: 'checkpoint_damaged' });
    await stopMidway(recipe, 'cut');
    expect(loadCheckpoint(join(directory, 'cut'))).not.toBeNull();
  });

  test('a learning rate that is too high ends the run with a sentence and keeps what was good', async () => {
    // Each step makes the head's kernels 19 times larger: the penalty's own gradient is 2 * l2 * kernel.
    const recipe = v.parse(RecipeSchema, { ...base, l2: 1, phases: [{ name: 'good', epochs: 1 }, { name: 'wild', epochs: 10, optimizer: { name: 'sgd', learningRate: 10 } }] });
    await expect(train(wanted(recipe, 'wild'), quietContext())).rejects.toMatchObject({ code: 'diverged', message: expect.stringContaining('learning rate 10') });
    expect(loadCheckpoint(join(directory, 'wild'))).toMatchObject({ phase: 1 });
  });
});
