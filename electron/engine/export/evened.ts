/** Kernels whose channels are all of one size, so that one scale in 8 bits does for all of them (the idea of Nagel et al. 2019, section 4.1). */
import type { Layer, LayerOf, Weights } from '../model/layers';
import { weightKey } from '../model/layers';
import type { TrainedModel } from '../model/model-folder';

/** The largest number of each channel; the channel that comes out varies fastest in every kind of kernel. Of a channel of zeros 1. */
export function channelSizes(values: Float32Array, channels: number): Float32Array {
  const sizes = new Float32Array(channels);
  values.forEach((value, i) => (sizes[i % channels] = Math.max(sizes[i % channels] as number, Math.abs(value))));
  return sizes.map((size) => size || 1);
}

export const dividedBy = (values: Float32Array, sizes: Float32Array): Float32Array => values.map((value, i) => value / (sizes[i % sizes.length] as number));

/**
 * The same model with every kernel that a batch norm stands behind divided channel by channel by its size s, and the batch norm making up for it:
 * mean / s, variance / s^2, and gamma * s * sqrt(variance / s^2 + epsilon) / sqrt(variance + epsilon).
 */
export function evened({ network, weights }: TrainedModel): Weights {
  const even = new Map(weights);
  for (const norm of network.layers) {
    if (norm.type !== 'BatchNormalization') continue;
    const before = network.layers.find((layer) => layer.name === norm.inputs[0]);
    if (before?.type !== 'Conv2D' && before?.type !== 'DepthwiseConv2D') continue;
    const of = (layer: Layer, name: string): Float32Array => weights.get(weightKey(layer, name)) ?? new Float32Array();
    const variance = of(norm, 'moving_variance');
    const sizes = channelSizes(of(before, 'kernel'), variance.length);
    even.set(weightKey(before, 'kernel'), dividedBy(of(before, 'kernel'), sizes));
    even.set(weightKey(norm, 'moving_mean'), dividedBy(of(norm, 'moving_mean'), sizes));
    even.set(weightKey(norm, 'moving_variance'), variance.map((value, i) => value / (sizes[i] as number) ** 2));
    even.set(weightKey(norm, 'gamma'), of(norm, 'gamma').map((value, i) => value * gain(sizes[i] as number, variance[i] as number, norm)));
  }
  return even;
}

const gain = (size: number, variance: number, { epsilon }: LayerOf<'BatchNormalization'>): number => size * Math.sqrt((variance / size ** 2 + epsilon) / (variance + epsilon));
