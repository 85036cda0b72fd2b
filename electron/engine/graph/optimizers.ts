/** Updates of variables by their gradients, with Keras' formulas and defaults. */
import type { Optimizer } from '../../contract';
import type { Graph, Node, Tensor, Variable } from './graph';
import { add, divide, maximum, multiply, sqrt, square, subtract } from './operations/elementwise';
import { FLOAT } from './operations/operation';
import { reshapeTo, sum } from './operations/shapes';

export interface OptimizerNodes {
  /** The updates of one step. */
  updates: Node[];
  /** The optimizer's own variables, all zero at the start. */
  slots: Variable[];
  /** Scalars to feed at step t (from 1), beside the learning rate. */
  scalars: { name: string; at: (t: number) => number }[];
  /** The moving average of each variable, in their order; empty without `emaMomentum`. */
  averages: Variable[];
}

type Pair = readonly [variable: Variable, gradient: Tensor];

/** Keras' epsilon, not TensorFlow 1's 1e-8. */
const EPSILON = 1e-7;

/** @param learningRate scalar tensor, fed each step */
export function optimize(g: Graph, optimizer: Optimizer, learningRate: Tensor, pairs: readonly Pair[]): OptimizerNodes {
  const made: OptimizerNodes = { updates: [], slots: [], scalars: [], averages: [] };
  const slot = (variable: Variable, name: string): Variable => {
    const added = g.variable(`${name}/${variable.name}`, variable.shape);
    made.slots.push(added);
    return added;
  };
  const scalar = (name: string, at: (t: number) => number): Tensor => {
    made.scalars.push({ name: `${name}:0`, at });
    return g.placeholder(name, 'float32', []);
  };
  const apply = applier(g, optimizer, learningRate, slot, scalar);
  made.updates = clipped(g, optimizer, pairs).map(([variable, gradient]) => apply(variable, gradient));
  if (optimizer.emaMomentum !== undefined) {
    const { emaMomentum } = optimizer;
    // The first average is the weight itself.
    const momentum = scalar('ema_momentum', (t) => (t === 1 ? 0 : emaMomentum));
    made.averages = pairs.map(([variable]) => slot(variable, 'average'));
    made.updates = pairs.flatMap(([variable], i) => {
      const [update, average] = [made.updates[i] as Node, made.averages[i] as Variable];
      const updated = g.tensor('ReadVariableOp', { inputs: [variable.handle], controls: [update], attributes: { dtype: { type: 'float32' } }, outputs: [['float32', variable.shape]] });
      return [update, g.assign(average, add(g, updated, multiply(g, momentum, subtract(g, average.value, updated))))];
    });
  }
  return made;
}

/** The update of one variable by its gradient, as one fused operation of TensorFlow. */
function applier(
  g: Graph,
  optimizer: Optimizer,
  learningRate: Tensor,
  slot: (variable: Variable, name: string) => Variable,
  scalar: (name: string, at: (t: number) => number) => Tensor
): (variable: Variable, gradient: Tensor) => Node {
  const attributes = { ...FLOAT, use_locking: { b: false } };
  switch (optimizer.name) {
    case 'sgd': {
      const { momentum = 0, nesterov = false } = optimizer;
      // velocity = momentum * velocity - rate * gradient; weight += velocity, or with Nesterov: weight += momentum * velocity - rate * gradient
      if (momentum === 0) return (variable, gradient) => g.add('ResourceApplyGradientDescent', { inputs: [variable.handle, learningRate, gradient], attributes });
      return (variable, gradient) =>
        g.add('ResourceApplyKerasMomentum', {
          inputs: [variable.handle, slot(variable, 'velocity').handle, learningRate, gradient, g.constant(momentum)],
          attributes: { ...attributes, use_nesterov: { b: nesterov } }
        });
    }
    case 'rmsprop': {
      // Tieleman and Hinton 2012: v = rho * v + (1 - rho) * gradient^2; the step is rate * gradient / sqrt(v + epsilon),
      // centered: v - (mean gradient)^2 in the place of v; momentum adds up steps.
      const { rho = 0.9, momentum = 0, epsilon = EPSILON, centered = false } = optimizer;
      const fixed = [g.constant(rho), g.constant(momentum), g.constant(epsilon)];
      return (variable, gradient) =>
        g.add(centered ? 'ResourceApplyCenteredRMSProp' : 'ResourceApplyRMSProp', {
          inputs: [variable.handle, ...(centered ? ['mean_gradient', 'v', 'velocity'] : ['v', 'velocity']).map((name) => slot(variable, name).handle), learningRate, ...fixed, gradient],
          attributes
        });
    }
    case 'adam':
    case 'adamw': {
      // Kingma and Ba 2015, section 2: m and v are moving averages of gradient and squared gradient, the step is
      // rate * sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) + epsilon)
      const { beta1 = 0.9, beta2 = 0.999, epsilon = EPSILON } = optimizer;
      const powers = [scalar('beta_1_power', (t) => beta1 ** t), scalar('beta_2_power', (t) => beta2 ** t)];
      const fixed = [g.constant(beta1), g.constant(beta2), g.constant(epsilon)];
      const decay = optimizer.name === 'adamw' ? multiply(g, learningRate, g.constant(optimizer.weightDecay ?? 0.004)) : null;
      return (variable, gradient) =>
        g.add('ResourceApplyAdam', {
          inputs: [variable.handle, slot(variable, 'm').handle, slot(variable, 'v').handle, ...powers, learningRate, ...fixed, gradient],
          // Loshchilov and Hutter 2019: weight -= rate * decay * weight before the step; as in Keras, biases and gains too.
          controls: decay ? [g.add('AssignSubVariableOp', { inputs: [variable.handle, multiply(g, variable.value, decay)], controls: [gradient.node], attributes: { dtype: { type: 'float32' } } })] : [],
          attributes: { ...attributes, use_nesterov: { b: false } }
        });
    }
  }
}

/** Gradients scaled down to the wanted norm where they are longer: each by itself, or all by the same factor. */
function clipped(g: Graph, { clipnorm, globalClipnorm }: Optimizer, pairs: readonly Pair[]): readonly Pair[] {
  const limit = clipnorm ?? globalClipnorm;
  if (limit === undefined) return pairs;
  const squares = pairs.map(([, gradient]) => squaredNorm(g, gradient));
  const scale = (squared: Tensor): Tensor => divide(g, g.constant(limit), maximum(g, sqrt(g, squared), g.constant(limit)));
  const all = globalClipnorm === undefined ? null : scale(g.tensor('AddN', { inputs: squares, attributes: { ...FLOAT, N: { i: squares.length } }, outputs: [['float32', []]] }));
  return pairs.map(([variable, gradient], i) => [variable, multiply(g, gradient, all ?? scale(squares[i] as Tensor))] as const);
}

/** Sum of the squares of all values, a scalar. */
export const squaredNorm = (g: Graph, x: Tensor): Tensor =>
  sum(g, square(g, reshapeTo(g, x, [x.shape.reduce<number>((product, n) => product * (n ?? 1), 1)])), [0]);
