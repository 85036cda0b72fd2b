/**
 * A network as Keras' own JSON of a functional model, in the form of Keras 2, which tfjs-layers reads too.
 * One pure function a layer type; keys are Keras' keys. DepthwiseConv2D has no `groups`: today's Keras refuses it.
 */
import { assertNever } from '../../contract';
import type { Layer, Network } from '../model/layers';
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

const kerasLayer = (class_name: string, name: string, config: Config, inputs: readonly string[]): KerasLayer => ({
  class_name,
  name,
  config: { name, trainable: true, dtype: 'float32', ...config },
  inbound_nodes: inputs.length === 0 ? [] : [inputs.map((input) => [input, 0, 0, {}])]
});

/** The network with a Rescaling layer after its input, so that it takes pixels 0..255 as they come. */
export function kerasModel(network: Network, scale: '0..1' | '-1..1'): KerasModel {
  const [input] = network.layers;
  const output = network.layers[network.layers.length - 1];
  if (input?.type !== 'InputLayer' || !output) throw new Error('A network begins with its InputLayer.');
  const rescale = freeName(network, 'rescaling');
  const layers = network.layers.flatMap((layer) => {
    const inputs = layer.inputs.map((name) => (name === input.name ? rescale : name));
    const itself = kerasLayer(layer.type, layer.name, options(layer), inputs);
    return layer === input ? [itself, kerasLayer('Rescaling', rescale, { ...rescaling(scale) }, [input.name])] : [itself];
  });
  return {
    class_name: 'Functional',
    config: { name: network.name, layers, input_layers: [[input.name, 0, 0]], output_layers: [[output.name, 0, 0]] }
  };
}
