/** Operations element by element, with NumPy's broadcasting where two tensors meet. */
import { type Graph, type GraphShape, type Tensor } from '../graph';
import { FLOAT, first, type Gradient, input, output } from './operation';
import { cast, reshape, shapeOf, sum } from './shapes';

/** NumPy's rule: sizes from the right are equal, or one of them is 1. */
function broadcast(a: GraphShape, b: GraphShape, op: string): GraphShape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [m, n] = [a[a.length - rank + i] ?? (i < rank - a.length ? 1 : null), b[b.length - rank + i] ?? (i < rank - b.length ? 1 : null)];
    if (m === 1) return n;
    if (n === 1 || m === n || n === null) return m;
    if (m === null) return n;
    throw new Error(`${op} got shapes that do not fit: [${a.join(', ')}] and [${b.join(', ')}].`);
  });
}

const binary = (op: string) => (g: Graph, a: Tensor, b: Tensor): Tensor =>
  g.tensor(op, { inputs: [a, b], attributes: FLOAT, outputs: [['float32', broadcast(a.shape, b.shape, op)]] });

export const add = binary('AddV2');
export const subtract = binary('Sub');
export const multiply = binary('Mul');
export const divide = binary('RealDiv');
/** a / b, 0 where b is 0; TensorFlow's optimizer leaves it alone, where it makes a * (1 / b) of `divide` by a constant: other last digits. */
export const divideNoNan = binary('DivNoNan');
export const maximum = binary('Maximum');
/** 1 where a >= b, else 0 */
export const greaterEqual = (g: Graph, a: Tensor, b: Tensor): Tensor =>
  cast(g, g.tensor('GreaterEqual', { inputs: [a, b], attributes: FLOAT, outputs: [['bool', broadcast(a.shape, b.shape, 'GreaterEqual')]] }), 'float32');
/** (a - b)^2 */
export const squaredDifference = binary('SquaredDifference');

const unary = (op: string) => (g: Graph, x: Tensor): Tensor => g.tensor(op, { inputs: [x], attributes: FLOAT, outputs: [['float32', x.shape]] });

export const relu = unary('Relu');
export const relu6 = unary('Relu6');
export const rsqrt = unary('Rsqrt');
export const square = unary('Square');
export const sqrt = unary('Sqrt');
export const softmax = unary('Softmax');

/** Sums a gradient over the axes along which `like` was broadcast. */
function unbroadcast(g: Graph, gradient: Tensor, like: Tensor): Tensor {
  const extra = gradient.shape.length - like.shape.length;
  const axes = gradient.shape.flatMap((size, axis) => (axis < extra || (like.shape[axis - extra] === 1 && size !== 1) ? [axis] : []));
  if (axes.length === 0) return gradient;
  const reduced = sum(g, gradient, axes);
  return like.shape.includes(null) ? reshape(g, reduced, shapeOf(g, like), like.shape) : reshape(g, reduced, g.ints(like.shape as number[]), like.shape);
}

export const gradients: Record<string, Gradient> = {
  // d(a + b) = da + db
  AddV2: (g, node, dy) => [unbroadcast(g, first(dy), input(node, 0)), unbroadcast(g, first(dy), input(node, 1))],
  // d(a - b) = da - db
  Sub: (g, node, dy) => [unbroadcast(g, first(dy), input(node, 0)), unbroadcast(g, multiply(g, first(dy), g.constant(-1)), input(node, 1))],
  // d(a * b) = da * b + a * db
  Mul: (g, node, dy) => [
    unbroadcast(g, multiply(g, first(dy), input(node, 1)), input(node, 0)),
    unbroadcast(g, multiply(g, first(dy), input(node, 0)), input(node, 1))
  ],
  // d(x^2) = 2 x dx
  Square: (g, node, dy) => [multiply(g, first(dy), multiply(g, input(node, 0), g.constant(2)))],
  // 1 where x > 0
  Relu: (g, node, dy) => [g.tensor('ReluGrad', { inputs: [first(dy), output(node, 0)], attributes: FLOAT, outputs: [['float32', input(node, 0).shape]] })],
  // 1 where 0 < x < 6
  Relu6: (g, node, dy) => [g.tensor('Relu6Grad', { inputs: [first(dy), output(node, 0)], attributes: FLOAT, outputs: [['float32', input(node, 0).shape]] })]
};
