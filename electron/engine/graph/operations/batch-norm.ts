/** Batch normalization with the batch's own statistics (Ioffe and Szegedy 2015). */
import { type Graph, known, type Tensor } from '../graph';
import { biasAdd } from './dense';
import { add, divide, multiply, rsqrt, squaredDifference, subtract } from './elementwise';
import { FLOAT, output } from './operation';
import { cast, mean, reshape, reshapeTo, shapeOf, slice, sum } from './shapes';

export interface Normalized {
  y: Tensor;
  /** Mean of the batch, a channel. */
  mean: Tensor;
  /** Variance of the batch, a channel: divided by n, as Keras' moving variance wants it. */
  variance: Tensor;
}

/**
 * Forward with the same operations in the same order as Keras (tf.nn.moments, tf.nn.batch_normalization), not with TensorFlow's fused kernel:
 * where a channel is dead the last digit of its mean decides on which side of a relu all its values lie. Backward nothing is decided, and
 * the fused kernel reads the map three times instead of eight (docs/decisions/batch-norm.md).
 * @param x [n, h, w, c]; @param gamma, beta [c]
 */
export function batchNormalize(g: Graph, x: Tensor, gamma: Tensor, beta: Tensor, epsilon: number): Normalized {
  const channels = known(gamma.shape, 0, 'Batch normalization');
  const rows = reshapeTo(g, x, [null, channels]);
  const average = mean(g, rows, [0]);
  const variance = mean(g, squaredDifference(g, rows, average), [0]);
  const s = rsqrt(g, add(g, variance, g.constant(epsilon)));
  const scale = multiply(g, s, gamma);
  const y = biasAdd(g, multiply(g, rows, scale), subtract(g, beta, multiply(g, average, scale)));

  // Section 3 of the paper: mean and variance depend on x too. With z = (x - mean) * s, all sums over n rows:
  // dBeta = sum(dy), dGamma = sum(dy * z), dx = scale * (dy - dBeta / n - z * dGamma / n)
  const fused = (dy: Tensor): Tensor[] => {
    const back = g.add('FusedBatchNormGradV3', {
      inputs: [reshape(g, dy, shapeOf(g, x), x.shape), x, gamma, average, variance, g.constant([], [0])],
      attributes: { ...FLOAT, U: { type: 'float32' }, epsilon: { f: epsilon }, data_format: { s: 'NHWC' }, is_training: { b: true } },
      outputs: [['float32', x.shape], ['float32', [channels]], ['float32', [channels]], ['float32', [0]], ['float32', [0]]]
    });
    return [output(back, 0), output(back, 1), output(back, 2)];
  };
  /** Where a picture has one place, the fused kernel costs more to start than it saves. */
  const plain = (dy: Tensor): Tensor[] => {
    const n = cast(g, reshapeTo(g, slice(g, shapeOf(g, rows), [0], [1]), []), 'float32');
    const centred = subtract(g, rows, average);
    const dBeta = sum(g, dy, [0]);
    const dGamma = multiply(g, sum(g, multiply(g, dy, centred), [0]), s);
    const share = multiply(g, centred, divide(g, multiply(g, dGamma, s), n));
    const dx = multiply(g, subtract(g, subtract(g, dy, divide(g, dBeta, n)), share), scale);
    return [reshape(g, dx, shapeOf(g, x), x.shape), dGamma, dBeta];
  };
  const normalized = g.customGradient(y, [x, gamma, beta], x.shape[1] === 1 && x.shape[2] === 1 ? plain : fused);
  return { y: reshape(g, normalized, shapeOf(g, x), x.shape), mean: average, variance };
}
