/** Convolutions in NHWC, the layout of Keras and of TensorFlow on the CPU. */
import { type Graph, type GraphShape, known, type Tensor } from '../graph';
import { FLOAT, first, type Gradient, input } from './operation';
import { shapeOf } from './shapes';

type Padding = 'same' | 'valid';

/** Output size along one axis: ceil(n / stride) for 'same', ceil((n - kernel + 1) / stride) for 'valid'. */
const outputSize = (n: number, kernel: number, stride: number, padding: Padding) => Math.ceil((padding === 'same' ? n : n - kernel + 1) / stride);

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
export const conv2d = (g: Graph, x: Tensor, kernel: Tensor, stride: number, padding: Padding): Tensor =>
  g.tensor('Conv2D', {
    inputs: [x, kernel],
    attributes: options(stride, padding),
    outputs: [['float32', [batch(x), ...spatial(x, kernel, stride, padding), kernel.shape[3] ?? null]]]
  });

/** @param x [n, h, w, c]; @param kernel [kh, kw, c, 1] */
export const depthwiseConv2d = (g: Graph, x: Tensor, kernel: Tensor, stride: number, padding: Padding): Tensor =>
  g.tensor('DepthwiseConv2dNative', {
    inputs: [x, kernel],
    attributes: options(stride, padding),
    outputs: [['float32', [batch(x), ...spatial(x, kernel, stride, padding), x.shape[3] ?? null]]]
  });

/** With respect to the input: the transposed convolution; with respect to the kernel: the correlation of input and gradient. */
const convolutionGradient = (toInput: string, toKernel: string): Gradient => (g, node, dy) => {
  const [x, kernel] = [input(node, 0), input(node, 1)];
  const sizes = (shape: GraphShape) => g.ints(shape.map((size) => size ?? -1));
  return [
    g.tensor(toInput, { inputs: [shapeOf(g, x), kernel, first(dy)], attributes: { ...node.attributes }, outputs: [['float32', x.shape]] }),
    g.tensor(toKernel, { inputs: [x, sizes(kernel.shape), first(dy)], attributes: { ...node.attributes }, outputs: [['float32', kernel.shape]] })
  ];
};

export const gradients: Record<string, Gradient> = {
  Conv2D: convolutionGradient('Conv2DBackpropInput', 'Conv2DBackpropFilter'),
  DepthwiseConv2dNative: convolutionGradient('DepthwiseConv2dNativeBackpropInput', 'DepthwiseConv2dNativeBackpropFilter')
};
