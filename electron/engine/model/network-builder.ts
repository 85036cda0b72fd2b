/** Adds layers one after the other and works out their shapes and weights; each method returns the new layer's name. */
import type { Activation, Layer, Network, Padding, Shape, WeightSpec } from './layers';

interface ConvolutionOptions {
  readonly kernelSize: number;
  readonly strides: number;
  /** "same" when left out. */
  readonly padding?: Padding;
}

export class NetworkBuilder {
  readonly #layers: Layer[] = [];
  readonly #shapes = new Map<string, Shape>();

  /** @param grown layers of an existing network to go on from */
  constructor(
    private readonly part: Layer['part'],
    grown: readonly Layer[] = []
  ) {
    grown.forEach((layer) => this.#push(layer));
  }

  build(name: string): Network {
    return { name, layers: this.#layers };
  }

  shapeOf(name: string): Shape {
    const shape = this.#shapes.get(name);
    if (!shape) throw new Error(`There is no layer ${name} to take input from.`);
    return shape;
  }

  input(name: string, shape: Shape): string {
    return this.#push({ type: 'InputLayer', name, inputs: [], outputShape: shape, weights: [], part: this.part });
  }

  zeroPadding(name: string, input: string, padding: readonly [readonly [number, number], readonly [number, number]]): string {
    const [h, w, c] = this.#mapOf(input);
    const outputShape = [h + padding[0][0] + padding[0][1], w + padding[1][0] + padding[1][1], c];
    return this.#push({ type: 'ZeroPadding2D', name, inputs: [input], outputShape, weights: [], part: this.part, padding });
  }

  conv2D(name: string, input: string, { filters, kernelSize, strides, padding = 'same' }: ConvolutionOptions & { filters: number }): string {
    const [h, w, c] = this.#mapOf(input);
    const outputShape = [slide(h, kernelSize, strides, padding), slide(w, kernelSize, strides, padding), filters];
    const weights = [kernel([kernelSize, kernelSize, c, filters])];
    return this.#push({ type: 'Conv2D', name, inputs: [input], outputShape, weights, part: this.part, filters, kernelSize, strides, padding, useBias: false });
  }

  depthwiseConv2D(name: string, input: string, { kernelSize, strides, padding = 'same' }: ConvolutionOptions): string {
    const [h, w, c] = this.#mapOf(input);
    const outputShape = [slide(h, kernelSize, strides, padding), slide(w, kernelSize, strides, padding), c];
    const weights = [kernel([kernelSize, kernelSize, c, 1])];
    return this.#push({ type: 'DepthwiseConv2D', name, inputs: [input], outputShape, weights, part: this.part, kernelSize, strides, padding, useBias: false });
  }

  /** MobileNetV2's own momentum and epsilon. */
  batchNorm(name: string, input: string, momentum = 0.999, epsilon = 1e-3): string {
    const outputShape = this.shapeOf(input);
    const channels = outputShape.slice(-1);
    const weights: WeightSpec[] = [
      { name: 'gamma', shape: channels, trainable: true, initializer: 'ones' },
      { name: 'beta', shape: channels, trainable: true, initializer: 'zeros' },
      { name: 'moving_mean', shape: channels, trainable: false, initializer: 'zeros' },
      { name: 'moving_variance', shape: channels, trainable: false, initializer: 'ones' }
    ];
    return this.#push({ type: 'BatchNormalization', name, inputs: [input], outputShape, weights, part: this.part, momentum, epsilon });
  }

  relu6(name: string, input: string): string {
    return this.#push({ type: 'ReLU', name, inputs: [input], outputShape: this.shapeOf(input), weights: [], part: this.part, maxValue: 6 });
  }

  add(name: string, a: string, b: string): string {
    return this.#push({ type: 'Add', name, inputs: [a, b], outputShape: this.shapeOf(a), weights: [], part: this.part });
  }

  globalAveragePooling(name: string, input: string): string {
    return this.#push({ type: 'GlobalAveragePooling2D', name, inputs: [input], outputShape: this.shapeOf(input).slice(-1), weights: [], part: this.part });
  }

  dropout(name: string, input: string, rate: number): string {
    return this.#push({ type: 'Dropout', name, inputs: [input], outputShape: this.shapeOf(input), weights: [], part: this.part, rate });
  }

  dense(name: string, input: string, units: number, activation: Activation): string {
    const inputs = this.shapeOf(input).slice(-1);
    const weights: WeightSpec[] = [kernel([...inputs, units]), { name: 'bias', shape: [units], trainable: true, initializer: 'zeros' }];
    return this.#push({ type: 'Dense', name, inputs: [input], outputShape: [units], weights, part: this.part, units, activation, useBias: true });
  }

  #push(layer: Layer): string {
    if (this.#shapes.has(layer.name)) throw new Error(`There are two layers named ${layer.name}.`);
    this.#layers.push(layer);
    this.#shapes.set(layer.name, layer.outputShape);
    return layer.name;
  }

  #mapOf(name: string): [height: number, width: number, channels: number] {
    const [height, width, channels] = this.shapeOf(name);
    if (height === undefined || width === undefined || channels === undefined) throw new Error(`${name} does not give a feature map.`);
    return [height, width, channels];
  }
}

const kernel = (shape: Shape): WeightSpec => ({ name: 'kernel', shape, trainable: true, initializer: 'glorot_uniform' });

/** Positions a kernel takes along one axis. */
const slide = (size: number, kernelSize: number, strides: number, padding: Padding): number =>
  padding === 'same' ? Math.ceil(size / strides) : Math.floor((size - kernelSize) / strides) + 1;
