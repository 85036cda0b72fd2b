/** Batch normalization with the batch's own statistics (Ioffe and Szegedy 2015). */
import { type Graph, known, type Tensor } from '../graph';
import { add, divide, multiply, rsqrt, squaredDifference, subtract } from './elementwise';
import { cast, mean, reshape, reshapeTo, shapeOf, slice, sum } from './shapes';

export interface Normalized {
  y: Tensor;
  /** Mean of the batch, a channel. */
  mean: Tensor;
  /** Variance of the batch, a channel: divided by n, as Keras' moving variance wants it. */
  variance: Tensor;
}

/**
 * The same sums in the same order as Keras (tf.nn.moments, tf.nn.batch_normalization), not TensorFlow's fused kernel: that adds up plainly,
 * and where a channel is nearly dead (variance far below epsilon) an error of 1e-5 in its mean becomes one of 1e-3 in the gradient.
 * @param x [n, h, w, c]; @param gamma, beta [c]
 */
export function batchNormalize(g: Graph, x: Tensor, gamma: Tensor, beta: Tensor, epsilon: number): Normalized {
  const channels = known(gamma.shape, 0, 'Batch normalization');
  const rows = reshapeTo(g, x, [null, channels]);
  const average = mean(g, rows, [0]);
  const variance = mean(g, squaredDifference(g, rows, average), [0]);
  const s = rsqrt(g, add(g, variance, g.constant(epsilon)));
  const scale = multiply(g, s, gamma);
  const centred = subtract(g, rows, average);
  const y = add(g, multiply(g, centred, scale), beta);

  // Section 3 of the paper: mean and variance depend on x too.
  const backward = (dy: Tensor): Tensor[] => {
    const n = cast(g, reshapeTo(g, slice(g, shapeOf(g, rows), [0], [1]), []), 'float32');
    const dBeta = sum(g, dy, [0]);
    const dScale = sum(g, multiply(g, dy, centred), [0]);
    const dVariance = multiply(g, multiply(g, multiply(g, dScale, gamma), g.constant(-0.5)), multiply(g, s, multiply(g, s, s)));
    const dMean = multiply(g, multiply(g, dBeta, scale), g.constant(-1));
    const byX = divide(g, multiply(g, dVariance, g.constant(2)), n);
    const constant = divide(g, dMean, n);
    const dx = add(g, add(g, multiply(g, dy, scale), multiply(g, centred, byX)), constant);
    return [dx, multiply(g, dScale, s), dBeta];
  };
  const normalized = g.customGradient(y, [rows, gamma, beta], backward);
  return { y: reshape(g, normalized, shapeOf(g, x), x.shape), mean: average, variance };
}
