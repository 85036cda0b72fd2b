/** Exports of our own that keep no Keras layers, but the steps of `fold`: their numbers back in the layers that they came from. */
import { initialWeights } from '../../model/initial-weights';
import { type Layer, type Weights, weightKey } from '../../model/layers';
import { type ModelMeta, networkOf } from '../../model/model-folder';
import { fold, type Step, type StepOf } from '../folded';
import { unchanged } from './recognise';

type Weighted = StepOf<'conv'> | StepOf<'depthwise'> | StepOf<'dense'>;
const isWeighted = (step: Step): step is Weighted => 'values' in step;

/** What a file has for a step, the `index`th of `count` with weights: its kernel in `fold`'s order, and its bias. */
export type StepWeights = (step: Weighted, index: number, count: number) => { readonly values: Float32Array; readonly bias: Float32Array };

/** @throws Error where the file has numbers for another network than `meta` tells of */
export function unfold(meta: ModelMeta, weightsOf: StepWeights): Weights {
  const network = networkOf(meta);
  const weights = initialWeights(network, 0);
  const steps = fold(network, weights, meta).filter(isWeighted);
  const layers = network.layers.filter(({ type }) => type === 'Conv2D' || type === 'DepthwiseConv2D' || type === 'Dense');
  const put = (layer: Layer, name: string, values: Float32Array): void => {
    const key = weightKey(layer, name);
    if (weights.get(key)?.length !== values.length) throw new Error(`it has ${values.length} numbers for ${key}`);
    weights.set(key, values);
  };
  layers.forEach((layer, i) => {
    const { values, bias } = weightsOf(steps[i] as Weighted, i, steps.length);
    put(layer, 'kernel', values);
    if (layer.type === 'Dense') return put(layer, 'bias', bias);
    const norm = network.layers.find((other) => other.type === 'BatchNormalization' && other.inputs[0] === layer.name);
    if (norm?.type !== 'BatchNormalization') throw new Error(`${layer.name} has no batch norm behind it.`);
    for (const [name, numbers] of Object.entries(unchanged(norm, bias))) put(norm, name, numbers);
  });
  return weights;
}
