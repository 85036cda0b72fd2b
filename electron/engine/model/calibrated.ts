/** A model's temperature worked into its weights, so that whatever runs the network answers calibrated. */
import { outputLayer, type Weights, weightKey } from './layers';
import type { TrainedModel } from './model-folder';

/**
 * softmax((xW + b) / T) is softmax(x(W / T) + b / T): the last Dense's kernel and bias divided by the temperature T, all else as it is
 * (Guo et al. 2017, section 4.2). The model's own weights where T is 1.
 */
export function calibratedWeights({ network, weights, meta: { temperature } }: TrainedModel): Weights {
  if (temperature === 1) return weights;
  const last = outputLayer(network);
  const divided = last.weights.map((weight): [string, Float32Array] => {
    const key = weightKey(last, weight);
    return [key, (weights.get(key) ?? new Float32Array()).map((value) => value / temperature)];
  });
  return new Map([...weights, ...divided]);
}
