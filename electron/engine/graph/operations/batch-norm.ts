/** Batch normalization with the batch's own statistics (Ioffe and Szegedy 2015). */
import { type Graph, known, type Tensor } from '../graph';
import { FLOAT, first, type Gradient, input, output } from './operation';
import { squaredDifference } from './elementwise';
import { mean, reshapeTo } from './shapes';

export interface Normalized {
  y: Tensor;
  /** Mean of the batch, a channel. */
  mean: Tensor;
  /** Variance of the batch, a channel: divided by n, as Keras' moving variance wants it. */
  variance: Tensor;
}

/**
 * Mean and variance are taken by TensorFlow's own reductions, as Keras does: the fused kernel adds up its sums plainly, and where a channel
 * is nearly dead (variance far below epsilon) an error of 1e-5 in the mean becomes one of 1e-3 in the gradient. The fused kernels then
 * normalize, and go back, with these statistics.
 * @param x [n, h, w, c]; @param gamma, beta [c]
 */
export function batchNormalize(g: Graph, x: Tensor, gamma: Tensor, beta: Tensor, epsilon: number): Normalized {
  const rows = reshapeTo(g, x, [null, known(gamma.shape, 0, 'Batch normalization')]);
  const average = mean(g, rows, [0]);
  const variance = mean(g, squaredDifference(g, rows, average), [0]);
  const node = g.add('FusedBatchNormV3', {
    inputs: [x, gamma, beta, average, variance],
    attributes: { ...FLOAT, U: { type: 'float32' }, epsilon: { f: epsilon }, is_training: { b: false }, data_format: { s: 'NHWC' } },
    outputs: [['float32', x.shape], ...Array.from({ length: 4 }, () => ['float32', gamma.shape] as const), ['float32', [null]]]
  });
  return { y: output(node, 0), mean: average, variance };
}

export const gradients: Record<string, Gradient> = {
  // Ioffe and Szegedy, section 3: mean and variance depend on x too, which the operation knows by is_training
  FusedBatchNormV3: (g, node, dy) => {
    const [x, gamma, average, variance] = [input(node, 0), input(node, 1), input(node, 3), input(node, 4)];
    const back = g.add('FusedBatchNormGradV3', {
      inputs: [first(dy), x, gamma, average, variance, g.shared('no values', () => g.constant([], [0]))],
      attributes: { ...node.attributes, is_training: { b: true } },
      outputs: [['float32', x.shape], ['float32', gamma.shape], ['float32', gamma.shape], ['float32', [0]], ['float32', [0]]]
    });
    return [output(back, 0), output(back, 1), output(back, 2), null, null];
  }
};
