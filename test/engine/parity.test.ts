/**
 * Training steps as Keras takes them: from the same weights and batches, the recorded runs are followed step by step.
 * Equal means within max(1e-3, 3 x Keras' own spread), relative, as the reference's README defines it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, describe, expect, test } from 'vitest';
import { RecipeSchema } from '../../electron/contract';
import { quietContext } from '../../electron/engine/context';
import { openDataset } from '../../electron/engine/data/open';
import { train } from '../../electron/engine/jobs/train';
import { CIFAR, hasShared, PARITY, readJson, WEIGHTS } from './shared';

const numbers = v.array(v.number());
const RecordSchema = v.object({
  args: v.object({ start: v.string(), optimizer: v.string(), lr: v.number(), batch: v.number(), steps: v.number(), size: v.number(), scale: v.picklist(['0..1', '-1..1']), frozen_bn: v.boolean() }),
  loss: numbers,
  accuracy: numbers,
  first_gradient: v.record(v.string(), numbers),
  weight_norms: v.record(v.string(), v.number()),
  probabilities: v.array(numbers),
  keras_own_spread: v.object({ loss: numbers, first_gradient: v.record(v.string(), v.number()), weight_norms: v.record(v.string(), v.number()), probabilities: v.number() })
});

const directory = mkdtempSync(join(tmpdir(), 'tsugiki-parity-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The largest excess over the allowed difference, and where: at most 1 is equal. */
function excess(pairs: { name: string; ours: number; keras: number; spread: number }[]): { name: string; ratio: number } {
  return pairs
    .map(({ name, ours, keras, spread }) => ({ name: `${name}: ${ours} against ${keras}`, ratio: Math.abs(ours - keras) / Math.max(Math.abs(keras), 1e-12) / Math.max(1e-3, 3 * spread) }))
    .reduce((worst, pair) => (pair.ratio > worst.ratio || Number.isNaN(pair.ratio) ? pair : worst), { name: '', ratio: 0 });
}

describe.skipIf(!hasShared)('steps equal Keras', () => {
  const records = ['frozen', 'frozen_96', 'finetune_all_bn_frozen', 'finetune_block_13', 'finetune_block_13_96_momentum'];
  test.each(records)('%s', { timeout: 300_000 }, async (name) => {
    const record = v.parse(RecordSchema, readJson(join(PARITY, `${name}.json`)));
    const { args, keras_own_spread: spread } = record;
    const sgd = args.optimizer === 'momentum' ? { name: 'sgd' as const, momentum: 0.9 } : { name: args.optimizer as 'adam' | 'sgd' };
    const recipe = v.parse(RecipeSchema, {
      inputSize: args.size, scale: args.scale, batchSize: args.batch, validationSplit: 0, shuffle: false, limit: args.batch * args.steps,
      initialWeights: join(PARITY, 'initial_head.h5'),
      phases: [{
        name: 'frozen', trainableFrom: args.start === 'none' ? null : args.start, keepBatchNormFrozen: args.frozen_bn,
        optimizer: { ...sgd, learningRate: args.lr }, epochs: 1
      }]
    });
    const dataset = await openDataset({ kind: 'path', path: CIFAR }, quietContext());
    const outcome = await train({ recipe, weights: WEIGHTS, dataset, directory: join(directory, name), runId: name, resume: false, recordSteps: true }, quietContext());
    const result = outcome.results[0]?.result;
    if (!result?.step_loss || !result.first_gradient || !result.weight_norms || !result.probabilities) throw new Error('The run recorded no steps.');

    expect(Object.keys(result.first_gradient).sort()).toEqual(Object.keys(record.first_gradient).sort());
    expect(Object.keys(result.weight_norms).sort()).toEqual(Object.keys(record.weight_norms).sort());
    const gradients = excess(Object.entries(record.first_gradient).map(([key, [norm]]) => ({ name: `gradient of ${key}`, ours: result.first_gradient?.[key]?.[0] ?? NaN, keras: norm as number, spread: spread.first_gradient[key] ?? 0 })));
    const losses = excess(record.loss.map((keras, i) => ({ name: `loss of step ${i + 1}`, ours: result.step_loss?.[i] ?? NaN, keras, spread: spread.loss[i] ?? 0 })));
    const norms = excess(Object.entries(record.weight_norms).map(([key, keras]) => ({ name: `norm of ${key}`, ours: result.weight_norms?.[key] ?? NaN, keras, spread: spread.weight_norms[key] ?? 0 })));
    const probability = Math.max(...record.probabilities.flatMap((row, i) => row.map((keras, k) => Math.abs((result.probabilities?.[i]?.[k] ?? NaN) - keras))));
    for (const worst of [gradients, losses, norms]) expect.soft(worst.ratio, worst.name).toBeLessThanOrEqual(1);
    expect.soft(probability, 'largest difference of a probability').toBeLessThanOrEqual(Math.max(1e-3, 3 * spread.probabilities));
    expect(result.step_accuracy?.length).toBe(args.steps);
  });
});
