/**
 * Training steps as Keras takes them: from the same weights and batches, the recorded runs are followed step by step.
 * Equal means within max(1e-3, 3 x Keras' own spread), relative, as the reference's README defines it; the spread is the larger of the
 * recorded one and of Keras run again elsewhere (test/fixtures/keras_spread.py), and a loss's that of all steps to there. One kind of number
 * is no number: a gradient that is 0 in exact arithmetic (a batch norm's beta, where another batch norm follows before any activation) is
 * recorded as what rounding left. Those have to be as small here.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, describe, expect, test } from 'vitest';
import { type OptimizerName, RecipeSchema } from '../../electron/contract';
import { quietContext } from '../../electron/engine/context';
import { openDataset } from '../../electron/engine/data/open';
import { train } from '../../electron/engine/jobs/train';
import { CIFAR, hasShared, PARITY, readJson, WEIGHTS } from './shared';

const numbers = v.array(v.number());
const spreadEntries = { loss: numbers, first_gradient: v.record(v.string(), v.number()), weight_norms: v.record(v.string(), v.number()), probabilities: v.number() };
const RecordSchema = v.object({
  args: v.object({ start: v.string(), optimizer: v.string(), lr: v.number(), batch: v.number(), steps: v.number(), size: v.number(), scale: v.picklist(['0..1', '-1..1']), frozen_bn: v.boolean() }),
  loss: numbers,
  accuracy: numbers,
  first_gradient: v.record(v.string(), numbers),
  weight_norms: v.record(v.string(), v.number()),
  probabilities: v.array(numbers),
  keras_own_spread: v.object(spreadEntries)
});
/** What Keras itself drifts by on another machine (docs/decisions/batch-norm.md); the record's own spread is of one machine. */
const SpreadsSchema = v.objectWithRest({ what: v.string() }, v.object(spreadEntries));
const spreads = v.parse(SpreadsSchema, readJson(join(__dirname, '../fixtures/keras-spread.json')));

const directory = mkdtempSync(join(tmpdir(), 'tsugiki-parity-'));
// Features are computed anew: those kept by the user may come from another version of the engine.
process.env['TSUGIKI_CACHE'] = directory;
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The largest excess over the allowed difference, and where: at most 1 is equal. */
function excess(pairs: { name: string; ours: number; keras: number; spread: number }[]): { name: string; ratio: number } {
  return pairs
    .map(({ name, ours, keras, spread }) => ({ name: `${name}: ${ours} against ${keras}`, ratio: Math.abs(ours - keras) / Math.max(Math.abs(keras), 1e-12) / Math.max(1e-3, 3 * spread) }))
    .reduce((worst, pair) => (pair.ratio > worst.ratio || Number.isNaN(pair.ratio) ? pair : worst), { name: '', ratio: 0 });
}

describe.skipIf(!hasShared)('steps equal Keras', () => {
  // The reference's records, and more of ours by the reference's keras_steps.py: other optimizers, freeze lines and sizes.
  const records = [...(hasShared ? [PARITY] : []), join(__dirname, '../fixtures/parity')].flatMap((folder) =>
    readdirSync(folder).flatMap((file) => (file.endsWith('.json') ? [{ name: file.slice(0, -'.json'.length), path: join(folder, file) }] : []))
  );
  test.each(records)('$name', { timeout: 300_000 }, async ({ name, path }) => {
    const record = v.parse(RecordSchema, readJson(path));
    const { args, keras_own_spread: own } = record;
    const elsewhere = spreads[name] as typeof own | undefined;
    const wider = (a = 0, b = 0): number => Math.max(a, b);
    const sgd = args.optimizer === 'momentum' ? { name: 'sgd' as const, momentum: 0.9 } : { name: args.optimizer as OptimizerName };
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
    // Below the last digit of the whole gradient in 32 bits.
    const zero = 2 ** -23 * Math.hypot(...Object.values(record.first_gradient).map(([norm]) => norm as number));
    const compared = Object.entries(record.first_gradient).map(([key, [norm]]) => ({ name: `gradient of ${key}`, ours: result.first_gradient?.[key]?.[0] ?? NaN, keras: norm as number, spread: wider(own.first_gradient[key], elsewhere?.first_gradient[key]) }));
    for (const { name: what, ours } of compared.filter(({ keras }) => keras < zero)) expect.soft(ours, what).toBeLessThan(zero);
    const gradients = excess(compared.filter(({ keras }) => keras >= zero));
    // A drift that has come stays, though one batch may not show it: the losses of all runs can cross there.
    const drift = (losses: readonly number[] = [], step: number): number => Math.max(0, ...losses.slice(0, step + 1));
    const losses = excess(record.loss.map((keras, i) => ({ name: `loss of step ${i + 1}`, ours: result.step_loss?.[i] ?? NaN, keras, spread: wider(drift(own.loss, i), drift(elsewhere?.loss, i)) })));
    const norms = excess(Object.entries(record.weight_norms).map(([key, keras]) => ({ name: `norm of ${key}`, ours: result.weight_norms?.[key] ?? NaN, keras, spread: wider(own.weight_norms[key], elsewhere?.weight_norms[key]) })));
    const probability = Math.max(...record.probabilities.flatMap((row, i) => row.map((keras, k) => Math.abs((result.probabilities?.[i]?.[k] ?? NaN) - keras))));
    for (const worst of [gradients, losses, norms]) expect.soft(worst.ratio, worst.name).toBeLessThanOrEqual(1);
    expect.soft(probability, 'largest difference of a probability').toBeLessThanOrEqual(Math.max(1e-3, 3 * wider(own.probabilities, elsewhere?.probabilities)));
    expect(result.step_accuracy?.length).toBe(args.steps);
  });
});
