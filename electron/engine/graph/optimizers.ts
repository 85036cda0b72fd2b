/** Updates of variables by their gradients, with Keras' formulas and defaults. */
import type { Optimizer } from '../../contract';
import type { Graph, Node, Tensor, Variable } from './graph';
import { FLOAT } from './operations/operation';

export interface OptimizerNodes {
  /** The updates of one step. */
  updates: Node[];
  /** The optimizer's own variables, all zero at the start. */
  slots: Variable[];
  /** Scalars to feed at step t (from 1), beside the learning rate. */
  scalars: { name: string; at: (t: number) => number }[];
}

const BETA_1 = 0.9;
const BETA_2 = 0.999;
/** Keras' epsilon, not TensorFlow 1's 1e-8. */
const EPSILON = 1e-7;

/** @param learningRate scalar tensor, fed each step */
export function optimize(g: Graph, optimizer: Optimizer, learningRate: Tensor, pairs: readonly (readonly [Variable, Tensor])[]): OptimizerNodes {
  const slots: Variable[] = [];
  const slot = (variable: Variable, name: string): Variable => {
    const made = g.variable(`${name}/${variable.name}`, variable.shape);
    slots.push(made);
    return made;
  };
  const attributes = { ...FLOAT, use_locking: { b: false } };
  switch (optimizer.name) {
    case 'adam': {
      // Kingma and Ba 2015, section 2: m and v are moving averages of gradient and squared gradient, the step is
      // rate * sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) + epsilon)
      const [power1, power2] = [g.placeholder('beta_1_power', 'float32', []), g.placeholder('beta_2_power', 'float32', [])];
      const fixed = [g.constant(BETA_1), g.constant(BETA_2), g.constant(EPSILON)];
      const updates = pairs.map(([variable, gradient]) =>
        g.add('ResourceApplyAdam', {
          inputs: [variable.handle, slot(variable, 'm').handle, slot(variable, 'v').handle, power1, power2, learningRate, ...fixed, gradient],
          attributes: { ...attributes, use_nesterov: { b: false } }
        })
      );
      return { updates, slots, scalars: [{ name: 'beta_1_power:0', at: (t) => BETA_1 ** t }, { name: 'beta_2_power:0', at: (t) => BETA_2 ** t }] };
    }
    case 'sgd': {
      const momentum = optimizer.momentum ?? 0;
      // velocity = momentum * velocity - rate * gradient; weight += velocity (Keras' SGD)
      const updates = pairs.map(([variable, gradient]) =>
        momentum === 0
          ? g.add('ResourceApplyGradientDescent', { inputs: [variable.handle, learningRate, gradient], attributes })
          : g.add('ResourceApplyKerasMomentum', {
              inputs: [variable.handle, slot(variable, 'velocity').handle, learningRate, gradient, g.constant(momentum)],
              attributes: { ...attributes, use_nesterov: { b: false } }
            })
      );
      return { updates, slots, scalars: [] };
    }
  }
}
