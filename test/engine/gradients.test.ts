/** Gradients of every operation against central differences of the same graph's forward pass. */
import { describe, expect, test } from 'vitest';
import { gradients } from '../../electron/engine/graph/gradients';
import { Graph, nameOf, type Tensor } from '../../electron/engine/graph/graph';
import { batchNormalize } from '../../electron/engine/graph/operations/batch-norm';
import { conv2d, depthwiseConv2d } from '../../electron/engine/graph/operations/convolution';
import { biasAdd, matMul } from '../../electron/engine/graph/operations/dense';
import { add, multiply, relu, relu6, square, subtract } from '../../electron/engine/graph/operations/elementwise';
import { sparseCategoricalCrossentropy } from '../../electron/engine/graph/operations/loss';
import { mean, pad, reshapeTo, slice, sum } from '../../electron/engine/graph/operations/shapes';
import { encodeSavedModel } from '../../electron/engine/graph/saved-model';
import { Random } from '../../electron/engine/model/random';
import { Session } from '../../electron/engine/runtime/session';

type Case = { shapes: number[][]; build: (g: Graph, inputs: Tensor[]) => Tensor; spread?: number };

const cases: Record<string, Case> = {
  'Conv2D, stride 1, same': { shapes: [[2, 5, 5, 3], [3, 3, 3, 4]], build: (g, [x, k]) => conv2d(g, x!, k!, 1, 'same') },
  'Conv2D, stride 2, valid': { shapes: [[2, 7, 7, 2], [3, 3, 2, 3]], build: (g, [x, k]) => conv2d(g, x!, k!, 2, 'valid') },
  'Depthwise, stride 1, same': { shapes: [[2, 4, 4, 3], [3, 3, 3, 1]], build: (g, [x, k]) => depthwiseConv2d(g, x!, k!, 1, 'same') },
  'Depthwise, stride 2, valid': { shapes: [[2, 5, 5, 3], [3, 3, 3, 1]], build: (g, [x, k]) => depthwiseConv2d(g, x!, k!, 2, 'valid') },
  'batch norm with batch statistics': { shapes: [[4, 3, 3, 2], [2], [2]], build: (g, [x, gamma, beta]) => batchNormalize(g, x!, gamma!, beta!, 1e-3).y },
  'matrix product': { shapes: [[3, 4], [4, 5]], build: (g, [a, b]) => matMul(g, a!, b!) },
  bias: { shapes: [[2, 2, 2, 3], [3]], build: (g, [x, b]) => biasAdd(g, x!, b!) },
  'addition and subtraction': { shapes: [[3, 4], [3, 4], [4]], build: (g, [a, b, c]) => subtract(g, add(g, a!, b!), c!) },
  'product, broadcast': { shapes: [[2, 3, 3, 4], [4]], build: (g, [a, b]) => multiply(g, a!, b!) },
  square: { shapes: [[12]], build: (g, [x]) => square(g, x!) },
  relu: { shapes: [[40]], build: (g, [x]) => relu(g, x!) },
  relu6: { shapes: [[40]], spread: 12, build: (g, [x]) => relu6(g, x!) },
  pad: { shapes: [[2, 3, 3, 2]], build: (g, [x]) => pad(g, x!, [[0, 0], [0, 1], [1, 0], [0, 0]]) },
  slice: { shapes: [[3, 3, 4, 1]], build: (g, [x]) => slice(g, x!, [1, 1, 0, 0], [1, 1, 4, 1]) },
  'mean over places': { shapes: [[2, 3, 3, 4]], build: (g, [x]) => mean(g, x!, [1, 2]) },
  'sum over places': { shapes: [[2, 3, 3, 4]], build: (g, [x]) => sum(g, x!, [1, 2]) },
  'cross-entropy': { shapes: [[4, 5]], build: (g, [x]) => sparseCategoricalCrossentropy(g, x!, g.constant([0, 4, 2, 1], [4], 'int32')) }
};

describe('gradients', () => {
  test.each(Object.entries(cases))('%s', (_, { shapes, build, spread = 2 }) => {
    const random = new Random(7);
    const values = shapes.map((shape) => Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => (random.next() - 0.5) * spread + 0.013));
    const g = new Graph();
    const inputs = shapes.map((shape, i) => g.placeholder(`x${i}`, 'float32', shape));
    const y = build(g, inputs);
    // A weighted mean, so that every output counts differently.
    const size = y.shape.reduce<number>((a, b) => a * (b ?? 1), 1);
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
