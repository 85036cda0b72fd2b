/**
 * The vocabulary of a network: layers with Keras' class names, options and shapes, in topological order.
 * A network is data; what runs it is in graph/, what writes it in export/.
 */

/** Height, width, channels (or units alone), without the batch dimension. */
export type Shape = readonly number[];

export interface WeightSpec {
  /** Keras 3's name inside the layer: kernel, bias, gamma, beta, moving_mean, moving_variance. */
  readonly name: string;
  readonly shape: Shape;
  /** Whether it trains when its layer does (moving statistics never do). */
  readonly trainable: boolean;
  readonly initializer: 'glorot_uniform' | 'zeros' | 'ones';
}

interface LayerBase {
  readonly name: string;
  /** Names of the layers it takes its input from. */
  readonly inputs: readonly string[];
  readonly outputShape: Shape;
  /** In Keras' order. */
  readonly weights: readonly WeightSpec[];
  /** "base" for the backbone's own layers, "head" for the grafted ones. */
  readonly part: 'base' | 'head';
}

export type Padding = 'same' | 'valid';
export type Activation = 'linear' | 'relu' | 'softmax';

export type Layer = LayerBase &
  (
    | { readonly type: 'InputLayer' }
    /** padding: [[top, bottom], [left, right]] */
    | { readonly type: 'ZeroPadding2D'; readonly padding: readonly [readonly [number, number], readonly [number, number]] }
    | { readonly type: 'Conv2D'; readonly filters: number; readonly kernelSize: number; readonly strides: number; readonly padding: Padding; readonly useBias: boolean }
    | { readonly type: 'DepthwiseConv2D'; readonly kernelSize: number; readonly strides: number; readonly padding: Padding; readonly useBias: boolean }
    | { readonly type: 'BatchNormalization'; readonly momentum: number; readonly epsilon: number }
    /** maxValue 6: Keras' relu6. */
    | { readonly type: 'ReLU'; readonly maxValue: number | null }
    | { readonly type: 'Add' }
    | { readonly type: 'GlobalAveragePooling2D' }
    /** Nothing but a name when the network only predicts. */
    | { readonly type: 'Dropout'; readonly rate: number }
    | { readonly type: 'Dense'; readonly units: number; readonly activation: Activation; readonly useBias: boolean }
  );

export type LayerType = Layer['type'];
export type LayerOf<T extends LayerType> = Extract<Layer, { type: T }>;

export interface Network {
  readonly name: string;
  /** Topological order; the first is the InputLayer, the last the output. */
  readonly layers: readonly Layer[];
}

/** The one that answers. */
export function outputLayer({ layers }: Network): Layer {
  const last = layers[layers.length - 1];
  if (!last) throw new Error('A network needs an output.');
  return last;
}

/** Values by "layer/weight", for example "Conv1/kernel", each in Keras' memory order. */
export type Weights = Map<string, Float32Array>;

export const weightKey = (layer: Layer | string, weight: WeightSpec | string): string =>
  `${typeof layer === 'string' ? layer : layer.name}/${typeof weight === 'string' ? weight : weight.name}`;

export const sizeOf = (shape: Shape): number => shape.reduce((product, n) => product * n, 1);
