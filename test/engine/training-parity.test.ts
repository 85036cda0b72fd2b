/**
 * Keras' fit, setting by setting: optimizers, schedules, clipping, averages, early stopping and losses on a small head whose features come
 * from formulas. Recorded by test/fixtures/record-training.py.
 */
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { HistorySchema, PhaseSchema, type Recipe, RecipeSchema } from '../../electron/contract';
import { quietContext } from '../../electron/engine/context';
import { cutBelow } from '../../electron/engine/graph/cut';
import { Trainer } from '../../electron/engine/graph/trainer';
import { attachHead } from '../../electron/engine/model/head';
import { initialWeights } from '../../electron/engine/model/initial-weights';
import type { Weights } from '../../electron/engine/model/layers';
import { mobileNetV2 } from '../../electron/engine/model/mobilenet-v2';
import { Random } from '../../electron/engine/model/random';
import { trainableLayers } from '../../electron/engine/model/trainable';
import { classWeights } from '../../electron/engine/training/class-weights';
import { fit, startOf } from '../../electron/engine/training/fit';
import { PhaseClock } from '../../electron/engine/training/phase-cost';
import { BestWeights } from '../../electron/engine/training/best-weights';
import type { EpochExamples } from '../../electron/engine/training/phase-examples';
import { readJson } from './shared';

const FIXTURES = join(__dirname, '../fixtures');
const cases = v.parse(
  v.array(v.object({ name: v.string(), phase: v.record(v.string(), v.unknown()), recipe: v.optional(v.record(v.string(), v.unknown()), {}) })),
  readJson(join(FIXTURES, 'training-cases.json'))
);
const { results } = v.parse(
  v.object({ results: v.record(v.string(), v.object({ history: HistorySchema, weight_norms: v.array(v.number()), probabilities: v.array(v.array(v.number())) })) }),
  readJson(join(FIXTURES, 'keras-training.json'))
);

const [FEATURES, CLASSES, UNITS, BATCH] = [1280, 4, 12, 16];
const NAMES = ['a', 'b', 'c', 'd'];

/** The same numbers as the recorder's. */
const wave = (count: number, step: number, amplitude = 1): Float32Array => Float32Array.from({ length: count }, (_, i) => amplitude * Math.sin(1 + step * i));
const labelsOf = (count: number, shift: number): Int32Array => Int32Array.from({ length: count }, (_, i) => (i * 7 + Math.floor(i / 5) + shift) % CLASSES);

const examplesOf = (rows: Float32Array, labels: Int32Array): EpochExamples => ({
  count: labels.length,
  gather: (positions) => ({
    examples: Float32Array.from({ length: positions.length * FEATURES }, (_, i) => rows[(positions[Math.floor(i / FEATURES)] as number) * FEATURES + (i % FEATURES)] as number),
    labels: Int32Array.from(positions, (position) => labels[position] as number)
  })
});
const training = examplesOf(wave(72 * FEATURES, 0.731), labelsOf(72, 0));
const validation = examplesOf(wave(24 * FEATURES, 0.3917), labelsOf(24, 1));

const network = attachHead(mobileNetV2({ alpha: 0.35, inputSize: 32 }), [{ units: UNITS, activation: 'relu' }], CLASSES);
const start: Weights = initialWeights(network, 0);
start.set('dense/kernel', wave(FEATURES * UNITS, 0.2171, 0.05)).set('dense/bias', wave(UNITS, 0.9, 0.1));
start.set('dense_1/kernel', wave(UNITS * CLASSES, 0.1313, 0.3)).set('dense_1/bias', wave(CLASSES, 0.5, 0.1));

async function trained(recipe: Recipe) {
  const phase = recipe.phases[0]!;
  const trainable = trainableLayers(network, phase);
  const spec = { network, cut: cutBelow(network, trainable), input: { imageSize: 32, inputSize: 32, scale: recipe.scale }, trainable };
  const trainer = new Trainer({ ...spec, optimizer: phase.optimizer, labelSmoothing: recipe.labelSmoothing, l2: recipe.l2, weighted: recipe.classWeight !== undefined }, start);
  const best = new BestWeights(phase);
  try {
    const random = new Random(0);
    const { history } = await fit(
      trainer,
      {
        phase, index: 0, seed: 0, training, validation, batchSize: BATCH, shuffle: false, random, from: startOf(random), clock: new PhaseClock({ compile: 0, picture: 0, step: 0, tested: 0 }, { steps: 0, epochs: 0, validation: 0, test: 0 }, 0),
        classWeights: classWeights(recipe, NAMES, labelsOf(72, 0)), onEpoch: (position) => best.look(trainer, start, position), onPause: () => undefined
      },
      quietContext()
    );
    const weights = best.settle(trainer, start);
    const norms = ['dense/kernel', 'dense/bias', 'dense_1/kernel', 'dense_1/bias'].map((key) => Math.hypot(...weights.get(key)!));
    return { history, norms, probabilities: trainer.probabilities(validation.gather(Int32Array.of(0, 1, 2, 3), 0).examples, 4) };
  } finally {
    trainer.dispose();
  }
}

describe('a setting does what Keras does', () => {
  test('for every case there is a record', () => expect(Object.keys(results).sort()).toEqual(cases.map(({ name }) => name).sort()));

  test.each(cases)('$name', async ({ name, phase, recipe }) => {
    const keras = results[name]!;
    const ours = await trained(v.parse(RecipeSchema, { ...recipe, phases: [v.parse(PhaseSchema, { name: 'head', ...phase })] }));
    expect(Object.keys(ours.history).sort()).toEqual(Object.keys(keras.history).sort());
    for (const [key, values] of Object.entries(keras.history)) {
      const mine = ours.history[key as keyof typeof ours.history] ?? [];
      expect(mine.length, key).toBe(values.length);
      values.forEach((value, epoch) => expect(Math.abs(mine[epoch]! - value), `${key} of epoch ${epoch + 1}: ${mine[epoch]} against ${value}`).toBeLessThan(2e-5));
    }
    keras.weight_norms.forEach((norm, i) => expect(Math.abs(ours.norms[i]! / norm - 1), `norm ${i}: ${ours.norms[i]} against ${norm}`).toBeLessThan(2e-5));
    keras.probabilities.flat().forEach((p, i) => expect(Math.abs(ours.probabilities[i]! - p), `probability ${i}`).toBeLessThan(2e-5));
  });
});
