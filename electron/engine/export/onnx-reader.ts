/** An ONNX file as a graph of ours: what our writer uses, each operation by its own definition in onnx/docs/Operators.md. */
import type { Graph, Tensor } from '../graph/graph';
import { conv2d, depthwiseConv2d } from '../graph/operations/convolution';
import { biasAdd, matMul } from '../graph/operations/dense';
import { add, multiply, relu, relu6, softmax } from '../graph/operations/elementwise';
import { resizeBilinear } from '../graph/operations/resize';
import { mean, pad, reshapeTo } from '../graph/operations/shapes';
import { filtersLast } from './channels-first';
import { decodeOnnx, FLOAT, type OnnxNode, type OnnxTensor } from './onnx-proto';
import type { LoadedExport } from './outlet';
import { runGraph } from './running';

interface Constant {
  readonly dims: readonly number[];
  readonly values: Float32Array | Float64Array;
}

/** Values of the graph, by name. Maps are kept with channels last, as TensorFlow on a CPU wants them: the file's Transpose to channels first changes nothing here. */
type Values = Map<string, Tensor>;

export function readOnnx(bytes: Uint8Array): LoadedExport {
  const { graph } = decodeOnnx(bytes);
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, constantOf(tensor)]));
  const [input] = graph.input as [{ name: string; type: { tensor_type: { shape: { dim: { dim_value?: number }[] } } } }];
  const [output] = graph.output as [{ name: string }];
  return runGraph(input.type.tensor_type.shape.dim[1]?.dim_value ?? 0, (g, image) => {
    const values: Values = new Map([[input.name, image]]);
    for (const node of graph.node) values.set(node.output[0] ?? '', run(g, node, values, constants));
    return found(values, output.name);
  });
}

export function constantOf({ dims, data_type, raw_data }: OnnxTensor): Constant {
  const { buffer: bytes } = new Uint8Array(raw_data);
  return { dims, values: data_type === FLOAT ? new Float32Array(bytes) : Float64Array.from(new BigInt64Array(bytes), Number) };
}

function found<T>(values: ReadonlyMap<string, T>, name: string): T {
  const value = values.get(name);
  if (value === undefined) throw new Error(`The file uses ${name} before it is there.`);
  return value;
}

function run(g: Graph, { name, op_type, input, attribute }: OnnxNode, values: Values, constants: ReadonlyMap<string, Constant>): Tensor {
  const x = (index = 0): Tensor => found(values, input[index] ?? '');
  const constant = (index: number): Constant => found(constants, input[index] ?? '');
  const scalar = (index: number): Tensor => g.constant(constant(index).values[0] ?? 0);
  const ints = (key: string): number[] => attribute.find((one) => one.name === key)?.ints ?? [];
  switch (op_type) {
    case 'Mul':
      return multiply(g, x(), scalar(1));
    case 'Add':
      return add(g, x(), constants.has(input[1] ?? '') ? scalar(1) : x(1));
    case 'Transpose':
      return x();
    case 'Resize': {
      const [height = 0, width = 0] = constant(3).values;
      return resizeBilinear(g, x(), height, width);
    }
    case 'Conv': {
      const [top = 0, left = 0, bottom = 0, right = 0] = ints('pads');
      const [stride = 1] = ints('strides');
      const kernel = constant(1);
      const [filters = 0, depth = 0, height = 0, width = 0] = kernel.dims;
      const padded = pad(g, x(), [[0, 0], [top, bottom], [left, right], [0, 0]]);
      const grouped = (attribute.find((one) => one.name === 'group')?.i ?? 1) > 1;
      const turned = filtersLast(kernel.values, filters, depth, height * width);
      const y = grouped
        ? depthwiseConv2d(g, padded, g.constant(turned, [height, width, filters, 1]), stride, 'valid')
        : conv2d(g, padded, g.constant(turned, [height, width, depth, filters]), stride, 'valid');
      return biasAdd(g, y, g.constant(constant(2).values, [filters]));
    }
    case 'Relu':
      return relu(g, x());
    case 'Clip':
      if (constant(1).values[0] !== 0 || constant(2).values[0] !== 6) throw new Error(`${name} does not clip to 0..6.`);
      return relu6(g, x());
    case 'GlobalAveragePool':
      return mean(g, x(), [1, 2]);
    case 'Flatten':
      return reshapeTo(g, x(), [null, x().shape[x().shape.length - 1] ?? 0]);
    case 'Gemm':
      return biasAdd(g, matMul(g, x(), g.constant(constant(1).values, constant(1).dims)), g.constant(constant(2).values, constant(2).dims));
    case 'Softmax':
      return softmax(g, x());
    default:
      throw new Error(`${name} is a ${op_type}, which is not read here.`);
  }
}
