/** Keras' JSON of a functional model back as a network: the layers that we write ourselves, in the form of Keras 2 or 3. */
import * as v from 'valibot';
import type { Scale } from '../../contract';
import { Inference } from '../graph/inference';
import type { Layer, Network, Weights } from '../model/layers';
import { NetworkBuilder } from '../model/network-builder';
import type { LoadedExport } from './outlet';

export interface KerasNetwork {
  readonly network: Network;
  readonly imageSize: number;
  readonly inputSize: number;
  readonly scale: Scale;
}

const pair = v.tuple([v.number(), v.number()]);
const text = v.string();
const Activation = v.picklist(['linear', 'relu', 'softmax']);
const Padding = v.picklist(['same', 'valid']);

const LayerSchema = v.object({ class_name: text, config: v.objectWithRest({ name: text }, v.unknown()), inbound_nodes: v.array(v.unknown()) });
const ModelSchema = v.object({ class_name: text, config: v.object({ name: text, layers: v.pipe(v.array(LayerSchema), v.minLength(1)) }) });
type KerasLayer = v.InferOutput<typeof LayerSchema>;

/** The options of each layer that matter to us. */
const Shape = v.tuple([v.null(), v.number(), v.number(), v.number()]);
const Input = v.union([v.object({ batch_shape: Shape }), v.object({ batch_input_shape: Shape })]);
const Rescaling = v.object({ scale: v.number(), offset: v.number() });
const Resizing = v.object({ height: v.number(), interpolation: v.literal('bilinear') });
const ZeroPadding = v.object({ padding: v.tuple([pair, pair]) });
const Convolution = v.object({ kernel_size: pair, strides: pair, padding: Padding, use_bias: v.literal(false), activation: v.literal('linear') });
const Filters = v.object({ filters: v.number() });
const BatchNorm = v.object({ momentum: v.number(), epsilon: v.number() });
const ReLU = v.object({ max_value: v.literal(6), negative_slope: v.literal(0), threshold: v.literal(0) });
const Dropout = v.object({ rate: v.number() });
const Dense = v.object({ units: v.number(), activation: Activation, use_bias: v.literal(true) });

/** @throws ValiError or Error naming what is not a network that we know */
export function readKerasModel(json: unknown): KerasNetwork {
  const { config } = v.parse(ModelSchema, json);
  const [input, ...rest] = config.layers as [KerasLayer, ...KerasLayer[]];
  const given = v.parse(Input, input.config);
  const [, imageSize] = 'batch_shape' in given ? given.batch_shape : given.batch_input_shape;
  const resizing = rest.find((layer) => layer.class_name === 'Resizing');
  const inputSize = resizing ? v.parse(Resizing, resizing.config).height : imageSize;

  let net = new NetworkBuilder('base');
  const begin = net.input(input.config.name, [inputSize, inputSize, 3]);
  /** What stands for a layer's output: the entrance is not part of the network. */
  const names = new Map([[begin, begin]]);
  let scale: Scale | null = null;
  for (const layer of rest) {
    const inputs = inputsOf(layer).map((name) => names.get(name) ?? name);
    const [from = begin, other = begin] = inputs;
    const { name } = layer.config;
    if (layer.class_name === 'Rescaling') scale = scaleOf(v.parse(Rescaling, layer.config));
    if (layer.class_name === 'GlobalAveragePooling2D') net = new NetworkBuilder('head', net.build(config.name).layers);
    names.set(name, layer.class_name === 'Rescaling' || layer.class_name === 'Resizing' ? from : add(net, layer, from, other));
  }
  if (!scale) throw new Error('The model has no Rescaling layer.');
  return { network: net.build(config.name), imageSize, inputSize, scale };
}

function add(net: NetworkBuilder, { class_name, config }: KerasLayer, from: string, other: string): string {
  const { name } = config;
  switch (class_name as Layer['type']) {
    case 'ZeroPadding2D':
      return net.zeroPadding(name, from, v.parse(ZeroPadding, config).padding);
    case 'Conv2D':
      return net.conv2D(name, from, { ...convolution(config), ...v.parse(Filters, config) });
    case 'DepthwiseConv2D':
      return net.depthwiseConv2D(name, from, convolution(config));
    case 'BatchNormalization': {
      const { momentum, epsilon } = v.parse(BatchNorm, config);
      return net.batchNorm(name, from, momentum, epsilon);
    }
    case 'ReLU':
      v.parse(ReLU, config);
      return net.relu6(name, from);
    case 'Add':
      return net.add(name, from, other);
    case 'GlobalAveragePooling2D':
      return net.globalAveragePooling(name, from);
    case 'Dropout':
      return net.dropout(name, from, v.parse(Dropout, config).rate);
    case 'Dense': {
      const { units, activation } = v.parse(Dense, config);
      return net.dense(name, from, units, activation);
    }
    default:
      throw new Error(`${name} is a ${class_name}, which is not read here.`);
  }
}

function convolution(config: KerasLayer['config']) {
  const { kernel_size: [kernelSize], strides: [strides], padding } = v.parse(Convolution, config);
  return { kernelSize, strides, padding };
}

const scaleOf = ({ scale, offset }: v.InferOutput<typeof Rescaling>): Scale => {
  if (offset === 0 && Math.abs(scale * 255 - 1) < 1e-6) return '0..1';
  if (offset === -1 && Math.abs(scale * 127.5 - 1) < 1e-6) return '-1..1';
  throw new Error(`The model scales pixels by ${scale} and adds ${offset}: neither 0..1 nor -1..1.`);
};

const Node2 = v.array(v.looseTuple([text]));
const Tensor3 = v.object({ config: v.object({ keras_history: v.looseTuple([text]) }) });
const Node3 = v.object({ args: v.tuple([v.union([Tensor3, v.array(Tensor3)])]) });

/** The layers that a layer's only node takes from. */
function inputsOf({ inbound_nodes: [node] }: KerasLayer): string[] {
  const old = v.safeParse(Node2, node);
  if (old.success) return old.output.map(([name]) => name);
  const [arg] = v.parse(Node3, node).args;
  return (Array.isArray(arg) ? arg : [arg]).map(({ config }) => config.keras_history[0]);
}

/** The network that was read, compiled to run. */
export function runKeras({ network, ...input }: KerasNetwork, weights: Weights): LoadedExport {
  const last = network.layers[network.layers.length - 1];
  const inference = Inference.compile(network, weights, input, [last?.name ?? ''], { type: 'float32', lanes: 1 });
  return {
    predict: async (pixels, count) => inference.run(pixels, count)[0] ?? new Float32Array(),
    dispose: () => inference.dispose()
  };
}
