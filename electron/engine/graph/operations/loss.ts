/** Categorical cross-entropy from logits, and what is counted beside it. */
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

/** @param targets a distribution over the classes, [n, classes]; @returns loss of each example [n] */
export const categoricalCrossentropy = (g: Graph, logits: Tensor, targets: Tensor): Tensor =>
  g.tensor('SoftmaxCrossEntropyWithLogits', { inputs: [logits, targets], attributes: FLOAT, outputs: [['float32', [logits.shape[0] ?? null]], ['float32', logits.shape]] });

/**
 * Labels as distributions, [n, classes]: 1 - smoothing on the class itself and smoothing spread over all (Szegedy et al. 2016, section 7;
 * Keras' label_smoothing).
 */
export function smoothedOneHot(g: Graph, labels: Tensor, classes: number, smoothing: number): Tensor {
  const rest = smoothing / classes;
  return g.tensor('OneHot', {
    inputs: [labels, g.constant(classes, [], 'int32'), g.constant(1 - smoothing + rest), g.constant(rest)],
    attributes: { ...FLOAT, TI: { type: 'int32' }, axis: { i: -1 } },
    outputs: [['float32', [labels.shape[0] ?? null, classes]]]
  });
}

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

// d loss / d logits = softmax(logits) - target: the operation's second output
const byLogits: Gradient = (g, node, dy) => [multiply(g, output(node, 1), reshapeTo(g, first(dy), [null, 1])), null];

export const gradients: Record<string, Gradient> = {
  SparseSoftmaxCrossEntropyWithLogits: byLogits,
  SoftmaxCrossEntropyWithLogits: byLogits
};
