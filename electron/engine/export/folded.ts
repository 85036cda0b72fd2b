/**
 * A network ready to predict, as a list of steps: batch norms multiplied into the convolutions before them, paddings and activations drawn into
 * the operation they belong to, the way from pixels to the network's range in front. What formats without Keras' layers are written from.
 */
import type { Scale } from '../../contract';
import { samePadding } from '../graph/operations/convolution';
import { type Layer, type LayerOf, type Network, type Padding, type Shape, type Weights, weightKey } from '../model/layers';
import { rescaling } from './outlet';

export type Activation = 'linear' | 'relu' | 'relu6';

/** [top, bottom], [left, right] */
export type Pads = readonly [readonly [number, number], readonly [number, number]];

interface StepBase {
  /** The Keras layer whose output this is; of the entrance and the logits a name of their own. */
  readonly name: string;
  /** Names of the steps that it takes from. */
  readonly inputs: readonly string[];
  /** Without the batch. */
  readonly outputShape: Shape;
}

interface Kernel {
  readonly values: Float32Array;
  readonly bias: Float32Array;
  readonly activation: Activation;
}

interface Sliding extends Kernel {
  readonly kernelSize: number;
  readonly strides: number;
  readonly pads: Pads;
}

export type Step = StepBase &
  (
    /** Pixels 0..255. */
    | { readonly op: 'image' }
    /** x * scale + offset */
    | { readonly op: 'rescale'; readonly scale: number; readonly offset: number }
    /** Bilinear, half-pixel centres, to outputShape. */
    | { readonly op: 'resize' }
    /** values: [k, k, channels in, filters] */
    | ({ readonly op: 'conv' } & Sliding)
    /** values: [k, k, channels] */
    | ({ readonly op: 'depthwise' } & Sliding)
    | { readonly op: 'add' }
    /** Over height and width. */
    | { readonly op: 'mean' }
    /** values: [inputs, units] */
    | ({ readonly op: 'dense' } & Kernel)
    | { readonly op: 'softmax' }
  );

export type StepOf<T extends Step['op']> = Extract<Step, { op: T }>;

/** The names that callers of an export know. */
export const INPUT = 'image';
export const OUTPUT = 'probabilities';

/** @param entrance what the pixels go through, as the model's description says */
export function fold(network: Network, weights: Weights, { scale, imageSize, inputSize }: { scale: Scale; imageSize: number; inputSize: number }): Step[] {
  const [input, ...layers] = network.layers;
  if (input?.type !== 'InputLayer') throw new Error('A network begins with its InputLayer.');
  const pictures = [imageSize, imageSize, 3];
  const resized = imageSize !== inputSize;
  const steps: Step[] = [
    { op: 'image', name: INPUT, inputs: [], outputShape: pictures },
    { op: 'rescale', name: resized ? 'rescaling' : input.name, inputs: [INPUT], outputShape: pictures, ...rescaling(scale) }
  ];
  if (resized) steps.push({ op: 'resize', name: input.name, inputs: ['rescaling'], outputShape: input.outputShape });

  const consumers = new Map<string, Layer[]>();
  for (const layer of layers) for (const name of layer.inputs) consumers.set(name, [...(consumers.get(name) ?? []), layer]);
  /** Whether a layer is the only one that takes from another. */
  const alone = (name: string): boolean => consumers.get(name)?.length === 1;
  /** The step that a layer was drawn into, by the layer's name. */
  const drawn = new Map<string, string>();
  const paddings = new Map<string, { pads: Pads; from: string }>();
  const from = (name: string): string => drawn.get(name) ?? name;
  const weight = (layer: Layer, name: string): Float32Array => {
    const values = weights.get(weightKey(layer, name));
    if (!values) throw new Error(`The model has no weight ${weightKey(layer, name)}.`);
    return values;
  };
  /** Puts another step in the place of the last one, under the name of the layer that it now ends with. */
  const extend = (layer: Layer, change: (step: Step) => Step | null): void => {
    const index = steps.findIndex(({ name }) => name === from(layer.inputs[0] ?? ''));
    const step = steps[index];
    const changed = step && alone(layer.inputs[0] ?? '') ? change(step) : null;
    if (!step || !changed) throw new Error(`${layer.name} (${layer.type}) does not stand behind a convolution that it could be drawn into.`);
    steps[index] = { ...changed, name: layer.name };
  };

  for (const layer of layers) {
    const { name, outputShape } = layer;
    const inputs = layer.inputs.map(from);
    switch (layer.type) {
      case 'InputLayer':
        throw new Error('A network has one input.');
      case 'ZeroPadding2D':
        paddings.set(name, { pads: layer.padding, from: inputs[0] ?? '' });
        break;
      case 'Conv2D':
      case 'DepthwiseConv2D': {
        const padding = paddings.get(layer.inputs[0] ?? '');
        const source = padding?.from ?? inputs[0] ?? '';
        const shape = steps.find((step) => step.name === source)?.outputShape ?? [];
        const bias = layer.useBias ? weight(layer, 'bias') : new Float32Array(outputShape[2] ?? 0);
        const { kernelSize, strides } = layer;
        steps.push({
          op: layer.type === 'Conv2D' ? 'conv' : 'depthwise',
          name, inputs: [source], outputShape, values: weight(layer, 'kernel'), bias, kernelSize, strides, pads: padding?.pads ?? padsOf(layer, shape), activation: 'linear'
        });
        break;
      }
      case 'BatchNormalization':
        extend(layer, (step) => (step.op === 'conv' || step.op === 'depthwise' ? { ...step, ...normalized(step, layer, (which) => weight(layer, which)) } : null));
        break;
      case 'ReLU':
        extend(layer, (step) => ('activation' in step && step.activation === 'linear' ? { ...step, activation: layer.maxValue === 6 ? 'relu6' : 'relu' } : null));
        break;
      case 'Dropout':
        drawn.set(name, inputs[0] ?? '');
        break;
      case 'Add':
        steps.push({ op: 'add', name, inputs, outputShape });
        break;
      case 'GlobalAveragePooling2D':
        steps.push({ op: 'mean', name, inputs, outputShape });
        break;
      case 'Dense': {
        const softmax = layer.activation === 'softmax';
        const bias = layer.useBias ? weight(layer, 'bias') : new Float32Array(layer.units);
        steps.push({ op: 'dense', name: softmax ? 'logits' : name, inputs, outputShape, values: weight(layer, 'kernel'), bias, activation: layer.activation === 'relu' ? 'relu' : 'linear' });
        if (softmax) steps.push({ op: 'softmax', name: OUTPUT, inputs: ['logits'], outputShape });
        break;
      }
    }
  }
  return steps;
}

/** What Keras' words for a convolution's padding come to around a map of that shape. */
export const padsOf = ({ kernelSize, strides, padding }: { kernelSize: number; strides: number; padding: Padding }, [height = 0, width = 0]: Shape): Pads =>
  padding === 'same' ? [samePadding(height, kernelSize, strides), samePadding(width, kernelSize, strides)] : [[0, 0], [0, 0]];

/** y = (x * kernel + bias - mean) * s + beta, s = gamma / sqrt(variance + epsilon), reckoned in 64 bits; the channel that comes out varies fastest in both kinds of kernel. */
function normalized({ values, bias }: Kernel, { epsilon }: LayerOf<'BatchNormalization'>, weight: (name: string) => Float32Array): Pick<Kernel, 'values' | 'bias'> {
  const [gamma, beta, mean, variance] = [weight('gamma'), weight('beta'), weight('moving_mean'), weight('moving_variance')];
  const s = Float64Array.from(gamma, (factor, i) => factor / Math.sqrt((variance[i] as number) + epsilon));
  return {
    values: values.map((value, i) => value * (s[i % s.length] as number)),
    bias: bias.map((value, i) => (value - (mean[i] as number)) * (s[i] as number) + (beta[i] as number))
  };
}
