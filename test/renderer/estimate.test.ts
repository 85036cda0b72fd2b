/** What a phase costs: moves with the freeze line, and learns from the last run. */
import { describe, expect, it } from 'vitest';
import { emptySession, tutorialRecipe, type Phase, type Session } from '../../electron/contract';
import { describeNetwork } from '../../electron/engine/model/describe';
import { attachHead } from '../../electron/engine/model/head';
import { mobileNetV2 } from '../../electron/engine/model/mobilenet-v2';
import { costOf, speedOf } from '../../renderer/lib/estimate';

const recipe = tutorialRecipe();
const network = describeNetwork(attachHead(mobileNetV2({ alpha: 1, inputSize: 32 }), recipe.head, 10), 'imagenet');
const from = (trainableFrom: string | null): Phase => ({ ...recipe.phases[0]!, trainableFrom });
const SPEED = 1e10;
const cost = (trainableFrom: string | null) => costOf(network, recipe, from(trainableFrom), 50_000, SPEED);

describe('cost of a phase', () => {
  it('grows with what learns', () => {
    expect(cost(null).secondsPerEpoch).toBeLessThan(cost('block_13_expand').secondsPerEpoch);
    expect(cost('block_13_expand').secondsPerEpoch).toBeLessThan(cost('all').secondsPerEpoch);
    expect(cost('block_13_expand').bytes).toBeLessThan(cost('all').bytes);
  });

  it('counts the features of a frozen base: 1280 numbers a picture', () => {
    const features = 50_000 * 1280 * 4;
    expect(cost(null).bytes).toBeGreaterThan(features);
    expect(cost(null).bytes).toBeLessThan(features * 1.1);
  });
});

describe('speed', () => {
  const run = (seconds: number): Session => ({
    ...emptySession(), recipe, trainCount: 40_000, validationCount: 10_000,
    epochs: [{ kind: 'epoch', phase: 1, epoch: 0, loss: 1, accuracy: 0, valLoss: 1, valAccuracy: 0, seconds, secondsLeft: 0 }]
  });

  it('is the one the last epoch has shown', () => {
    const speed = speedOf(network, run(100));
    expect(costOf(network, recipe, recipe.phases[1]!, 50_000, speed).secondsPerEpoch).toBeCloseTo(100, 5);
  });

  it('is a guess before, and on another network', () => {
    expect(speedOf(network, run(100))).not.toBe(speedOf(network, emptySession()));
    expect(speedOf({ ...network, inputSize: 96 }, run(100))).toBe(speedOf(network, emptySession()));
  });
});
