/** Gradients of every operation against central differences of the same graph's forward pass. Whoever gives an operation a gradient adds a case. */
import { describe, expect, test } from 'vitest';
import { GRADIENTS, gradients } from '../../electron/engine/graph/gradients';
import { Graph, nameOf, type Tensor } from '../../electron/engine/graph/graph';
import { batchNormalize } from '../../electron/engine/graph/operations/batch-norm';
import { conv2d, depthwiseConv2d } from '../../electron/engine/graph/operations/convolution';
import { biasAdd, matMul } from '../../electron/engine/graph/operations/dense';
import { add, multiply, relu, relu6, square, subtract } from '../../electron/engine/graph/operations/elementwise';
import { categoricalCrossentropy, smoothedOneHot, sparseCategoricalCrossentropy } from '../../electron/engine/graph/operations/loss';
import { mean, pad, reshapeTo, slice, sum } from '../../electron/engine/graph/operations/shapes';
import { encodeSavedModel } from '../../electron/engine/graph/saved-model';
import { buildNetwork } from '../../electron/engine/graph/network';
import { mobileNetV2 } from '../../electron/engine/model/mobilenet-v2';
import { Random } from '../../electron/engine/model/random';
import { Session } from '../../electron/engine/runtime/session';

type Case = {
  shapes: number[][];
  build: (g: Graph, inputs: Tensor[]) => Tensor;
  /** Values lie between half of this and its negative. */
  spread?: number;
  /** The first input's first size is no batch: it has to be known. */
  batch?: false;
};

const cases: Record<string, Case> = {
  'Conv2D, stride 1, same': { shapes: [[2, 5, 5, 3], [3, 3, 3, 4]], build: (g, [x, k]) => conv2d(g, x!, k!, 1, 'same') },
  'Conv2D, stride 2, valid': { shapes: [[2, 7, 7, 2], [3, 3, 2, 3]], build: (g, [x, k]) => conv2d(g, x!, k!, 2, 'valid') },
  'depthwise, stride 1, same': { shapes: [[2, 4, 4, 3], [3, 3, 3, 1]], build: (g, [x, k]) => depthwiseConv2d(g, x!, k!, 1, 'same') },
  'depthwise, stride 1, map smaller than the kernel': { shapes: [[3, 2, 2, 3], [3, 3, 3, 1]], build: (g, [x, k]) => depthwiseConv2d(g, x!, k!, 1, 'same') },
  'depthwise, stride 2, same, even': { shapes: [[2, 6, 6, 3], [3, 3, 3, 1]], build: (g, [x, k]) => depthwiseConv2d(g, x!, k!, 2, 'same') },
  'depthwise, stride 2, to a map smaller than the kernel': { shapes: [[2, 3, 4, 3], [3, 3, 3, 1]], build: (g, [x, k]) => depthwiseConv2d(g, x!, k!, 2, 'same') },
  'depthwise, stride 2, valid': { shapes: [[2, 5, 5, 3], [3, 3, 3, 1]], build: (g, [x, k]) => depthwiseConv2d(g, x!, k!, 2, 'valid') },
  'batch norm with batch statistics': { shapes: [[4, 3, 3, 2], [2], [2]], build: (g, [x, gamma, beta]) => batchNormalize(g, x!, gamma!, beta!, 1e-3).y },
  'batch norm of single places': { shapes: [[9, 1, 1, 2], [2], [2]], build: (g, [x, gamma, beta]) => batchNormalize(g, x!, gamma!, beta!, 1e-3).y },
  'matrix product': { shapes: [[3, 4], [4, 5]], build: (g, [a, b]) => matMul(g, a!, b!) },
  bias: { shapes: [[2, 2, 2, 3], [3]], build: (g, [x, b]) => biasAdd(g, x!, b!) },
  'addition and subtraction': { shapes: [[3, 4], [3, 4], [4]], build: (g, [a, b, c]) => subtract(g, add(g, a!, b!), c!) },
  'product, broadcast': { shapes: [[2, 3, 3, 4], [4]], build: (g, [a, b]) => multiply(g, a!, b!) },
  square: { shapes: [[12]], build: (g, [x]) => square(g, x!) },
  relu: { shapes: [[40]], build: (g, [x]) => relu(g, x!) },
  relu6: { shapes: [[40]], spread: 12, build: (g, [x]) => relu6(g, x!) },
  identity: { shapes: [[5]], build: (g, [x]) => g.after([], x!, 'same') },
  reshape: { shapes: [[2, 3, 4]], build: (g, [x]) => reshapeTo(g, x!, [4, 6]) },
  pad: { shapes: [[2, 3, 3, 2]], build: (g, [x]) => pad(g, x!, [[0, 0], [0, 1], [1, 0], [0, 0]]) },
  slice: { shapes: [[3, 3, 4, 1]], build: (g, [x]) => slice(g, x!, [0, 1, 1, 0], [-1, 1, 2, 1]) },
  'slice of the first axis': { shapes: [[3, 3, 4, 1]], batch: false, build: (g, [x]) => slice(g, x!, [1, 1, 0, 0], [1, 1, 4, 1]) },
  'mean over places': { shapes: [[2, 3, 3, 4]], build: (g, [x]) => mean(g, x!, [1, 2]) },
  'mean of all': { shapes: [[3, 4]], build: (g, [x]) => reshapeTo(g, mean(g, x!, [0, 1]), [1]) },
  sum: { shapes: [[3, 2, 4]], build: (g, [x]) => sum(g, x!, [1]) },
  'cross-entropy': { shapes: [[4, 5]], build: (g, [x]) => sparseCategoricalCrossentropy(g, x!, g.constant([0, 4, 2, 1], [4], 'int32')) },
  'cross-entropy with a distribution': {
    shapes: [[3, 4]],
    build: (g, [x]) => categoricalCrossentropy(g, x!, smoothedOneHot(g, g.constant([0, 3, 1], [3], 'int32'), 4, 0.2))
  }
};

const sizeOf = (shape: readonly (number | null)[]): number => shape.reduce<number>((product, n) => product * (n ?? 1), 1);

/** A case's graph; with `free`, the first input's first size is only known when it runs, as the batch's is in training. */
function graphOf({ shapes, build }: Case, free = false): { g: Graph; inputs: Tensor[]; y: Tensor } {
  const g = new Graph();
  const inputs = shapes.map((shape, i) => g.placeholder(`x${i}`, 'float32', free && i === 0 ? [null, ...shape.slice(1)] : shape));
  return { g, inputs, y: build(g, inputs) };
}

const variants = Object.entries(cases).flatMap(([name, tried]) => (tried.batch === false ? [false] : [false, true]).map((free) => ({ name: free ? `${name}, any batch` : name, tried, free })));

describe('gradients', () => {
  test.each(variants)('$name', ({ tried, free }) => {
    const { shapes, spread = 2 } = tried;
    const random = new Random(7);
    const values = shapes.map((shape) => Float32Array.from({ length: sizeOf(shape) }, () => (random.next() - 0.5) * spread + 0.013));
    const size = sizeOf(graphOf(tried).y.shape);
    const { g, inputs, y } = graphOf(tried, free);
    // A weighted mean, so that every output counts differently.
    const weights = g.constant(Float32Array.from({ length: size }, () => random.next()), [size]);
    const loss = mean(g, multiply(g, reshapeTo(g, y, [size]), weights), [0]);
    const session = new Session(encodeSavedModelWith(g, loss, inputs));
    const feeds = () => values.map((data, i) => ({ name: `x${i}:0`, shape: shapes[i]!, data }));
    const exact = session.run(feeds(), inputs.map((_, i) => `d${i}:0`));
    const at = (): number => session.run(feeds(), ['loss:0'])[0]![0]!;
    const h = 1e-2;
    values.forEach((array, i) => {
      for (let k = 0; k < array.length; k += Math.max(1, Math.floor(array.length / 9))) {
        const kept = array[k]!;
        array[k] = kept + h;
        const up = at();
        array[k] = kept - h;
        const down = at();
        array[k] = kept;
        const difference = (up - down) / (2 * h);
        expect(Math.abs(exact[i]![k]! - difference), `input ${i}, value ${k}: ${exact[i]![k]} against ${difference}`).toBeLessThan(1e-4 + 5e-3 * Math.abs(difference));
      }
    });
    session.dispose();
  });

  test('every operation that has a gradient has a case', () => {
    const tried = new Set(Object.values(cases).flatMap((one) => graphOf(one).g.nodes.map((node) => node.op)));
    expect(Object.keys(GRADIENTS).filter((op) => !tried.has(op))).toEqual([]);
  });

  test('a slice of an unknown number of rows is refused, not differentiated wrongly', () => {
    const { g, inputs, y } = graphOf(cases['slice of the first axis']!, true);
    expect(() => gradients(g, mean(g, y, [0, 1, 2, 3]), inputs)).toThrow('The gradient of Slice needs a known size on axis 0');
  });

  test('shapes that do not fit are refused, both shown', () => {
    const g = new Graph();
    const of = (shape: number[]) => g.placeholder('x', 'float32', shape);
    expect(() => matMul(g, of([2, 3]), of([4, 5]))).toThrow('MatMul got shapes that do not fit: [2, 3] and [4, 5].');
    expect(() => matMul(g, of([3, 2]), of([5, 3]), true, true)).not.toThrow();
    expect(() => conv2d(g, of([1, 5, 5, 3]), of([3, 3, 4, 8]), 1, 'same')).toThrow('Conv2D got shapes that do not fit: [1, 5, 5, 3] and [3, 3, 4, 8].');
    expect(() => add(g, of([2, 3]), of([4]))).toThrow('[2, 3] and [4]');
  });

  test('a layer whose weights do not fit is named', () => {
    const g = new Graph();
    const given = new Map([['input_layer', g.placeholder('x', 'float32', [null, 32, 32, 3])]]);
    const weight = () => g.placeholder('w', 'float32', [3, 3, 5, 16]);
    expect(() => buildNetwork(g, mobileNetV2({ alpha: 0.35, inputSize: 32 }), { given, weight })).toThrow('Conv1 (Conv2D): Conv2D got shapes that do not fit: [?, 32, 32, 3] and [3, 3, 5, 16].');
  });

  test('an operation without a gradient is named', () => {
    const g = new Graph();
    const x = g.placeholder('x', 'float32', [3]);
    const y = g.tensor('Floor', { inputs: [x], attributes: { T: { type: 'float32' } }, outputs: [['float32', [3]]] });
    expect(() => gradients(g, mean(g, y, [0]), [x])).toThrow(/Floor/);
  });
});

/** The graph with its gradients under the names d0, d1, ... */
function encodeSavedModelWith(g: Graph, loss: Tensor, inputs: Tensor[]): Uint8Array {
  g.after([], loss, 'loss');
  gradients(g, loss, inputs).forEach((gradient, i) => g.after([], gradient, `d${i}`));
  expect(nameOf(loss)).toContain(':0');
  return encodeSavedModel(g);
}
