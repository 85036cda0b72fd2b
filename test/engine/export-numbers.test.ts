/** What exports write numbers as: 16 bits, 8 bits, and kernels made even for them. */
import { describe, expect, it } from 'vitest';
import { evened } from '../../electron/engine/export/evened';
import { fromHalf, toHalf } from '../../electron/engine/export/half';
import { leastScales, quantizationOf, quantizeBias, quantizeWeights } from '../../electron/engine/export/tflite/quantize';
import { decodeTflite, encodeTflite, TYPES } from '../../electron/engine/export/tflite/schema';
import { Inference } from '../../electron/engine/graph/inference';
import { Random } from '../../electron/engine/model/random';
import { discs, smallModel } from './export-fixture';

describe('numbers of 16 bits', () => {
  const all = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i);
  const values = fromHalf(all);

  it('are what IEEE 754 says', () => {
    const known: [number, number][] = [[0x3c00, 1], [0xc000, -2], [0x7bff, 65504], [0x0400, 2 ** -14], [0x0001, 2 ** -24], [0x03ff, 1023 * 2 ** -24], [0x3555, 0.333251953125], [0x7c00, Infinity], [0xfc00, -Infinity]];
    for (const [bits, value] of known) expect(values[bits], bits.toString(16)).toBe(value);
  });

  it('come back as they were', () => {
    const back = toHalf(values);
    for (const bits of all) if (!Number.isNaN(values[bits])) expect(back[bits]).toBe(bits);
    expect(fromHalf(toHalf(Float32Array.of(NaN)))[0]).toBeNaN();
  });

  it('are the nearest there is, of two the even one', () => {
    const positive = Array.from(values.subarray(0, 0x7c00));
    for (let i = 0; i + 1 < positive.length; i += 7) {
      const [low, high] = [positive[i] as number, positive[i + 1] as number];
      const middle = (low + high) / 2;
      const nearby = [middle - (high - low) / 8, middle, middle + (high - low) / 8];
      expect(Array.from(toHalf(Float32Array.from(nearby)))).toEqual([i, i % 2 === 0 ? i : i + 1, i + 1]);
      expect(toHalf(Float32Array.of(-middle))[0]).toBe(0x8000 | (i % 2 === 0 ? i : i + 1));
    }
    expect(Array.from(fromHalf(toHalf(Float32Array.of(65519, 65520, 1e9, -1e9, 1e-9))))).toEqual([65504, Infinity, Infinity, -Infinity, 0]);
  });
});

describe('numbers of 8 bits', () => {
  it('stand for weights within half a step, channel by channel', () => {
    const random = new Random(1);
    const values = Float32Array.from({ length: 300 }, (_, i) => (random.next() - 0.5) * [1, 0.001, 50][i % 3]!);
    const { data, scales } = quantizeWeights(values, (place) => place % 3, new Float32Array(3));
    values.forEach((value, i) => expect(Math.abs(value - data[i]! * scales[i % 3]!)).toBeLessThanOrEqual(scales[i % 3]! * 0.501));
    expect(Math.max(...data)).toBeLessThanOrEqual(127);
    expect(Math.min(...data)).toBeGreaterThanOrEqual(-127);
  });

  it('leave room for the bias of a channel whose weights are next to nothing', () => {
    const bias = Float32Array.of(0.5, -2, 0);
    const weights = Float32Array.of(1e-9, 0, 1, -1e-9, 0, -1);
    const { scales } = quantizeWeights(weights, (place) => place % 3, leastScales(bias, 0.02));
    const products = Array.from(scales, (scale) => scale * 0.02);
    const stored = quantizeBias(bias, products);
    bias.forEach((value, i) => expect(stored[i]! * products[i]!).toBeCloseTo(value, 5));
  });

  it('have a zero among what they reach', () => {
    for (const [min, max] of [[-3, 5], [2, 6], [-4, -1], [0, 0]] as const) {
      const { scales: [scale = 0], zeroPoint } = quantizationOf({ min, max });
      expect(Number.isInteger(zeroPoint)).toBe(true);
      expect((-128 - zeroPoint) * scale).toBeLessThanOrEqual(min + scale / 2);
      expect((127 - zeroPoint) * scale).toBeGreaterThanOrEqual(max - scale / 2);
    }
  });
});

it('a network with even kernels predicts the same', () => {
  const model = smallModel();
  const pictures = discs(20, 32);
  const even = evened(model);
  const [plain, other] = [model.weights, even].map((weights) => {
    const inference = Inference.compile(model.network, weights, model.meta, ['dense_1']);
    const [answer] = inference.run(pictures.pixels, 20);
    inference.dispose();
    return answer!;
  });
  plain!.forEach((value, i) => expect(other![i]).toBeCloseTo(value, 4));
  // All channels reach 1 or -1; before, hardly any two were alike.
  const kernel = even.get('block_3_expand/kernel')!;
  const channels = even.get('block_3_expand_BN/gamma')!.length;
  for (let channel = 0; channel < channels; channel++) expect(Math.max(...kernel.filter((_, i) => i % channels === channel).map(Math.abs))).toBeCloseTo(1, 6);
});

it('the tables of a LiteRT file come back as they were', () => {
  const tensors = [
    { name: 'image', shape: [1, 2, 2, 3], batched: true, type: TYPES.uint8, quantization: { scales: [0.5], zeroPoint: 128, dimension: 0 }, data: null },
    { name: 'kernel ü', shape: [2, 12], batched: false, type: TYPES.int8, quantization: { scales: [0.25, 2], zeroPoint: 0, dimension: 0 }, data: Uint8Array.from({ length: 24 }, (_, i) => i) },
    { name: 'answer', shape: [1, 2], batched: true, type: TYPES.float32, quantization: null, data: null }
  ];
  const operators = [
    { op: 'FULLY_CONNECTED', version: 3, inputs: [0, 1], output: 2, options: { activation: 1 } },
    { op: 'QUANTIZE', version: 1, inputs: [2], output: 2, options: {} },
    { op: 'SOFTMAX', version: 1, inputs: [2], output: 2, options: { beta: 1 } }
  ] as const;
  const model = { tensors, operators, input: 0, output: 2 };
  const bytes = encodeTflite(model, { input: 'image', output: 'probabilities' });
  expect(decodeTflite(bytes)).toEqual({ ...model, input: 0 });
  expect(Buffer.from(bytes).indexOf(Buffer.from(tensors[1]!.data!)) % 16).toBe(0);
  expect(() => decodeTflite(Uint8Array.from(bytes, (byte, i) => (i === 5 ? 0 : byte)))).toThrow('TFL3');
});
