/**
 * Where in a picture the evidence for a class lies: Grad-CAM (Selvaraju et al. 2017), with gradients of our own compiled graph.
 * The score is the class's output before the softmax, as the paper and Keras' example take it: after it, a sure answer has hardly any gradient.
 */
import { cutAt } from '../graph/cut';
import { gradients } from '../graph/gradients';
import { Graph, nameOf, type Tensor } from '../graph/graph';
import { constants, type InputSpec, pixelInput } from '../graph/inference';
import { buildNetwork, outputOf } from '../graph/network';
import { multiply } from '../graph/operations/elementwise';
import { sum } from '../graph/operations/shapes';
import { encodeSavedModel } from '../graph/saved-model';
import { indexOfLargest } from '../model/index-of-largest';
import type { Layer, Network, Weights } from '../model/layers';
import { Session } from '../runtime/session';

/** A layer that gives a map, with the map's size. */
export interface MapLayer {
  readonly name: string;
  readonly height: number;
  readonly width: number;
}

/** For each size of map the last layer that has it, the coarsest first: the deeper, the more its channels mean; the earlier, the finer its map. */
export function mapLayers(network: Network): MapLayer[] {
  // Padding alone would be the last to have a size that no layer sees.
  const maps = network.layers.filter(({ type, outputShape }) => outputShape.length === 3 && type !== 'InputLayer' && type !== 'ZeroPadding2D');
  const bySize = new Map(maps.map(({ name, outputShape: [height = 0, width = 0] }): [number, MapLayer] => [height, { name, height, width }]));
  return [...bySize.values()].sort((a, b) => a.height - b.height);
}

/** The deepest layer whose map tells one place from another: the last but where it is 1x1, as MobileNetV2's at 32x32 is. */
export const bestMapLayer = (layers: readonly MapLayer[]): MapLayer | undefined => layers.find(({ height, width }) => height * width > 1) ?? layers[0];

export interface Evidence {
  /** Before the softmax, [classes]. */
  readonly scores: Float32Array;
  /** The class that is asked about. */
  readonly class: number;
  /** The layer's output A, [height, width, channels]. */
  readonly map: Float32Array;
  /** d score of the class / d A, alike. */
  readonly gradient: Float32Array;
}

/** A model with the gradient of any class's score at one layer, compiled; batch norms are in inference mode. */
export class GradCam {
  readonly #session: Session;
  readonly #input: InputSpec;
  readonly #classes: number;
  readonly #fetch: { readonly scores: string; readonly map: string; readonly gradient: string };

  /** @throws Error when the network has no such layer, or nothing behind it leads to the scores */
  constructor(network: Network, weights: Weights, input: InputSpec, layer: string) {
    const g = new Graph();
    const at = network.layers.findIndex(({ name }) => name === layer);
    if (at < 0) throw new Error(`There is no layer ${layer}.`);
    const weight = constants(g, weights);
    const below = buildNetwork(g, { ...network, layers: network.layers.slice(0, at + 1) }, { given: pixelInput(g, network, input, 'pixels', 'uint8').given, weight });
    // A tensor of its own, that all above goes through: layers that TensorFlow fuses would pass by the layer's own.
    const map = g.after([], outputOf(below, layer), 'map');
    const given = new Map(cutAt(network, at + 1).crossing.map(({ name }: Layer): [string, Tensor] => [name, name === layer ? map : outputOf(below, name)]));
    const scores = outputOf(buildNetwork(g, network, { given, weight }), 'logits');
    this.#classes = scores.shape[1] ?? 0;
    const score = sum(g, multiply(g, scores, g.placeholder('class', 'float32', [null, this.#classes])), [0, 1]);
    const [gradient] = gradients(g, score, [map]) as [Tensor];
    this.#input = input;
    this.#fetch = { scores: nameOf(scores), map: nameOf(map), gradient: nameOf(gradient) };
    this.#session = new Session(encodeSavedModel(g));
  }

  /**
   * @param pixels 0..255, [imageSize, imageSize, 3]
   * @param index of a class; null for the most probable
   */
  look(pixels: Uint8Array, index: number | null): Evidence {
    const picture = { name: 'pixels:0', shape: [1, this.#input.imageSize, this.#input.imageSize, 3], data: pixels };
    const { scores: name, map: mapName, gradient: gradientName } = this.#fetch;
    const wanted = index ?? indexOfLargest(this.#session.run([picture], [name])[0] as Float32Array);
    const oneHot = Float32Array.from({ length: this.#classes }, (_, i) => Number(i === wanted));
    const [scores, map, gradient] = this.#session.run([picture, { name: 'class:0', shape: [1, this.#classes], data: oneHot }], [name, mapName, gradientName]) as [Float32Array, Float32Array, Float32Array];
    return { scores, class: wanted, map, gradient };
  }

  dispose(): void {
    this.#session.dispose();
  }
}

/** a_k = mean over all places of dy / dA^k (equation 1). */
export function channelWeights(gradient: Float32Array, channels: number): Float64Array {
  const means = new Float64Array(channels);
  gradient.forEach((value, i) => (means[i % channels]! += value));
  return means.map((sum) => (sum * channels) / gradient.length);
}

/**
 * ReLU(sum over k of a_k A^k) (equation 2), divided by its largest value: 0..1, [height, width]. All 0 where nothing here speaks for the class.
 */
export function heatOf({ map, gradient }: Pick<Evidence, 'map' | 'gradient'>, channels: number): Float32Array<ArrayBuffer> {
  const weights = channelWeights(gradient, channels);
  const heat = Float64Array.from({ length: map.length / channels }, (_, place) => weights.reduce((sum, weight, k) => sum + weight * map[place * channels + k]!, 0));
  const most = heat.reduce((best, value) => Math.max(best, value), 0);
  return Float32Array.from(heat, (value) => (most > 0 ? Math.max(0, value) / most : 0));
}
