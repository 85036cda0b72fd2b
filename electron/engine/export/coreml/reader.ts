/** An ML Program as a graph of ours: what our writer uses, each operation by its own definition. Maps are kept with channels last, as TensorFlow on a CPU wants them. */
import type { Graph, Tensor } from '../../graph/graph';
import { conv2d, depthwiseConv2d } from '../../graph/operations/convolution';
import { biasAdd, matMul } from '../../graph/operations/dense';
import { add, multiply, relu, relu6, softmax } from '../../graph/operations/elementwise';
import { resizeBilinear } from '../../graph/operations/resize';
import { mean, pad } from '../../graph/operations/shapes';
import { filtersLast } from '../channels-first';
import type { LoadedExport } from '../outlet';
import { runGraph } from '../running';
import { readBlob } from './blobs';
import { decodeCoreml, type Operation, type Value } from './proto';

interface Constant {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

export function readCoreml(model: Uint8Array, weights: Uint8Array): LoadedExport {
  const { input, operations } = decodeCoreml(model);
  const constants = new Map(operations.filter(({ type }) => type === 'const').map((operation) => [nameOf(operation), constantOf(operation.attributes['val'], weights)]));
  return runGraph(input.type.tensorType?.dimensions[2]?.constant.size ?? 0, (g, image) => {
    const values = new Map<string, Tensor>([[input.name, image]]);
    for (const operation of operations) {
      if (operation.type === 'const') continue;
      const named = (key: string): string => {
        const [binding] = operation.inputs[key]?.arguments ?? [];
        return binding && 'name' in binding ? binding.name : '';
      };
      if (operation.type === 'classify') return found(values, named('probabilities'));
      values.set(nameOf(operation), run(g, operation, { tensor: (key) => found(values, named(key)), constant: (key) => found(constants, named(key)), isConstant: (key) => constants.has(named(key)) }));
    }
    throw new Error('The program classifies nothing.');
  });
}

const nameOf = ({ outputs: [output] }: Operation): string => output?.name ?? '';

function found<T>(values: ReadonlyMap<string, T>, name: string): T {
  const value = values.get(name);
  if (value === undefined) throw new Error(`The program uses ${name} before it is there.`);
  return value;
}

export function constantOf(value: Value | undefined, weights: Uint8Array): Constant {
  const shape = (value?.type.tensorType?.dimensions ?? []).map(({ constant }) => constant.size);
  if (value?.blobFileValue) return { shape, values: readBlob(weights, value.blobFileValue.offset) };
  const { floats, ints } = value?.immediateValue?.tensor ?? {};
  return { shape, values: floats?.values ?? ints?.values ?? [] };
}

interface Inputs {
  tensor(key: string): Tensor;
  constant(key: string): Constant;
  isConstant(key: string): boolean;
}

function run(g: Graph, { type, outputs: [output] }: Operation, { tensor, constant, isConstant }: Inputs): Tensor {
  const number = (key: string): number => constant(key).values[0] ?? 0;
  const other = (): Tensor => (isConstant('y') ? g.constant(number('y')) : tensor('y'));
  switch (type) {
    // Numbers of 16 bits lie in numbers of 32; that the program rounds what it reckons is its own affair.
    case 'cast':
      return tensor('x');
    case 'mul':
      return multiply(g, tensor('x'), other());
    case 'add':
      return add(g, tensor('x'), other());
    case 'resize_bilinear':
      return resizeBilinear(g, tensor('x'), number('target_size_height'), number('target_size_width'));
    case 'conv': {
      const { shape: [filters = 0, depth = 0, height = 0, width = 0], values } = constant('weight');
      const [top = 0, bottom = 0, left = 0, right = 0] = Array.from(constant('pad').values);
      const x = pad(g, tensor('x'), [[0, 0], [top, bottom], [left, right], [0, 0]]);
      const kernel = filtersLast(values, filters, depth, height * width);
      const stride = number('strides');
      const sums = number('groups') > 1 ? depthwiseConv2d(g, x, g.constant(kernel, [height, width, filters, 1]), stride, 'valid') : conv2d(g, x, g.constant(kernel, [height, width, depth, filters]), stride, 'valid');
      return biasAdd(g, sums, g.constant(constant('bias').values, [filters]));
    }
    case 'relu':
      return relu(g, tensor('x'));
    case 'relu6':
      return relu6(g, tensor('x'));
    case 'reduce_mean':
      return mean(g, tensor('x'), [1, 2]);
    case 'linear':
      return biasAdd(g, matMul(g, tensor('x'), g.constant(constant('weight').values, constant('weight').shape), false, true), g.constant(constant('bias').values, constant('bias').shape));
    case 'softmax':
      return softmax(g, tensor('x'));
    default:
      throw new Error(`${output?.name ?? 'An operation'} is a ${type}, which is not read here.`);
  }
}
