/**
 * A MobileNetV2 classifier found in operations of whatever origin: each layer of Keras' own network is looked for where it should be. Weights are taken
 * as they are; where a file has drawn batch norms into its convolutions, ones that change nothing take their place.
 */
import { ALPHAS, type HeadLayer, type OpeningNote, type Scale } from '../../../contract';
import { type Layer, type LayerOf, type Network, type Shape, sizeOf, type Weights, weightKey } from '../../model/layers';
import { mobileNetV2 } from '../../model/mobilenet-v2';
import { type Pads, padsOf } from '../folded';
import { rescaling } from '../outlet';
import type { Operation, OperationOf, Stored } from './operations';
import { endsEarly, foreignInput, foreignLayer, foreignNetwork, foreignScale, noClasses } from './refusals';

type Alpha = (typeof ALPHAS)[number];

export interface Recognised {
  readonly alpha: Alpha;
  readonly inputSize: number;
  readonly imageSize: number;
  /** Null where the file does not scale pixels itself. */
  readonly scale: Scale | null;
  /** Hidden layers. */
  readonly head: readonly HeadLayer[];
  /** Of the base, by Keras' names. */
  readonly base: Weights;
  /** Kernel and bias of each Dense, the last one's among them. */
  readonly dense: readonly { readonly kernel: Float32Array; readonly bias: Float32Array }[];
  readonly classes: number;
  readonly notes: readonly OpeningNote[];
}

/** Of the weights for ImageNet. */
const USUAL_SIZE = 224;

/** @param path for sentences. @throws TsugikiError model_foreign_…, model_no_classes */
export function recognise(operations: readonly Operation[], path: string): Recognised {
  const reading = new Reading(operations, path);
  const { from, ...entrance } = findEntrance(reading);
  const alpha = findAlpha(reading);
  const network = mobileNetV2({ alpha, inputSize: entrance.inputSize });
  const { weights: base, last } = findBase(reading, network, from);
  const top = findHead(reading, last, network.layers[network.layers.length - 1]?.outputShape ?? []);
  return { alpha, base, ...entrance, ...top, notes: [...entrance.notes, ...top.notes] };
}

/** Operations by what they take from; those that do nothing are left out. */
class Reading {
  readonly operations: readonly Operation[];
  readonly #consumers = new Map<string, Operation[]>();

  constructor(operations: readonly Operation[], readonly path: string) {
    const source = new Map<string, string>();
    const sourceOf = (id: string): string => source.get(id) ?? id;
    for (const { op, id, inputs } of operations) if (op === 'same') source.set(id, sourceOf(inputs[0] ?? ''));
    this.operations = operations.filter(({ op }) => op !== 'same').map((operation) => ({ ...operation, inputs: operation.inputs.map(sourceOf) }));
    for (const operation of this.operations) for (const id of operation.inputs) this.#consumers.set(id, [...this.after(id), operation]);
  }

  after(id: string): readonly Operation[] {
    return this.#consumers.get(id) ?? [];
  }

  /** The only operation that takes from `id`; null at the end, and where ways part. */
  next(id: string): Operation | null {
    const [only, ...others] = this.after(id);
    return others.length === 0 ? (only ?? null) : null;
  }

  find<T extends Operation['op']>(id: string, op: T): OperationOf<T> | null {
    return this.after(id).find((operation): operation is OperationOf<T> => operation.op === op) ?? null;
  }

  /** What stands behind `id` is not what should. */
  foreign(id: string, expected: string | null): Error {
    const [found] = this.after(id);
    if (found) return foreignLayer(this.path, found, expected);
    return expected === null ? noClasses(this.path) : endsEarly(this.path, expected);
  }
}

/** The way from pixels 0..255 to the network's range and size. */
function findEntrance(reading: Reading): Pick<Recognised, 'inputSize' | 'imageSize' | 'scale' | 'notes'> & { from: string } {
  const { path } = reading;
  const input = reading.operations.find((operation): operation is OperationOf<'input'> => operation.op === 'input');
  if (!input) throw foreignNetwork(path);
  const shape = [input.height, input.width, input.channels];
  let [scale, offset, from]: [number, number, string] = [1, 0, input.id];
  let resized: number | null = null;
  for (let at = reading.next(from); at?.op === 'scale' || at?.op === 'resize'; at = reading.next(from)) {
    if (at.op === 'resize') {
      if (at.height !== at.width) throw foreignInput(path, `[${at.height}, ${at.width}, 3]`);
      resized = at.height;
    } else [scale, offset] = [scale * at.scale, offset * at.scale + at.offset];
    from = at.id;
  }
  const notes: OpeningNote[] = resized === null && input.height === null ? ['size_assumed'] : [];
  const imageSize = input.height ?? resized ?? USUAL_SIZE;
  const inputSize = resized ?? imageSize;
  if (input.height !== input.width || (input.channels ?? 3) !== 3 || !(inputSize >= 32 && inputSize <= 1024 && Number.isInteger(inputSize))) throw foreignInput(path, `[${shape.map((n) => n ?? '?').join(', ')}]`);
  return { from, inputSize, imageSize, scale: scaleOf(scale, offset, path), notes };
}

function scaleOf(scale: number, offset: number, path: string): Scale | null {
  if (scale === 1 && offset === 0) return null;
  const found = (['0..1', '-1..1'] as const).find((range) => {
    const known = rescaling(range);
    return Math.abs(scale / known.scale - 1) < 1e-5 && Math.abs(offset - known.offset) < 1e-5;
  });
  if (!found) throw foreignScale(path, scale, offset);
  return found;
}

/** The width whose convolutions have as many filters as these. */
function findAlpha({ operations, path }: Reading): Alpha {
  const widths = String(operations.flatMap((operation) => (operation.op === 'conv' ? [operation.kernel.shape[3]] : [])));
  const alpha = ALPHAS.find((one) => String(mobileNetV2({ alpha: one, inputSize: 32 }).layers.flatMap((layer) => (layer.type === 'Conv2D' ? [layer.filters] : []))) === widths);
  if (alpha === undefined) throw foreignNetwork(path);
  return alpha;
}

/** @param from id of what the base takes in; @returns its weights by Keras' names, and the id of what it gives */
function findBase(reading: Reading, { layers }: Network, from: string): { weights: Weights; last: string } {
  const weights: Weights = new Map();
  const shapes = new Map(layers.map(({ name, outputShape }) => [name, outputShape]));
  /** Ids of what Keras' layers give, and the padding that a layer would have put around it. */
  const ids = new Map<string, string>();
  const paddings = new Map<string, Pads>();
  /** A convolution's bias, until the batch norm behind it takes it in. */
  const biases = new Map<string, Stored | null>();
  const idOf = (name = ''): string => ids.get(name) ?? '';
  const put = (layer: Layer, name: string, { shape, values }: Stored): void => {
    const spec = layer.weights.find((weight) => weight.name === name);
    if (String(spec?.shape) !== String(shape)) throw reading.foreign(idOf(layer.inputs[0]), layer.name);
    weights.set(weightKey(layer, name), values);
  };

  for (const layer of layers) {
    const [input = '', other = ''] = layer.inputs;
    const at = idOf(input);
    switch (layer.type) {
      case 'InputLayer':
        ids.set(layer.name, from);
        break;
      case 'ZeroPadding2D':
        paddings.set(layer.name, layer.padding);
        ids.set(layer.name, at);
        shapes.set(layer.name, shapes.get(input) ?? []);
        break;
      case 'Conv2D':
      case 'DepthwiseConv2D': {
        const found = convolutionAfter(reading, at, layer, shapes.get(input) ?? [], paddings.get(input));
        put(layer, 'kernel', found.kernel);
        biases.set(layer.name, found.bias);
        ids.set(layer.name, found.id);
        break;
      }
      case 'BatchNormalization': {
        const norm = reading.find(at, 'norm');
        const bias = biases.get(input)?.values ?? null;
        for (const [name, values] of Object.entries(norm ? normalized(norm, layer, bias) : unchanged(layer, bias))) put(layer, name, { shape: [values.length], values });
        ids.set(layer.name, norm?.id ?? at);
        break;
      }
      case 'ReLU': {
        const relu = reading.find(at, 'relu');
        if (relu?.max !== layer.maxValue) throw reading.foreign(at, layer.name);
        ids.set(layer.name, relu.id);
        break;
      }
      case 'Add': {
        const add = reading.find(at, 'add');
        if (String([...(add?.inputs ?? [])].sort()) !== String([at, idOf(other)].sort())) throw reading.foreign(at, layer.name);
        ids.set(layer.name, add?.id ?? '');
        break;
      }
      default:
        throw new Error(`A MobileNetV2 has no ${layer.type}.`);
    }
  }
  return { weights, last: idOf(layers[layers.length - 1]?.name) };
}

/** The convolution that stands for `layer`, with whatever padding before it; it must see the same pixels. */
function convolutionAfter(reading: Reading, at: string, layer: LayerOf<'Conv2D'> | LayerOf<'DepthwiseConv2D'>, shape: Shape, given: Pads | undefined): OperationOf<'conv'> | OperationOf<'depthwise'> {
  const op = layer.type === 'Conv2D' ? 'conv' : 'depthwise';
  const pad = reading.find(at, 'pad');
  const from = pad?.id ?? at;
  const found = reading.find(from, op);
  if (!found) throw reading.foreign(from, layer.name);
  // Padded twice is not known here.
  const theirs = pad ? (found.padding === 'valid' ? pad.pads : null) : padsOf({ ...layer, padding: found.padding }, shape);
  if (found.strides !== layer.strides || String(theirs) !== String(given ?? padsOf(layer, shape))) throw reading.foreign(from, layer.name);
  return found;
}

/** A batch norm in the place of `layer`: what the convolution adds is taken from the mean, another epsilon into gamma. */
function normalized({ gamma, beta, mean, variance, epsilon }: OperationOf<'norm'>, layer: LayerOf<'BatchNormalization'>, bias: Float32Array | null): Record<string, Float32Array> {
  const { length } = mean.values;
  const own = gamma?.values ?? new Float32Array(length).fill(1);
  return {
    gamma: epsilon === layer.epsilon ? own : own.map((factor, i) => factor * Math.sqrt(((variance.values[i] ?? 0) + layer.epsilon) / ((variance.values[i] ?? 0) + epsilon))),
    beta: beta?.values ?? new Float32Array(length),
    moving_mean: bias ? mean.values.map((value, i) => value - (bias[i] ?? 0)) : mean.values,
    moving_variance: variance.values
  };
}

/** A batch norm that only adds a bias. Variance and epsilon are 1 together: kernels keep their last digit. */
export function unchanged({ outputShape, epsilon }: LayerOf<'BatchNormalization'>, bias: Float32Array | null): Record<string, Float32Array> {
  const channels = outputShape[outputShape.length - 1] ?? 0;
  const filled = (value: number): Float32Array => new Float32Array(channels).fill(value);
  return { gamma: filled(1), beta: bias ?? filled(0), moving_mean: filled(0), moving_variance: filled(1 - epsilon) };
}

/** A batch norm that waits for the Dense behind it: x * factor + term. */
interface Affine {
  readonly factor: Float64Array;
  readonly term: Float64Array;
}

interface DenseLayer {
  kernel: Float32Array;
  bias: Float32Array;
  activation: 'linear' | 'relu';
}

/** What follows the base: pooling, then hidden layers, the classes last. @param map [height, width, channels] of what the base gives */
function findHead(reading: Reading, from: string, [height = 0, width = 0, channels = 0]: Shape): Pick<Recognised, 'head' | 'dense' | 'classes' | 'notes'> {
  const layers: (DenseLayer | { dropout: number })[] = [];
  const denseOf = (): DenseLayer | null => layers.filter((layer): layer is DenseLayer => 'kernel' in layer).pop() ?? null;
  let [places, inputs]: [number, number] = [height * width, channels];
  let waiting: Affine | null = null;
  let end: 'softmax' | 'sigmoid' | null = null;
  for (let id = from, at = reading.after(id)[0]; at; id = at.id, at = reading.after(id)[0]) {
    const foreign = (): Error => reading.foreign(id, null);
    if (reading.after(id).length > 1 || (end && at.op !== 'dropout')) throw foreign();
    const last = denseOf();
    switch (at.op) {
      case 'average':
        if (last || (at.window && String(at.window) !== String([height, width]))) throw foreign();
        places = 1;
        break;
      case 'flatten':
        if (places !== 1) throw foreign();
        break;
      case 'dropout':
        layers.push({ dropout: at.rate });
        break;
      case 'norm': {
        const { factor, term } = affine(at);
        if (factor.length !== inputs || waiting) throw foreign();
        if (last?.activation !== 'linear') waiting = { factor, term };
        else {
          last.kernel = last.kernel.map((value, i) => value * (factor[i % inputs] ?? 0));
          last.bias = last.bias.map((value, i) => value * (factor[i] ?? 0) + (term[i] ?? 0));
        }
        break;
      }
      case 'dense': {
        const [rows, units = 0] = at.kernel.shape;
        if (places !== 1 || rows !== inputs || units === 0) throw foreign();
        layers.push({ ...taken(at, units, waiting), activation: 'linear' });
        [inputs, waiting] = [units, null];
        break;
      }
      case 'relu':
        if (last?.activation !== 'linear' || waiting || at.max !== null) throw foreign();
        last.activation = 'relu';
        break;
      case 'softmax':
      case 'sigmoid':
        if (last?.activation !== 'linear' || waiting || (at.op === 'sigmoid' && inputs !== 1)) throw foreign();
        end = at.op;
        break;
      default:
        throw foreign();
    }
  }
  const index = layers.map((layer) => 'kernel' in layer).lastIndexOf(true);
  const last = layers[index];
  if (!last || !('kernel' in last) || last.activation !== 'linear' || waiting) throw noClasses(reading.path);
  const hidden = layers.slice(0, index);
  const output = inputs === 1 ? twoClasses(last) : last;
  return {
    head: hidden.map((layer) => ('kernel' in layer ? { units: layer.bias.length, activation: layer.activation } : layer)),
    dense: [...hidden.filter((layer): layer is DenseLayer => 'kernel' in layer), output],
    classes: output.bias.length,
    notes: end === null ? ['logits'] : []
  };
}

/** y = x * factor + term, in 64 bits. */
function affine({ gamma, beta, mean, variance, epsilon }: OperationOf<'norm'>): Affine {
  const factor = Float64Array.from(variance.values, (value, i) => (gamma?.values[i] ?? 1) / Math.sqrt(value + epsilon));
  return { factor, term: factor.map((f, i) => (beta?.values[i] ?? 0) - (mean.values[i] ?? 0) * f) };
}

/** (x * f + t) W + b = x (f W) + (t W + b) */
function taken({ kernel: { values }, bias }: OperationOf<'dense'>, units: number, waiting: Affine | null): { kernel: Float32Array; bias: Float32Array } {
  const own = bias?.values ?? new Float32Array(units);
  if (!waiting) return { kernel: values, bias: own };
  const sums = Float64Array.from(own);
  const kernel = values.map((value, i) => {
    const row = Math.floor(i / units);
    sums[i % units] = (sums[i % units] ?? 0) + (waiting.term[row] ?? 0) * value;
    return value * (waiting.factor[row] ?? 0);
  });
  return { kernel, bias: Float32Array.from(sums) };
}

/** One probability p as two, 1 - p and p: sigmoid(z) is the second of softmax(0, z). */
const twoClasses = ({ kernel, bias }: DenseLayer): DenseLayer => ({
  kernel: Float32Array.from({ length: 2 * kernel.length }, (_, i) => (i % 2 === 0 ? 0 : (kernel[(i - 1) / 2] ?? 0))),
  bias: Float32Array.of(0, bias[0] ?? 0),
  activation: 'linear'
});

/** All weights of a classifier by Keras' names. */
export function classifierWeights(network: Network, { base, dense }: Pick<Recognised, 'base' | 'dense'>): Weights {
  const weights: Weights = new Map(base);
  network.layers.filter(({ type }) => type === 'Dense').forEach((layer, i) => {
    for (const { name, shape } of layer.weights) {
      const values = name === 'kernel' ? dense[i]?.kernel : dense[i]?.bias;
      if (values?.length !== sizeOf(shape)) throw new Error(`There are ${values?.length ?? 'no'} values for ${weightKey(layer, name)}.`);
      weights.set(weightKey(layer, name), values);
    }
  });
  return weights;
}
