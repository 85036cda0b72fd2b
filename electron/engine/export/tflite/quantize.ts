/** Numbers as int8, as the LiteRT specification has them: weights symmetric and one scale a channel, what flows between the layers with a zero point. */
import type { Range } from './calibrate';
import type { Quantization } from './schema';

/** Weights leave out -128: their zero is 0. */
const MOST = 127;

export interface Quantized {
  readonly data: Int8Array;
  readonly scales: Float32Array;
}

/** Biases have 32 bits; half of them leaves room for the sums that are added. */
const MOST_OF_A_BIAS = 2 ** 30;

/** @param channelOf which scale the number at a place has; @param least what each scale must not be below */
export function quantizeWeights(values: Float32Array, channelOf: (place: number) => number, least: Float32Array): Quantized {
  const most = new Float64Array(least.length);
  values.forEach((value, i) => (most[channelOf(i)] = Math.max(most[channelOf(i)] as number, Math.abs(value))));
  // A channel of zeros may have any scale.
  const scales = Float32Array.from(most, (largest, i) => Math.max(largest / MOST, least[i] as number) || 1);
  const data = new Int8Array(values.length);
  values.forEach((value, i) => (data[i] = Math.round(value / (scales[channelOf(i)] as number))));
  return { data, scales };
}

/** The least scales of weights with which their biases fit: next to a dead channel's weights its bias may be huge. @param from the input's scale */
export const leastScales = (bias: Float32Array, from: number): Float32Array => bias.map((value) => Math.abs(value) / (from * MOST_OF_A_BIAS));

/** A bias is added to products: its scale is that of the input times that of the weights. */
export const quantizeBias = (bias: Float32Array, scales: readonly number[]): Int32Array => Int32Array.from(bias, (value, i) => Math.round(value / (scales[i] as number)));

/** For a range of numbers, zero among them: a padding is exactly 0. */
export function quantizationOf({ min, max }: Range): Quantization {
  const [low, high] = [Math.min(min, 0), Math.max(max, 0)];
  const scale = Math.fround(high > low ? (high - low) / 255 : 1);
  return { scales: [scale], zeroPoint: Math.max(-128, Math.min(127, Math.round(-128 - low / scale))), dimension: 0 };
}
