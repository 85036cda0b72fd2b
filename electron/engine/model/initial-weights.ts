/** Fresh weights as Keras initialises them. */
import { type Network, type Shape, sizeOf, type WeightSpec, weightKey, type Weights } from './layers';
import { Random } from './random';

/** Glorot-uniform kernels, zero biases, betas and moving means, ones for gammas and moving variances; the same seed gives the same weights. */
export function initialWeights(network: Network, seed: number): Weights {
  const random = new Random(seed);
  const weights: Weights = new Map();
  for (const layer of network.layers) {
    for (const weight of layer.weights) weights.set(weightKey(layer, weight), initialize(weight, random));
  }
  return weights;
}

function initialize({ initializer, shape }: WeightSpec, random: Random): Float32Array {
  const values = new Float32Array(sizeOf(shape));
  switch (initializer) {
    case 'zeros':
      return values;
    case 'ones':
      return values.fill(1);
    case 'glorot_uniform': {
      const limit = glorotLimit(shape);
      return values.map(() => (random.next() * 2 - 1) * limit);
    }
  }
}

/** sqrt(6 / (fan in + fan out)) with Keras' `compute_fans`: the last two dimensions are channels in and out, those before are the receptive field. */
export function glorotLimit(shape: Shape): number {
  const [inputs = 1, outputs = 1] = shape.slice(-2);
  const receptive = sizeOf(shape.slice(0, -2));
  return Math.sqrt(6 / Math.max(2, receptive * (inputs + outputs)));
}
