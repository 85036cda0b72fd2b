/** Matrix products and biases. */
import { fit, type Graph, type Tensor } from '../graph';
import { FLOAT, first, type Gradient, input } from './operation';

/** @param a [m, k]; @param b [k, n] (either transposed first when asked) */
export function matMul(g: Graph, a: Tensor, b: Tensor, transposeA = false, transposeB = false): Tensor {
  fit('MatMul', a, transposeA ? 0 : 1, b, transposeB ? 1 : 0);
  return g.tensor('MatMul', {
    inputs: [a, b],
    attributes: { ...FLOAT, transpose_a: { b: transposeA }, transpose_b: { b: transposeB } },
    outputs: [['float32', [a.shape[transposeA ? 1 : 0] ?? null, b.shape[transposeB ? 0 : 1] ?? null]]]
  });
}

/** Adds one value a channel (last axis). */
export const biasAdd = (g: Graph, x: Tensor, bias: Tensor): Tensor =>
  g.tensor('BiasAdd', { inputs: [x, bias], attributes: { ...FLOAT, data_format: { s: 'NHWC' } }, outputs: [['float32', x.shape]] });

export const gradients: Record<string, Gradient> = {
  // y = a b:  da = dy b^T,  db = a^T dy
  MatMul: (g, node, dy) => [matMul(g, first(dy), input(node, 1), false, true), matMul(g, input(node, 0), first(dy), true, false)],
  // the bias collects the gradient of all it was added to
  BiasAdd: (g, node, dy) => [
    first(dy),
    g.tensor('BiasAddGrad', { inputs: [first(dy)], attributes: { ...FLOAT, data_format: { s: 'NHWC' } }, outputs: [['float32', input(node, 1).shape]] })
  ]
};
