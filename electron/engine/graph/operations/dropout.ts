/** Dropout (Srivastava et al. 2014), scaled while training as Keras does, so that nothing is left to do when the network predicts. */
import type { Graph, Tensor } from '../graph';
import { greaterEqual, multiply } from './elementwise';
import { shapeOf } from './shapes';

/**
 * A share `rate` of the values becomes 0, the others are 1 / (1 - rate) as large.
 * @param seed int32 [2], fed: the same seed drops the same values, so that a run can be repeated and gone on with
 * @param salt of this layer: two layers drop different values
 */
export function dropout(g: Graph, x: Tensor, rate: number, seed: Tensor, salt: number): Tensor {
  const own = g.tensor('AddV2', { inputs: [seed, g.ints([salt, 0])], attributes: { T: { type: 'int32' } }, outputs: [['int32', [2]]] });
  const drawn = g.tensor('StatelessRandomUniform', {
    inputs: [shapeOf(g, x), own],
    attributes: { dtype: { type: 'float32' }, T: { type: 'int32' }, Tseed: { type: 'int32' } },
    outputs: [['float32', x.shape]]
  });
  return multiply(g, x, multiply(g, greaterEqual(g, drawn, g.constant(rate)), g.constant(1 / (1 - rate))));
}
