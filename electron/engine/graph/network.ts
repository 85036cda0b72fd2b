/**
 * A network of Keras layers as nodes of a graph. The same walk builds training, validation, prefix and export; what differs is where
 * weights come from and which batch norms look at the batch.
 */
import type { Scale } from '../../contract';
import type { Layer, LayerOf, Network, WeightSpec } from '../model/layers';
import { type Graph, known, type Tensor } from './graph';
import { type Normalized, batchNormalize } from './operations/batch-norm';
import { conv2d, depthwiseConv2d } from './operations/convolution';
import { biasAdd, matMul } from './operations/dense';
import { add, multiply, relu, relu6, rsqrt, softmax, subtract } from './operations/elementwise';
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
  const scaled =
    scale === '0..1' ? multiply(g, pixels, g.constant(1 / 255)) : subtract(g, multiply(g, pixels, g.constant(1 / 127.5)), g.constant(1));
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

  /** Inference: y = x * s + (beta - mean * s), s = gamma / sqrt(variance + epsilon). */
  const folded = (layer: LayerOf<'BatchNormalization'>) => {
    const [gamma, beta, average, variance] = ['gamma', 'beta', 'moving_mean', 'moving_variance'].map((name) => options.weight(layer, name)) as [Tensor, Tensor, Tensor, Tensor];
    const s = multiply(g, gamma, rsqrt(g, add(g, variance, g.constant(layer.epsilon))));
    return { scale: s, offset: subtract(g, beta, multiply(g, average, s)) };
  };
  const folds = new Map<string, ReturnType<typeof folded>>();
  /** The kernel of a convolution, with the batch norm after it multiplied in when that one runs in inference mode. */
  const kernelOf = (layer: LayerOf<'Conv2D'> | LayerOf<'DepthwiseConv2D'>): Tensor => {
    const kernel = options.weight(layer, 'kernel');
    const [next, ...others] = consumers.get(layer.name) ?? [];
    if (next?.type !== 'BatchNormalization' || others.length > 0 || options.usesBatch?.(next)) return kernel;
    const fold = folded(next);
    folds.set(next.name, fold);
    return multiply(g, kernel, layer.type === 'Conv2D' ? fold.scale : reshapeTo(g, fold.scale, [known(kernel.shape, 2, layer.name), 1]));
  };

  for (const layer of network.layers) {
    if (outputs.has(layer.name)) continue;
    // Layers below the cut that nothing above it needs.
    if (layer.type === 'InputLayer' || layer.inputs.some((name) => !outputs.has(name))) continue;
    const x = (index = 0): Tensor => outputs.get(layer.inputs[index] ?? '') as Tensor;
    outputs.set(layer.name, build(layer, x));
  }
  return outputs;

  function build(layer: Exclude<Layer, { type: 'InputLayer' }>, x: (index?: number) => Tensor): Tensor {
    switch (layer.type) {
      case 'ZeroPadding2D':
        return pad(g, x(), [[0, 0], layer.padding[0], layer.padding[1], [0, 0]]);
      case 'Conv2D': {
        const y = convolve(x(), kernelOf(layer), layer);
        return layer.useBias ? biasAdd(g, y, options.weight(layer, 'bias')) : y;
      }
      case 'DepthwiseConv2D': {
        const y = depthwise(x(), kernelOf(layer), layer);
        return layer.useBias ? biasAdd(g, y, options.weight(layer, 'bias')) : y;
      }
      case 'BatchNormalization': {
        if (options.usesBatch?.(layer)) {
          const statistics = batchNormalize(g, x(), options.weight(layer, 'gamma'), options.weight(layer, 'beta'), layer.epsilon);
          options.onStatistics?.(layer, statistics);
          return statistics.y;
        }
        const fold = folds.get(layer.name);
        if (fold) return biasAdd(g, x(), fold.offset);
        const { scale, offset } = folded(layer);
        return biasAdd(g, multiply(g, x(), scale), offset);
      }
      case 'ReLU':
        return layer.maxValue === 6 ? relu6(g, x()) : relu(g, x());
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
  function depthwise(x: Tensor, kernel: Tensor, layer: LayerOf<'DepthwiseConv2D'>): Tensor {
    const [height, width, channels] = [known(x.shape, 1, layer.name), known(x.shape, 2, layer.name), known(x.shape, 3, layer.name)];
    if (height !== 1 || width !== 1 || layer.padding !== 'same' || layer.strides !== 1) return depthwiseConv2d(g, x, kernel, layer.strides, layer.padding);
    const centre = (layer.kernelSize - 1) / 2;
    return multiply(g, x, reshapeTo(g, slice(g, kernel, [centre, centre, 0, 0], [1, 1, channels, 1]), [channels]));
  }
}
