/** A LiteRT file as a graph of ours: each operation by its own definition, int8 as the numbers it stands for, rounded where the file rounds. */
import type { Graph, Tensor } from '../../graph/graph';
import { conv2d, depthwiseConv2d } from '../../graph/operations/convolution';
import { biasAdd, matMul } from '../../graph/operations/dense';
import { add, divideNoNan, maximum, multiply, relu, relu6, softmax, subtract } from '../../graph/operations/elementwise';
import { FLOAT } from '../../graph/operations/operation';
import { resizeBilinear } from '../../graph/operations/resize';
import { mean } from '../../graph/operations/shapes';
import { fromHalf } from '../half';
import type { LoadedExport } from '../outlet';
import { runGraph } from '../running';
import { ACTIVATIONS, decodeTflite, type Quantization, SAME, type TfliteModel, type TfliteOperator, type TfliteTensor, TYPES } from './schema';

/** Of what comes in and an operation's weights. */
type Product = (x: Tensor, weights: Tensor) => Tensor;

export function readTflite(bytes: Uint8Array): LoadedExport {
  const model = decodeTflite(bytes);
  return runGraph(model.tensors[model.input]?.shape[1] ?? 0, (g, image) => tfliteGraph(g, image, model));
}

/** What is looked at on the way, by the name of the tensor that an operation gives. */
export interface Watch {
  /** What a product with its bias has come to, before its activation. @returns what goes on from there */
  sum?(sum: Tensor, name: string): Tensor;
  /** What an operation gives, before it is rounded. */
  output?(y: Tensor, name: string): void;
}

/** @param image pixels 0..255, [n, size, size, 3]; @returns probabilities, [n, classes] */
export function tfliteGraph(g: Graph, image: Tensor, { tensors, operators, input, output }: TfliteModel, watch: Watch = {}): Tensor {
  const at = (index: number): TfliteTensor => {
    const tensor = tensors[index];
    if (!tensor) throw new Error(`The file uses tensor ${index}, which it does not have.`);
    return tensor;
  };
  const { quantization } = at(input);
  // Bytes that stand for other numbers.
  const pixels = quantization ? multiply(g, add(g, image, g.constant(-quantization.zeroPoint)), g.constant(quantization.scales[0] ?? 1)) : image;
  const values = new Map([[input, pixels]]);
  for (const operator of operators) {
    const x = (place = 0): Tensor => values.get(operator.inputs[place] ?? -1) ?? constant(g, at(operator.inputs[place] ?? -1));
    const given = (place: number): TfliteTensor => at(operator.inputs[place] ?? -1);
    // Weights of 8 bits on a float: the program rounds that, too, while it runs.
    const hybrid = operator.inputs.length > 1 && at(operator.output).type === TYPES.float32 && given(1).type === TYPES.int8;
    const weighted = (product: Product): Tensor => {
      const sum = biasAdd(g, hybrid ? inSteps(g, product, x(), given(1), roundedTogether(operator, given(1))) : product(x(), x(1)), x(2));
      return watch.sum?.(sum, at(operator.output).name) ?? sum;
    };
    const y = run(g, operator, x, given, weighted);
    watch.output?.(y, at(operator.output).name);
    values.set(operator.output, rounded(g, y, at(operator.output)));
  }
  return values.get(output) as Tensor;
}

/** The numbers that a constant stands for. */
export function numbers({ name, type, data, quantization, shape }: TfliteTensor): Float32Array {
  if (!data) throw new Error(`The file uses ${name} before it is there.`);
  const { buffer } = new Uint8Array(data);
  if (type === TYPES.float32) return new Float32Array(buffer);
  if (type === TYPES.float16) return fromHalf(new Uint16Array(buffer));
  const stored = type === TYPES.int8 ? new Int8Array(buffer) : new Int32Array(buffer);
  if (!quantization) return Float32Array.from(stored);
  const { scales, zeroPoint, dimension } = quantization;
  const inner = shape.slice(dimension + 1).reduce((product, size) => product * size, 1);
  return Float32Array.from(stored).map((value, i) => (value - zeroPoint) * (scales[Math.floor(i / inner) % scales.length] as number));
}

const constant = (g: Graph, tensor: TfliteTensor): Tensor => g.constant(numbers(tensor), tensor.shape);

/** To the numbers that a tensor of 8 bits can have. */
function rounded(g: Graph, x: Tensor, { type, quantization }: TfliteTensor): Tensor {
  if (!quantization) return x;
  const [least, most] = type === TYPES.uint8 ? [0, 255] : [-128, 127];
  const { scales: [scale = 1], zeroPoint }: Quantization = quantization;
  const ends = { min: { f: (least - zeroPoint) * scale }, max: { f: (most - zeroPoint) * scale } };
  return g.tensor('FakeQuantWithMinMaxArgs', { inputs: [x], attributes: { ...ends, num_bits: { i: 8 }, narrow_range: { b: false } }, outputs: [['float32', x.shape]] });
}

/**
 * Axes of a float's numbers that share a range when an operation with int8 weights rounds them. XNNPACK, to which LiteRT hands what it can,
 * makes a matrix product of a 1x1 convolution, and rounds each place of the map by itself as it does each row of a fully connected layer's input;
 * other convolutions round picture by picture (xnn_define_convolution_2d), and so does LiteRT's own depthwise kernel, which XNNPACK lacks
 * (EvalHybridPerChannel).
 */
function roundedTogether({ op, options }: TfliteOperator, { shape }: TfliteTensor): readonly number[] {
  if (op === 'FULLY_CONNECTED') return [1];
  const product = op === 'CONV_2D' && [shape[1], shape[2], options['stride_w'], options['stride_h']].every((size) => size === 1);
  return product ? [3] : [1, 2, 3];
}

/**
 * A product of a float, in 256 steps between its smallest and its largest number along the axes, and int8 weights. 0 is one of the steps, and the
 * ends move to make it so (xnn_qd8_asymmetric_quantization_params). Whole numbers are multiplied and added, as the program does, and nothing is lost
 * until the end: other last digits would fall to other steps in the next layer.
 */
function inSteps(g: Graph, product: Product, x: Tensor, weights: TfliteTensor, axes: readonly number[]): Tensor {
  const each = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const end = (op: 'Min' | 'Max') => g.tensor(op, { inputs: [x, g.ints(axes)], attributes: { ...FLOAT, Tidx: { type: 'int32' }, keep_dims: { b: true } }, outputs: [['float32', each]] });
  const round = (y: Tensor) => g.tensor('Round', { inputs: [y], attributes: FLOAT, outputs: [['float32', y.shape]] });
  const low = minimum(g, end('Min'), g.constant(0));
  const range = subtract(g, maximum(g, end('Max'), g.constant(0)), low);
  // Of nothing but zeros, no step counts.
  const stepsToOne = divideNoNan(g, g.constant(255), range);
  const least = round(multiply(g, low, stepsToOne));
  const steps = minimum(g, maximum(g, round(multiply(g, x, stepsToOne)), least), add(g, least, g.constant(255)));
  const sums = product(steps, constant(g, { ...weights, quantization: null }));
  const { scales = [1] } = weights.quantization ?? {};
  return multiply(g, multiply(g, sums, divideNoNan(g, g.constant(1), stepsToOne)), g.constant(scales, [scales.length]));
}

const minimum = (g: Graph, a: Tensor, b: Tensor): Tensor => g.tensor('Minimum', { inputs: [a, b], attributes: FLOAT, outputs: [['float32', a.shape]] });

function run(g: Graph, { op, options }: TfliteOperator, x: (place?: number) => Tensor, given: (place: number) => TfliteTensor, weighted: (product: Product) => Tensor): Tensor {
  const activated = (y: Tensor): Tensor => (options['activation'] === ACTIVATIONS.relu6 ? relu6(g, y) : options['activation'] === ACTIVATIONS.relu ? relu(g, y) : y);
  const stride = Number(options['stride_h'] ?? 1);
  const padding = (options['padding'] ?? SAME) === SAME ? 'same' : 'valid';
  switch (op) {
    case 'QUANTIZE':
    case 'DEQUANTIZE':
      return x();
    case 'MUL':
      return activated(multiply(g, x(), x(1)));
    case 'ADD':
      return activated(add(g, x(), x(1)));
    case 'RESIZE_BILINEAR': {
      const [height = 0, width = 0] = numbers(given(1));
      return resizeBilinear(g, x(), height, width);
    }
    case 'CONV_2D': {
      const [filters = 0, height = 0, width = 0, depth = 0] = given(1).shape;
      const kernel = (weights: Tensor): Tensor => transpose(g, weights, [1, 2, 3, 0], [height, width, depth, filters]);
      return activated(weighted((image, weights) => conv2d(g, image, kernel(weights), stride, padding)));
    }
    case 'DEPTHWISE_CONV_2D': {
      const [, height = 0, width = 0, channels = 0] = given(1).shape;
      const kernel = (weights: Tensor): Tensor => transpose(g, weights, [1, 2, 3, 0], [height, width, channels, 1]);
      return activated(weighted((image, weights) => depthwiseConv2d(g, image, kernel(weights), stride, padding)));
    }
    case 'MEAN':
      return mean(g, x(), Array.from(numbers(given(1))));
    case 'FULLY_CONNECTED':
      return activated(weighted((rows, weights) => matMul(g, rows, weights, false, true)));
    case 'SOFTMAX':
      return softmax(g, x());
  }
}

const transpose = (g: Graph, x: Tensor, order: readonly number[], shape: readonly number[]): Tensor =>
  g.tensor('Transpose', { inputs: [x, g.ints(order)], attributes: { T: { type: 'float32' }, Tperm: { type: 'int32' } }, outputs: [['float32', shape]] });
