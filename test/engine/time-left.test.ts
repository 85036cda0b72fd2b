/** What phases are expected to cost, and how the time left follows what is seen. */
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { type Progress, type RecipeInput, RecipeSchema } from '../../electron/contract';
import { quietContext } from '../../electron/engine/context';
import { openDataset } from '../../electron/engine/data/open';
import { cutAt } from '../../electron/engine/graph/cut';
import { measure } from '../../electron/engine/jobs/measure';
import { train } from '../../electron/engine/jobs/train';
import type { Layer, Network } from '../../electron/engine/model/layers';
import { deadFeatures } from '../../electron/engine/training/dead-features';
import { PhaseClock, secondsAnEpoch, secondsBefore, secondsOf } from '../../electron/engine/training/phase-cost';
import { temporaryFolder } from './fixtures';

const COST = { compile: 2, picture: 0.01, step: 0.1, tested: 0.001 };
const WORK = { pictures: 500, steps: 30, epochs: 3, validation: 2000, test: 4000 };

describe('the cost of a phase', () => {
  test('is what comes before, its epochs, and its test', () => {
    expect(secondsBefore(COST, WORK)).toBeCloseTo(2 + 5, 10);
    expect(secondsAnEpoch(COST, WORK)).toBeCloseTo(1 + 2 + 0.1, 10);
    expect(secondsOf(COST, WORK)).toBeCloseTo(7 + 3 * 3.1 + 4, 10);
  });

  test('of none of the epochs is what comes before and the test', () => expect(secondsOf(COST, { ...WORK, steps: 0, epochs: 0 })).toBeCloseTo(7 + 4, 10));
});

describe('the time left', () => {
  test('is what was expected until steps are seen, the first two of which do not count', () => {
    const clock = new PhaseClock(COST, WORK, 50);
    const expected = 30 * 0.1 + 3 * 2.1 + 4 + 50;
    expect(clock.left(0, 0)).toBeCloseTo(expected, 10);
    clock.stepped(9);
    clock.stepped(4);
    expect(clock.left(2, 0)).toBeCloseTo(expected - 0.2, 10);
    clock.stepped(0.3);
    expect(clock.left(3, 0)).toBeCloseTo(27 * 0.3 + 3 * 2.1 + 4 + 50, 10);
    clock.stepped(0.5);
    expect(clock.left(4, 0)).toBeCloseTo(26 * 0.4 + 3 * 2.1 + 4 + 50, 10);
  });

  test('learns from an epoch what validation and checkpoint take, and from many pictures what the test will', () => {
    const clock = new PhaseClock(COST, WORK, 0);
    clock.rested(4, 0.5);
    expect(clock.left(10, 1)).toBeCloseTo(20 * 0.1 + 2 * 4.5 + 4000 * 0.002, 10);
    const few = new PhaseClock(COST, { ...WORK, validation: 30 }, 0);
    few.rested(4, 0.5);
    expect(few.left(10, 1)).toBeCloseTo(20 * 0.1 + 2 * 4.5 + 4, 10);
  });

  test('follows a machine that has become slower', () => {
    const clock = new PhaseClock(COST, { ...WORK, steps: 10_000, epochs: 0, test: 0 }, 0);
    for (let i = 0; i < 2000; i++) clock.stepped(0.1);
    for (let i = 0; i < 2000; i++) clock.stepped(0.2);
    expect(clock.left(9999, 0)).toBeCloseTo(0.2, 4);
  });
});

test('channels that are 0 in all pictures see nothing', () => {
  const layer = (name: string, outputShape: number[], inputs: string[]): Layer => ({ name, type: 'ReLU', maxValue: 6, inputs, outputShape, weights: [], part: 'base' }) as unknown as Layer;
  const network = { name: 'made', layers: [{ ...layer('in', [2, 1, 3], []), type: 'InputLayer' }, layer('map', [2, 1, 2], ['in']), layer('end', [1], ['map'])] } as unknown as Network;
  const rows = [[0, 0, 0, 0], [0, 0, 5, 0]];
  const training = {
    count: 2,
    gather: (positions: Int32Array) => ({ examples: Float32Array.from([...positions].flatMap((i) => rows[i] as number[])), labels: new Int32Array(positions.length) })
  };
  expect(deadFeatures(cutAt(network, 2), training)).toBe(0.5);
  expect(deadFeatures(cutAt(network, 2), { ...training, count: 1 })).toBe(1);
  expect(deadFeatures(cutAt(network, 1), training)).toBeNull();
});

const recipe = (input: RecipeInput) => v.parse(RecipeSchema, { alpha: 0.35, head: [], ...input });

describe('a measurement', () => {
  const phases = [{ name: 'frozen', epochs: 2 }, { name: 'whole', trainableFrom: 'all', epochs: 2 }];

  test('tells what a phase costs without any pictures, the whole network more than its head, larger pictures more than small ones', async () => {
    const cost = (index: number, inputSize: number) => measure({ recipe: recipe({ inputSize, batchSize: 16, phases }), phase: index, dataset: null }, quietContext());
    const [head, whole, large] = [await cost(0, 32), await cost(1, 32), await cost(1, 64)];
    expect(head.secondsPerEpoch).toBeGreaterThan(0);
    expect(whole.secondsPerEpoch).toBeGreaterThan(2 * head.secondsPerEpoch);
    expect(large.secondsPerEpoch).toBeGreaterThan(whole.secondsPerEpoch);
    // Features of 60,000 pictures come before the head learns; 1280 of them a picture, 4 bytes each.
    expect(head.bytes).toBeGreaterThan(60_000 * 1280 * 4);
    expect(head.secondsBefore).toBeGreaterThan(0);
  });

  test('reports that it is under way, and is not repeated', async () => {
    const heard: Progress[] = [];
    const again = () => measure({ recipe: recipe({ inputSize: 48, phases }), phase: 0, dataset: null }, { ...quietContext(), report: (progress) => heard.push(progress) });
    const first = await again();
    expect(heard.map((progress) => progress.kind === 'stage' && [progress.stage, progress.done])).toEqual([['measure', 0], ['measure', 1]]);
    expect(await again()).toEqual(first);
    expect(heard).toHaveLength(2);
  });
});

const directory = temporaryFolder();

test('a run tells the time left with every step and epoch, and what of its features is dead', async () => {
  const dataset = await openDataset({ kind: 'sample' }, quietContext());
  const left: number[] = [];
  const dead: (number | null | undefined)[] = [];
  const phases = [{ name: 'frozen', epochs: 2 }, { name: 'tail', trainableFrom: 'block_16_expand', epochs: 2 }];
  await train({ recipe: recipe({ inputSize: 48, limit: 600, phases }), weights: 'random', dataset, directory, runId: 'a', resume: false }, {
    ...quietContext(),
    report: (progress) => {
      if (progress.kind === 'step' || progress.kind === 'epoch') left.push(progress.secondsLeft ?? NaN);
      if (progress.kind === 'phase_started') dead.push(progress.deadFeatures);
    }
  });
  expect(left.every((seconds) => seconds >= 0)).toBe(true);
  expect(left[left.length - 1]).toBeLessThan(left[0] as number);
  expect(dead).toEqual([expect.any(Number), expect.any(Number)]);
});
