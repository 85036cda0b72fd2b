/**
 * Reverse-mode differentiation: walk the graph backwards from the loss, and at each node turn the gradient of its outputs into
 * gradients of its inputs (the chain rule). Only nodes between the wanted tensors and the loss are visited.
 */
import type { Graph, Node, Tensor } from './graph';
import { gradients as convolution } from './operations/convolution';
import { gradients as dense } from './operations/dense';
import { gradients as elementwise } from './operations/elementwise';
import { gradients as loss } from './operations/loss';
import { first, FLOAT, type Gradient } from './operations/operation';
import { gradients as shapes } from './operations/shapes';

/** By TensorFlow operation. */
export const GRADIENTS: Readonly<Record<string, Gradient>> = { ...elementwise, ...shapes, ...convolution, ...dense, ...loss };

function partsOf(graph: Graph, node: Node, outputGradients: readonly (Tensor | null)[]): (Tensor | null)[] {
  if (node.custom) return node.custom.gradient(first(outputGradients));
  const gradient = GRADIENTS[node.op];
  if (!gradient) throw new Error(`${node.op} (${node.name}) lies between the loss and a trainable weight, but has no gradient here.`);
  return gradient(graph, node, outputGradients);
}

/**
 * d loss / d wanted, a tensor for each of `wanted`.
 * @param lossTensor a scalar
 * @throws when the loss does not depend on one of them, or an operation between has no gradient
 */
export function gradients(graph: Graph, lossTensor: Tensor, wanted: readonly Tensor[]): Tensor[] {
  // Nodes that depend on what is wanted. Nodes are in topological order, so one pass is enough.
  const forward = [...graph.nodes];
  const depends = new Set<Node>(wanted.map((tensor) => tensor.node));
  for (const node of forward) if (node.inputs.some((input) => depends.has(input.node))) depends.add(node);

  const collected = new Map<Tensor, Tensor[]>([[lossTensor, [graph.constant(1)]]]);
  const total = (tensor: Tensor): Tensor | null => {
    const parts = collected.get(tensor);
    if (!parts?.[0]) return null;
    if (parts.length === 1) return parts[0];
    const joined = graph.tensor('AddN', { inputs: parts, attributes: { ...FLOAT, N: { i: parts.length } }, outputs: [['float32', tensor.shape]] });
    collected.set(tensor, [joined]);
    return joined;
  };

  const sources = new Set(wanted.map((tensor) => tensor.node));
  for (const node of forward.reverse()) {
    if (!depends.has(node) || sources.has(node)) continue;
    const outputGradients = node.outputs.map(total);
    if (outputGradients.every((gradient) => gradient === null)) continue;
    const { inputs } = node.custom ?? node;
    partsOf(graph, node, outputGradients).forEach((part, index) => {
      const input = inputs[index];
      if (part && input && depends.has(input.node)) collected.set(input, [...(collected.get(input) ?? []), part]);
    });
  }
  return wanted.map((tensor) => {
    const gradient = total(tensor);
    if (!gradient) throw new Error(`The loss does not depend on ${tensor.node.name}.`);
    return gradient;
  });
}
