import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { attachHead } from '../../electron/engine/model/head';
import { glorotLimit, initialWeights } from '../../electron/engine/model/initial-weights';
import { type Network, sizeOf } from '../../electron/engine/model/layers';
import { mobileNetV2 } from '../../electron/engine/model/mobilenet-v2';
import { Random } from '../../electron/engine/model/random';
import recorded from '../fixtures/keras-mobilenet-v2.json';

const count = (network: Network, trainableOnly = false) =>
  network.layers.flatMap((layer) => layer.weights).reduce((sum, w) => sum + (trainableOnly && !w.trainable ? 0 : sizeOf(w.shape)), 0);

/** Name, class, output shape and parameters of every layer. */
const tableOf = (network: Network) => network.layers.map((l) => [l.name, l.type, [...l.outputShape], l.weights.reduce((sum, w) => sum + sizeOf(w.shape), 0)]);

describe('MobileNetV2 is the one of Keras', () => {
  it.each(recorded.models)('alpha $alpha, input $inputSize', (keras) => {
    const network = mobileNetV2(keras);
    expect(network.name).toBe(keras.name);
    expect(count(network)).toBe(keras.parameters);
    expect(count(network, true)).toBe(keras.trainableParameters);
    if (!keras.layers) return;
    expect(tableOf(network)).toEqual(keras.layers);
  });

  it('at every alpha and at sizes even and odd, layer for layer', () => {
    const ours = Object.keys(recorded.digests).map((key) => {
      const [alpha = 0, inputSize = 0] = key.split(' ').map(Number);
      return [key, createHash('sha256').update(JSON.stringify(tableOf(mobileNetV2({ alpha, inputSize })))).digest('hex').slice(0, 16)];
    });
    expect(Object.fromEntries(ours)).toEqual(recorded.digests);
  });

  it('pads an even map at the end only and an odd one on both sides', () => {
    const padding = (inputSize: number) => mobileNetV2({ alpha: 1, inputSize }).layers.flatMap((l) => (l.type === 'ZeroPadding2D' ? [l.padding[0][0]] : []));
    expect(padding(64)).toEqual([0, 0, 0, 0]);
    expect(padding(65)).toEqual([1, 1, 1, 1]);
  });

  it('adds the input of a block only where shapes allow', () => {
    const adds = mobileNetV2({ alpha: 1, inputSize: 32 }).layers.flatMap((l) => (l.type === 'Add' ? [[l.name, ...l.inputs]] : []));
    expect(adds).toHaveLength(10);
    expect(adds[0]).toEqual(['block_2_add', 'block_1_project_BN', 'block_2_project_BN']);
    expect(adds[2]).toEqual(['block_5_add', 'block_4_add', 'block_5_project_BN']);
  });
});

describe('the head', () => {
  const base = mobileNetV2({ alpha: 1, inputSize: 32 });

  it('is the tutorial\'s', () => {
    const network = attachHead(base, [{ units: 128, activation: 'relu' }], 10);
    const head = network.layers.filter((l) => l.part === 'head');
    expect(head.map((l) => [l.name, l.type, l.outputShape, l.inputs])).toEqual([
      ['global_average_pooling2d', 'GlobalAveragePooling2D', [1280], ['out_relu']],
      ['dense', 'Dense', [128], ['global_average_pooling2d']],
      ['dense_1', 'Dense', [10], ['dense']]
    ]);
    expect(head.flatMap((l) => (l.type === 'Dense' ? [l.activation] : []))).toEqual(['relu', 'softmax']);
    expect(count(network) - count(base)).toBe(1280 * 128 + 128 + 128 * 10 + 10);
  });

  it('is a single Dense without hidden layers', () => {
    expect(attachHead(base, [], 3).layers.slice(-1)).toMatchObject([{ name: 'dense', units: 3, activation: 'softmax' }]);
  });
});

describe('initial weights', () => {
  const network = attachHead(mobileNetV2({ alpha: 0.35, inputSize: 32 }), [], 10);

  it('follow Keras\' fan rules', () => {
    expect(glorotLimit([1280, 128])).toBeCloseTo(Math.sqrt(6 / (1280 + 128)), 12);
    expect(glorotLimit([3, 3, 16, 32])).toBeCloseTo(Math.sqrt(6 / (9 * 16 + 9 * 32)), 12);
    expect(glorotLimit([3, 3, 32, 1])).toBeCloseTo(Math.sqrt(6 / (9 * 32 + 9)), 12);
  });

  it('are spread evenly within the limit, and the same for the same seed', () => {
    const weights = initialWeights(network, 7);
    const kernel = weights.get('dense/kernel')!;
    const limit = glorotLimit([1280, 10]);
    expect(Math.max(...kernel.map(Math.abs))).toBeLessThanOrEqual(limit);
    const variance = kernel.reduce((sum, w) => sum + w * w, 0) / kernel.length;
    expect(variance / (limit * limit / 3)).toBeGreaterThan(0.95);
    expect(variance / (limit * limit / 3)).toBeLessThan(1.05);
    expect(weights.get('bn_Conv1/moving_variance')!.every((w) => w === 1)).toBe(true);
    expect(weights.get('bn_Conv1/moving_mean')!.every((w) => w === 0)).toBe(true);
    const bytesOf = (seed: number) => Buffer.concat([...initialWeights(network, seed).values()].map(({ buffer }) => Buffer.from(buffer)));
    expect(bytesOf(7).equals(bytesOf(7))).toBe(true);
    expect(bytesOf(8).equals(bytesOf(7))).toBe(false);
  });
});

describe('Random', () => {
  it('goes on from a kept state', () => {
    const random = new Random(1);
    random.next();
    const { state } = random;
    const ahead = [random.next(), random.next(), random.next()];
    const other = new Random(99);
    other.state = JSON.parse(JSON.stringify(state));
    expect([other.next(), other.next(), other.next()]).toEqual(ahead);
  });

  it('is uniform enough: mean, variance and every tenth alike', () => {
    const random = new Random(0);
    const tenths = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) tenths[Math.floor(random.next() * 10)]! += 1;
    // chi square, 9 degrees of freedom: 27.9 is the 0.1 % bound
    expect(tenths.reduce((sum, n) => sum + (n - 10_000) ** 2 / 10_000, 0)).toBeLessThan(27.9);
  });

  it('shuffles every value once, in place', () => {
    const order = Int32Array.from({ length: 1000 }, (_, i) => i);
    const same = new Random(3).shuffle(order);
    expect(same).toBe(order);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect(order.filter((v, i) => v === i).length).toBeLessThan(10);
  });
});
