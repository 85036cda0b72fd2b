/**
 * A network of Keras layers as nodes of a graph. The same walk builds training, validation, prefix and export; what differs is where
 * weights come from and which batch norms look at the batch.
 */
import type { Scale } from '../../contract';
import type { Layer, LayerOf, Network, Padding, WeightSpec } from '../model/layers';
import { type Graph, known, type Tensor, valuesOf } from './graph';
import { type Normalized, batchNormalize } from './operations/batch-norm';
import { conv2d, depthwiseConv2d, samePadding } from './operations/convolution';
import { biasAdd, matMul } from './operations/dense';
import { add, divideNoNan, multiply, relu, relu6, rsqrt, softmax, subtract } from './operations/elementwise';
import { resizeBilinear } from './operations/resize';
import { mean, pad, reshapeTo, slice } from './operations/shapes';

export interface BuildOptions {
  /** Tensors already there, by layer name: the input layer's, or the outputs of everything below the cut. */
  readonly given: ReadonlyMap<string, Tensor>;
  /** The value of a weight: a variable's or a constant. */
  readonly weight: (layer: Layer, weight: WeightSpec['name']) => Tensor;
  /** Which batch norms use the batch's statistics; the others are folded into the convolution before them. */
  readonly usesBatch?: (layer: Layer) => boolean;
  /** Told the statistics of each batch norm that uses the batch. */
  readonly onStatistics?: (layer: LayerOf<'BatchNormalization'>, statistics: Normalized) => void;
  /** What a Dropout layer does in a training step; without it, nothing. */
  readonly dropout?: (layer: LayerOf<'Dropout'>, x: Tensor) => Tensor;
}

/** Pixels 0..255 -> the range and size the backbone wants. Scaling first, as a Rescaling layer before a Resizing layer does. */
export function preprocess(g: Graph, pixels: Tensor, scale: Scale, inputSize: number): Tensor {
  // Divided to the last digit as Keras' users do it: which side of a relu a dead channel lies on hangs on it.
  const scaled = scale === '0..1' ? divideNoNan(g, pixels, g.constant(255)) : subtract(g, divideNoNan(g, pixels, g.constant(127.5)), g.constant(1));
  return pixels.shape[1] === inputSize && pixels.shape[2] === inputSize ? scaled : resizeBilinear(g, scaled, inputSize, inputSize);
}

/**
 * Builds all layers that are not given.
 * @returns the output of every layer by name, with the logits (before softmax) of the last one under "logits"
 */
export function buildNetwork(g: Graph, network: Network, options: BuildOptions): Map<string, Tensor> {
  const outputs = new Map<string, Tensor>(options.given);
  const consumers = new Map<string, Layer[]>();
  for (const layer of network.layers) for (const name of layer.inputs) consumers.set(name, [...(consumers.get(name) ?? []), layer]);

  /** Inference: y = x * s + (beta - mean * s), s = gamma / sqrt(variance + epsilon); `exact` where s never changes and is computed here, in 64 bits. */
  const inference = (layer: LayerOf<'BatchNormalization'>): { scale: Tensor; offset: Tensor; exact: Float64Array | null } => {
    const weights = ['gamma', 'beta', 'moving_mean', 'moving_variance'].map((name) => options.weight(layer, name)) as [Tensor, Tensor, Tensor, Tensor];
    const [gamma, beta, average, variance] = weights.map(valuesOf);
    if (gamma && beta && average && variance) {
      const exact = Float64Array.from(gamma, (factor, i) => factor / Math.sqrt((variance[i] as number) + layer.epsilon));
      const offset = exact.map((s, i) => (beta[i] as number) - (average[i] as number) * s);
      return { scale: g.constant(exact, [exact.length]), offset: g.constant(offset, [offset.length]), exact };
    }
    const scale = multiply(g, weights[0], rsqrt(g, add(g, weights[3], g.constant(layer.epsilon))));
    return { scale, offset: subtract(g, weights[1], multiply(g, weights[2], scale)), exact: null };
  };
  /** What is left of a batch norm that was folded into a convolution, by its name. */
  const offsets = new Map<string, Tensor>();
  /** The kernel of a convolution, with the batch norm after it multiplied in when that one runs in inference mode. */
  const kernelOf = (layer: LayerOf<'Conv2D'> | LayerOf<'DepthwiseConv2D'>): Tensor => {
    const kernel = options.weight(layer, 'kernel');
    const [next, ...others] = consumers.get(layer.name) ?? [];
    if (next?.type !== 'BatchNormalization' || others.length > 0 || options.usesBatch?.(next)) return kernel;
    const { scale, offset, exact } = inference(next);
    offsets.set(next.name, offset);
    const values = valuesOf(kernel);
    // The channel that comes out varies fastest in both kinds of kernel.
    if (values && exact) return g.constant(values.map((weight, i) => weight * (exact[i % exact.length] as number)), kernel.shape);
    return multiply(g, kernel, layer.type === 'Conv2D' ? scale : reshapeTo(g, scale, [known(kernel.shape, 2, layer.name), 1]));
  };

  for (const layer of network.layers) {
    if (outputs.has(layer.name)) continue;
    // Layers below the cut that nothing above it needs.
    if (layer.type === 'InputLayer' || layer.inputs.some((name) => !outputs.has(name))) continue;
    const x = (index = 0): Tensor => outputs.get(layer.inputs[index] ?? '') as Tensor;
    try {
      outputs.set(layer.name, build(layer, x));
    } catch (error) {
      throw new Error(`${layer.name} (${layer.type}): ${(error as Error).message}`, { cause: error });
    }
  }
  return outputs;

  function build(layer: Exclude<Layer, { type: 'InputLayer' }>, x: (index?: number) => Tensor): Tensor {
    switch (layer.type) {
      case 'ZeroPadding2D':
        return pad(g, x(), [[0, 0], layer.padding[0], layer.padding[1], [0, 0]]);
      case 'Conv2D':
      case 'DepthwiseConv2D': {
        const y = layer.type === 'Conv2D' ? convolve(x(), kernelOf(layer), layer) : depthwise(kernelOf(layer), layer);
        return layer.useBias ? onRows(y, (rows) => biasAdd(g, rows, options.weight(layer, 'bias'))) : y;
      }
      case 'BatchNormalization': {
        if (options.usesBatch?.(layer)) {
          const statistics = batchNormalize(g, x(), options.weight(layer, 'gamma'), options.weight(layer, 'beta'), layer.epsilon);
          options.onStatistics?.(layer, statistics);
          return statistics.y;
        }
        const folded = offsets.get(layer.name);
        if (folded) return onRows(x(), (rows) => biasAdd(g, rows, folded));
        const { scale, offset } = inference(layer);
        return biasAdd(g, multiply(g, x(), scale), offset);
      }
      case 'ReLU':
        return onRows(x(), (rows) => (layer.maxValue === 6 ? relu6(g, rows) : relu(g, rows)));
      case 'Add':
        return add(g, x(0), x(1));
      case 'Dropout':
        return options.dropout?.(layer, x()) ?? x();
      case 'GlobalAveragePooling2D': {
        const [height, width, channels] = [known(x().shape, 1, layer.name), known(x().shape, 2, layer.name), known(x().shape, 3, layer.name)];
        return height === 1 && width === 1 ? reshapeTo(g, x(), [null, channels]) : mean(g, x(), [1, 2]);
      }
      case 'Dense': {
        const product = matMul(g, x(), options.weight(layer, 'kernel'));
        const y = layer.useBias ? biasAdd(g, product, options.weight(layer, 'bias')) : product;
        if (layer.activation === 'softmax') {
          outputs.set('logits', y);
          return softmax(g, y);
        }
        return layer.activation === 'relu' ? relu(g, y) : y;
      }
    }
  }

  /** A 1x1 convolution is a matrix product over all places: the same sums, faster forward and backward on the CPU. */
  function convolve(x: Tensor, kernel: Tensor, layer: LayerOf<'Conv2D'>): Tensor {
    if (layer.kernelSize !== 1 || layer.strides !== 1) return conv2d(g, x, kernel, layer.strides, layer.padding);
    const [height, width, channels] = [known(x.shape, 1, layer.name), known(x.shape, 2, layer.name), known(x.shape, 3, layer.name)];
    const product = matMul(g, reshapeTo(g, x, [null, channels]), reshapeTo(g, kernel, [channels, layer.filters]));
    return reshapeTo(g, product, [null, height, width, layer.filters]);
  }

  /** On a 1x1 map a padded 3x3 depthwise convolution meets zeros everywhere but at its centre tap. */
  function depthwise(kernel: Tensor, layer: LayerOf<'DepthwiseConv2D'>): Tensor {
    const { x, padding } = unpadded(layer);
    const [height, width, channels] = [known(x.shape, 1, layer.name), known(x.shape, 2, layer.name), known(x.shape, 3, layer.name)];
    if (height !== 1 || width !== 1 || padding !== 'same' || layer.strides !== 1) return depthwiseConv2d(g, x, kernel, layer.strides, padding);
    const centre = (layer.kernelSize - 1) / 2;
    return multiply(g, x, reshapeTo(g, slice(g, kernel, [centre, centre, 0, 0], [1, 1, channels, 1]), [channels]));
  }

  /** A convolution's input; where a ZeroPadding2D gives it what padding 'same' would, the input of that one: a copy less, there and back. */
  function unpadded(layer: LayerOf<'DepthwiseConv2D'>): { x: Tensor; padding: Padding } {
    const [name = ''] = layer.inputs;
    const x = outputs.get(name) as Tensor;
    const below = network.layers.find((other) => other.name === name);
    const before = below?.type === 'ZeroPadding2D' && layer.padding === 'valid' ? outputs.get(below.inputs[0] ?? '') : undefined;
    if (below?.type !== 'ZeroPadding2D' || !before) return { x, padding: layer.padding };
    const same = below.padding.every((sides, axis) => String(sides) === String(samePadding(known(before.shape, axis + 1, layer.name), layer.kernelSize, layer.strides)));
    return same ? { x: before, padding: 'same' } : { x, padding: layer.padding };
  }

  /** Element by element, below the reshape that a matrix product ends with: TensorFlow fuses it with a bias and an activation right behind. */
  function onRows(x: Tensor, element: (rows: Tensor) => Tensor): Tensor {
    const [rows] = x.node.op === 'Reshape' ? x.node.inputs : [];
    return rows?.shape.length === 2 && rows.shape[1] === x.shape[x.shape.length - 1] ? reshapeTo(g, element(rows), x.shape) : element(x);
  }
}

/** What was built of a layer, or of "logits". @throws Error when it was not */
export function outputOf(outputs: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const tensor = outputs.get(name);
  if (!tensor) throw new Error(`${name} was not built.`);
  return tensor;
}
