/** Sparse categorical cross-entropy from logits, and what is counted beside it. */
import { type Graph, type Tensor } from '../graph';
import { FLOAT, first, type Gradient, output } from './operation';
import { cast, reshapeTo } from './shapes';
import { multiply } from './elementwise';

/** @param logits [n, classes]; @param labels int32 [n]; @returns loss of each example [n] */
export const sparseCategoricalCrossentropy = (g: Graph, logits: Tensor, labels: Tensor): Tensor =>
  g.tensor('SparseSoftmaxCrossEntropyWithLogits', {
    inputs: [logits, labels],
    attributes: { ...FLOAT, Tlabels: { type: 'int32' } },
    outputs: [['float32', [logits.shape[0] ?? null]], ['float32', logits.shape]]
  });

/** 1 where the largest logit is the label's, else 0; float [n]. */
export function hits(g: Graph, logits: Tensor, labels: Tensor): Tensor {
  const n = logits.shape[0] ?? null;
  const best = g.tensor('ArgMax', {
    inputs: [logits, g.constant(1, [], 'int32')],
    attributes: { ...FLOAT, Tidx: { type: 'int32' }, output_type: { type: 'int32' } },
    outputs: [['int32', [n]]]
  });
  return cast(g, g.tensor('Equal', { inputs: [best, labels], attributes: { T: { type: 'int32' } }, outputs: [['bool', [n]]] }), 'float32');
}

export const gradients: Record<string, Gradient> = {
  // d loss / d logits = softmax(logits) - onehot(label): the operation's second output
  SparseSoftmaxCrossEntropyWithLogits: (g, node, dy) => [multiply(g, output(node, 1), reshapeTo(g, first(dy), [null, 1])), null]
};
