/** What a file in this folder declares: how gradients flow back through one TensorFlow operation. */
import type { Graph, Node, Tensor } from '../graph';

/**
 * Gradients of the loss with respect to the node's inputs.
 * @param outputGradients gradient of each output, null where nothing depends on it; the first is always there
 * @returns one entry an input, null where no gradient flows
 */
export type Gradient = (graph: Graph, node: Node, outputGradients: readonly (Tensor | null)[]) => (Tensor | null)[];

export const FLOAT = { T: { type: 'float32' } } as const;

/** Input `index` of a node that must have it. */
export function input(node: Node, index: number): Tensor {
  const tensor = node.inputs[index];
  if (!tensor) throw new Error(`${node.name} (${node.op}) has no input ${index}.`);
  return tensor;
}

export function output(node: Node, index: number): Tensor {
  const tensor = node.outputs[index];
  if (!tensor) throw new Error(`${node.name} (${node.op}) has no output ${index}.`);
  return tensor;
}

/** The gradient of the first output. */
export function first(gradients: readonly (Tensor | null)[]): Tensor {
  const [gradient] = gradients;
  if (!gradient) throw new Error('This operation has a gradient for its first output only.');
  return gradient;
}
