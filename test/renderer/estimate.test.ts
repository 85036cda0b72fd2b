/** What a phase costs: moves with the freeze line, has the shape of what was measured, and is put right by a measurement. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tutorialRecipe, type NetworkInfo, type Phase, type Recipe } from '../../electron/contract';
import { describeNetwork } from '../../electron/engine/model/describe';
import { attachHead } from '../../electron/engine/model/head';
import { mobileNetV2 } from '../../electron/engine/model/mobilenet-v2';
import { type Measurement, ratioAt, reckon } from '../../renderer/lib/estimate';

const recipe = tutorialRecipe();
const networkAt = (inputSize: number): NetworkInfo => describeNetwork(attachHead(mobileNetV2({ alpha: 1, inputSize }), recipe.head, 10), 'imagenet');
const network = networkAt(32);
const from = (trainableFrom: string | null): Phase => ({ ...recipe.phases[0]!, trainableFrom });
const CIFAR10 = { training: 40_000, validation: 10_000, test: 10_000 };
const cost = (trainableFrom: string | null) => reckon(network, recipe, from(trainableFrom), CIFAR10);

describe('cost of a phase', () => {
  it('grows with what learns', () => {
    expect(cost(null).secondsPerEpoch).toBeLessThan(cost('block_13_expand').secondsPerEpoch);
    expect(cost('block_13_expand').secondsPerEpoch).toBeLessThan(cost('all').secondsPerEpoch);
    expect(cost('block_13_expand').bytes).toBeLessThan(cost('all').bytes);
  });

  it('counts the features of a frozen base: 1280 numbers a picture', () => {
    const features = 60_000 * 1280 * 4;
    expect(cost(null).bytes).toBeGreaterThan(features);
    expect(cost(null).bytes).toBeLessThan(features * 1.1);
  });

  it('has the frozen part computed before the first epoch, or in every one where pictures change', () => {
    expect(cost(null).secondsBefore).toBeGreaterThan(cost('all').secondsBefore);
    const changing = { ...from(null), augmentation: { ...NO_CHANGE, flip: 'horizontal' as const } };
    const anew = reckon(network, recipe, changing, CIFAR10);
    expect(anew.secondsBefore).toBeCloseTo(cost('all').secondsBefore, 6);
    expect(anew.secondsPerEpoch).toBeGreaterThan(cost(null).secondsPerEpoch + 0.8 * (cost(null).secondsBefore - cost('all').secondsBefore));
  });
});

const NO_CHANGE = { flip: 'none' as const, shift: 0, crop: 0, rotation: 0, zoom: 0, brightness: 0, contrast: 0, cutout: 0, mixup: 0, variants: 0 };

/** Values of a chart's last curve, from the drawing. */
function drawn(chart: string): number[] {
  const svg = readFileSync(join(import.meta.dirname, `../../docs/images/${chart}.svg`), 'utf8');
  const labels = [...svg.matchAll(/<text x="68\.0" y="([\d.]+)" text-anchor="end">([\d.]+)</g)].map(([, y, value]) => ({ y: Number(y) - 4, value: Number(value) }));
  const [low, high] = [labels[0]!, labels.at(-1)!];
  const points = [...svg.matchAll(/<polyline points="([^"]+)"/g)].at(-1)![1]!.split(' ').map((point) => Number(point.split(',')[1]));
  return points.map((y) => low.value + ((low.y - y) / (low.y - high.y)) * (high.value - low.value));
}

/** As scripts/bench/scaling.mjs measures. */
const bench = (inputSize: number, trainableFrom: string | null, limit: number): number => {
  const whole: Recipe = { ...recipe, inputSize };
  return reckon(networkAt(inputSize), whole, from(trainableFrom), { training: 0.8 * limit, validation: 0.2 * limit, test: 0 }).secondsPerEpoch;
};
const LINES = [null, 'Conv_1', ...Array.from({ length: 16 }, (_, i) => `block_${16 - i}_expand`), 'expanded_conv_depthwise', 'all'];

describe('what was measured (docs/performance.md)', () => {
  const tutorial = bench(32, 'block_13_expand', 3200);
  const measured = drawn('cost-freeze-line');
  const ratio = measured[5]! / tutorial;

  it('at one place of the freeze line tells all others within 30 %', () => {
    const errors = LINES.map((line, i) => (bench(32, line, 3200) * ratio) / measured[i]! - 1);
    expect(measured).toHaveLength(LINES.length);
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(0.3);
  });

  it('at one size tells those of other sizes within 30 %', () => {
    const sizes = [32, 64, 96, 128, 160, 192, 224];
    const milliseconds = drawn('cost-size');
    const own = (milliseconds[2]! * 640) / 1000 / bench(96, 'all', 640);
    const errors = sizes.map((size, i) => (bench(size, 'all', 640) * own * 1000) / 640 / milliseconds[i]! - 1);
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(0.3);
  });
});

describe('measurements', () => {
  const of = (reckoned: number, ratio: number, inputSize = 32): Measurement => ({ alpha: 1, inputSize, reckoned, ratio });

  it('hold for the phase that was measured, and in between for those between', () => {
    const known = [of(100, 3), of(1, 2)];
    expect(ratioAt(known, network, 1)).toBe(2);
    expect(ratioAt(known, network, 100)).toBe(3);
    expect(ratioAt(known, network, 10)).toBeCloseTo(Math.sqrt(6), 10);
    expect(ratioAt(known, network, 0.1)).toBe(2);
    expect(ratioAt(known, network, 1000)).toBe(3);
  });

  it('of other networks are better than none', () => {
    expect(ratioAt([], network, 1)).toBe(1);
    expect(ratioAt([of(1, 2, 96), of(9, 8, 96)], network, 1)).toBeCloseTo(4, 10);
    expect(ratioAt([of(1, 2, 96), of(9, 8)], network, 1)).toBe(8);
  });
});
