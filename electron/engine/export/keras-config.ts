/**
 * A network as Keras' own JSON of a functional model, in the form of Keras 2, which tfjs-layers reads too, and in that of Keras 3.
 * One pure function a layer type; keys are Keras' keys. DepthwiseConv2D has no `groups`: today's Keras refuses it.
 */
import { assertNever, type Scale } from '../../contract';
import type { Layer, Network, Shape } from '../model/layers';
import { freeName, rescaling } from './outlet';

type Config = Record<string, unknown>;

export interface KerasLayer {
  class_name: string;
  name: string;
  config: Config;
  inbound_nodes: [string, number, number, Config][][];
}

export interface KerasModel {
  class_name: 'Functional';
  config: {
    name: string;
    layers: KerasLayer[];
    input_layers: [string, number, number][];
    output_layers: [string, number, number][];
  };
}

const GLOROT = { class_name: 'GlorotUniform', config: { seed: null } };
const ZEROS = { class_name: 'Zeros', config: {} };
const ONES = { class_name: 'Ones', config: {} };
const NONE = { kernel_constraint: null, bias_constraint: null, bias_regularizer: null, activity_regularizer: null };

const pair = (n: number): [number, number] => [n, n];

/** The options of one layer beside its name. */
function options(layer: Layer): Config {
  switch (layer.type) {
    case 'InputLayer':
      return { batch_input_shape: [null, ...layer.outputShape], sparse: false, ragged: false };
    case 'ZeroPadding2D':
      return { padding: layer.padding, data_format: 'channels_last' };
    case 'Conv2D':
      return { filters: layer.filters, ...convolution(layer), kernel_initializer: GLOROT, kernel_regularizer: null, ...NONE };
    case 'DepthwiseConv2D': {
      const { kernel_constraint: _unused, ...none } = NONE;
      return { ...convolution(layer), depth_multiplier: 1, depthwise_initializer: GLOROT, depthwise_regularizer: null, depthwise_constraint: null, ...none };
    }
    case 'BatchNormalization':
      return {
        axis: 3, momentum: layer.momentum, epsilon: layer.epsilon, center: true, scale: true,
        beta_initializer: ZEROS, gamma_initializer: ONES, moving_mean_initializer: ZEROS, moving_variance_initializer: ONES,
        beta_regularizer: null, gamma_regularizer: null, beta_constraint: null, gamma_constraint: null
      };
    case 'ReLU':
      return { max_value: layer.maxValue, negative_slope: 0, threshold: 0 };
    case 'Add':
      return {};
    case 'GlobalAveragePooling2D':
      return { data_format: 'channels_last' };
    case 'Dropout':
      return { rate: layer.rate, noise_shape: null, seed: null };
    case 'Dense':
      return { units: layer.units, activation: layer.activation, use_bias: layer.useBias, kernel_initializer: GLOROT, bias_initializer: ZEROS, kernel_regularizer: null, ...NONE };
    default:
      return assertNever(layer);
  }
}

const convolution = (layer: Extract<Layer, { type: 'Conv2D' | 'DepthwiseConv2D' }>): Config => ({
  kernel_size: pair(layer.kernelSize), strides: pair(layer.strides), padding: layer.padding, data_format: 'channels_last',
  dilation_rate: pair(1), activation: 'linear', use_bias: layer.useBias, bias_initializer: ZEROS
});

/** A layer of the model with its own options, before it is put into either form. */
interface Placed {
  readonly type: string;
  readonly name: string;
  readonly config: Config;
  readonly inputs: readonly string[];
  readonly outputShape: Shape;
}

export interface Entrance {
  readonly scale: Scale;
  /** Height and width of the pictures that come in. */
  readonly imageSize: number;
}

/** The network's layers, with a Rescaling after the input, and a Resizing where pictures of another size come in: it takes pixels 0..255. */
function placed(network: Network, { scale, imageSize }: Entrance): Placed[] {
  const [input] = network.layers;
  if (input?.type !== 'InputLayer') throw new Error('A network begins with its InputLayer.');
  const [inputSize = 0] = input.outputShape;
  const pictures = [imageSize, imageSize, 3];
  const rescale: Placed = { type: 'Rescaling', name: freeName(network, 'rescaling'), config: { ...rescaling(scale) }, inputs: [input.name], outputShape: pictures };
  const resize: Placed = {
    type: 'Resizing', name: freeName(network, 'resizing'), config: { height: inputSize, width: inputSize, interpolation: 'bilinear', crop_to_aspect_ratio: false },
    inputs: [rescale.name], outputShape: input.outputShape
  };
  const entrance = imageSize === inputSize ? [rescale] : [rescale, resize];
  const last = entrance[entrance.length - 1] ?? rescale;
  return network.layers.flatMap((layer): Placed[] => {
    if (layer === input) return [{ type: layer.type, name: layer.name, config: options({ ...layer, outputShape: pictures }), inputs: [], outputShape: pictures }, ...entrance];
    const { type, name, outputShape } = layer;
    return [{ type, name, config: options(layer), inputs: layer.inputs.map((from) => (from === input.name ? last.name : from)), outputShape }];
  });
}

/** An input has nothing to train, and Keras 2 does not want to hear that it could. */
const common = ({ type, name, config }: Placed) => ({ class_name: type, name, config: { name, ...(type === 'InputLayer' ? {} : { trainable: true }), dtype: 'float32', ...config } });

/** In Keras 2's form. */
export function kerasModel(network: Network, entrance: Entrance): KerasModel {
  const layers = placed(network, entrance);
  return {
    class_name: 'Functional',
    config: {
      name: network.name,
      layers: layers.map((layer) => ({ ...common(layer), inbound_nodes: layer.inputs.length === 0 ? [] : [layer.inputs.map((input) => [input, 0, 0, {}])] })),
      input_layers: [[first(layers).name, 0, 0]],
      output_layers: [[last(layers).name, 0, 0]]
    }
  };
}

/** In Keras 3's form: objects say which module they come from, nodes are calls with tensors. */
export function keras3Model(network: Network, entrance: Entrance): object {
  const layers = placed(network, entrance);
  const shapes = new Map(layers.map(({ name, outputShape }) => [name, outputShape]));
  const tensor = (name: string) => ({ class_name: '__keras_tensor__', config: { shape: [null, ...(shapes.get(name) ?? [])], dtype: 'float32', keras_history: [name, 0, 0] } });
  const call = ({ inputs }: Placed) => {
    const tensors = inputs.map(tensor);
    return { args: tensors.length === 1 ? tensors : [tensors], kwargs: {} };
  };
  return {
    module: 'keras.src.models.functional', class_name: 'Functional', registered_name: 'Functional', build_config: { input_shape: null },
    config: {
      name: network.name,
      trainable: true,
      layers: layers.map((layer) => {
        const { config, ...rest } = common(layer);
        return { module: 'keras.layers', registered_name: null, ...rest, config: inKeras3(config), inbound_nodes: layer.inputs.length === 0 ? [] : [call(layer)] };
      }),
      input_layers: [[first(layers).name, 0, 0]],
      output_layers: [[last(layers).name, 0, 0]]
    }
  };
}

/** Keys that Keras 3 calls otherwise, and initializers with their module. */
function inKeras3({ batch_input_shape, ...config }: Config): Config {
  const renamed = batch_input_shape === undefined ? config : { batch_shape: batch_input_shape, ...config };
  const entries = Object.entries(renamed).map(([key, value]) => [key, key.endsWith('_initializer') ? { module: 'keras.initializers', registered_name: null, ...(value as object) } : value]);
  return Object.fromEntries(entries) as Config;
}

const first = (layers: readonly Placed[]): Placed => layers[0] as Placed;
const last = (layers: readonly Placed[]): Placed => layers[layers.length - 1] as Placed;
