/** A model's temperature and threshold: in its weights, in what it answers, and on disk. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Classifier } from '../../electron/engine/jobs/classify';
import { calibratedWeights } from '../../electron/engine/model/calibrated';
import { loadModelFolder, saveModel, type TrainedModel } from '../../electron/engine/model/model-folder';
import { smallModel } from './export-fixture';
import { plain, png, temporaryFolder } from './fixtures';

const decided = smallModel();
/** Softened: its answers to a plain picture are not 0 and 1 to the last digit. */
const model: TrainedModel = { ...decided, weights: calibratedWeights({ ...decided, meta: { ...decided.meta, temperature: 20 } }) };
const withSettings = (temperature: number, threshold: number | null = null): TrainedModel => ({ ...model, meta: { ...model.meta, temperature, threshold } });

async function answer(asked: TrainedModel) {
  const classifier = new Classifier(asked);
  try {
    return classifier.classify(await png(plain(32, 32, 200, 90, 30)));
  } finally {
    classifier.dispose();
  }
}

describe('the temperature', () => {
  it('divides the last kernel and bias, and nothing else', () => {
    const weights = calibratedWeights(withSettings(2));
    const changed = [...weights].filter(([key, values]) => values !== model.weights.get(key)).map(([key]) => key);
    expect(changed).toEqual(['dense_1/kernel', 'dense_1/bias']);
    for (const key of changed) expect(weights.get(key)).toEqual(model.weights.get(key)!.map((value) => value / 2));
    expect(calibratedWeights(model)).toBe(model.weights);
  });

  it('raises every probability to the power 1/T, to a sum of 1: softmax(z / T)', async () => {
    const [{ probabilities: plainly }, { probabilities }] = await Promise.all([answer(model), answer(withSettings(3))]);
    const powers = plainly.map((p) => p ** (1 / 3));
    const sum = powers.reduce((a, b) => a + b, 0);
    probabilities.forEach((p, i) => expect(p).toBeCloseTo(powers[i]! / sum, 5));
    expect(Math.max(...probabilities)).toBeLessThan(Math.max(...plainly));
  });
});

describe('the threshold', () => {
  it('makes less sure answers unknown', async () => {
    const { top, unknown } = await answer(model);
    const highest = top[0]!.probability;
    expect(unknown).toBe(false);
    expect((await answer(withSettings(1, highest))).unknown).toBe(false);
    expect((await answer(withSettings(1, Math.min(1, highest + 1e-3)))).unknown).toBe(true);
  });
});

describe('on disk', () => {
  it('both are kept, and a model from before has neither', async () => {
    const folder = join(temporaryFolder(), 'model');
    await saveModel(folder, withSettings(1.5, 0.6));
    expect((await loadModelFolder(folder)).meta).toMatchObject({ temperature: 1.5, threshold: 0.6 });
    const path = join(folder, 'model.json');
    const { temperature: _temperature, threshold: _threshold, ...before } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    writeFileSync(path, JSON.stringify(before));
    expect((await loadModelFolder(folder)).meta).toMatchObject({ temperature: 1, threshold: null });
  });
});
