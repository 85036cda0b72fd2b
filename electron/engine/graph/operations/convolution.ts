/** Convolutions in NHWC, the layout of Keras and of TensorFlow on the CPU. */
import { fit, type Graph, known, type Node, type Tensor } from '../graph';
import { FLOAT, first, type Gradient, input, output } from './operation';
import { pad, shapeOf } from './shapes';

type Padding = 'same' | 'valid';

/** Output size along one axis: ceil(n / stride) for 'same', ceil((n - kernel + 1) / stride) for 'valid'. */
const outputSize = (n: number, kernel: number, stride: number, padding: Padding) => Math.ceil((padding === 'same' ? n : n - kernel + 1) / stride);

/** What 'same' pads before and after along one axis. */
export function samePadding(n: number, kernel: number, stride: number): [number, number] {
  const all = Math.max((Math.ceil(n / stride) - 1) * stride + kernel - n, 0);
  return [Math.floor(all / 2), Math.ceil(all / 2)];
}

const options = (stride: number, padding: Padding) => ({
  ...FLOAT,
  strides: { ints: [1, stride, stride, 1] },
  padding: { s: padding.toUpperCase() },
  data_format: { s: 'NHWC' },
  dilations: { ints: [1, 1, 1, 1] }
});

const spatial = (x: Tensor, kernel: Tensor, stride: number, padding: Padding): [number, number] => [
  outputSize(known(x.shape, 1, 'A convolution'), known(kernel.shape, 0, 'A convolution'), stride, padding),
  outputSize(known(x.shape, 2, 'A convolution'), known(kernel.shape, 1, 'A convolution'), stride, padding)
];

const batch = (x: Tensor) => x.shape[0] ?? null;

/** @param x [n, h, w, c]; @param kernel [kh, kw, c, filters] */
export function conv2d(g: Graph, x: Tensor, kernel: Tensor, stride: number, padding: Padding): Tensor {
  fit('Conv2D', x, 3, kernel, 2);
  return g.tensor('Conv2D', {
    inputs: [x, kernel],
    attributes: options(stride, padding),
    outputs: [['float32', [batch(x), ...spatial(x, kernel, stride, padding), kernel.shape[3] ?? null]]]
  });
}

/** @param x [n, h, w, c]; @param kernel [kh, kw, c, 1] */
export function depthwiseConv2d(g: Graph, x: Tensor, kernel: Tensor, stride: number, padding: Padding): Tensor {
  fit('DepthwiseConv2dNative', x, 3, kernel, 2);
  return g.tensor('DepthwiseConv2dNative', {
    inputs: [x, kernel],
    attributes: options(stride, padding),
    outputs: [['float32', [batch(x), ...spatial(x, kernel, stride, padding), x.shape[3] ?? null]]]
  });
}

type Convolution = Pick<Node, 'inputs' | 'attributes'>;

/** The transposed convolution. */
const inputGradient = (g: Graph, op: string, { inputs: [x, kernel], attributes }: Convolution, dy: Tensor): Tensor =>
  g.tensor(op, { inputs: [shapeOf(g, x as Tensor), kernel as Tensor, dy], attributes: { ...attributes }, outputs: [['float32', (x as Tensor).shape]] });

/** The correlation of input and gradient. */
const kernelGradient = (g: Graph, op: string, { inputs: [x, kernel], attributes }: Convolution, dy: Tensor): Tensor =>
  g.tensor(op, { inputs: [x as Tensor, g.ints((kernel as Tensor).shape as number[]), dy], attributes: { ...attributes }, outputs: [['float32', (kernel as Tensor).shape]] });

/**
 * A convolution with its input padded beforehand, where the map that comes out is smaller than the kernel: there oneDNN's gradient of a
 * depthwise kernel falls back to a slow way when it has to pad itself (1.4 ms for 0.3 at 64x2x2x576).
 */
function padded(g: Graph, node: Node): Convolution {
  const [x, kernel] = [input(node, 0), input(node, 1)];
  const { padding, strides } = node.attributes as { padding: { s: string }; strides: { ints: readonly number[] } };
  const size = (tensor: Tensor, axis: number) => known(tensor.shape, axis, node.name);
  if (padding.s === 'VALID' || [1, 2].every((axis) => size(output(node, 0), axis) >= size(kernel, axis - 1))) return node;
  const sides = [1, 2].map((axis) => samePadding(size(x, axis), size(kernel, axis - 1), strides.ints[axis] ?? 1));
  return { inputs: [pad(g, x, [[0, 0], ...sides, [0, 0]]), kernel], attributes: { ...node.attributes, padding: { s: 'VALID' } } };
}

export const gradients: Record<string, Gradient> = {
  Conv2D: (g, node, dy) => [inputGradient(g, 'Conv2DBackpropInput', node, first(dy)), kernelGradient(g, 'Conv2DBackpropFilter', node, first(dy))],
  DepthwiseConv2dNative: (g, node, dy) => [
    inputGradient(g, 'DepthwiseConv2dNativeBackpropInput', node, first(dy)),
    kernelGradient(g, 'DepthwiseConv2dNativeBackpropFilter', padded(g, node), first(dy))
  ]
};
