/** A network with fixed weights, compiled to run forward only: prefix, evaluate, classify. */
import type { Scale } from '../../contract';
import { type Network, sizeOf, type Weights, weightKey } from '../model/layers';
import { type Feed, Session } from '../runtime/session';
import type { Cut } from './cut';
import { Graph, nameOf, type Tensor } from './graph';
import { buildNetwork, preprocess } from './network';
import { reshapeTo, slice } from './operations/shapes';
import { encodeSavedModel, type SignatureSpec } from './saved-model';

/** What the pixels go through before the network: stored height = width, the backbone's input size and range. */
export interface InputSpec {
  readonly imageSize: number;
  readonly inputSize: number;
  readonly scale: Scale;
}

/** The network's input layer by name, fed from pixels 0..255 [n, imageSize, imageSize, 3]. */
export function pixelInput(g: Graph, network: Network, input: InputSpec, name = 'pixels'): { pixels: Tensor; given: Map<string, Tensor> } {
  const pixels = g.placeholder(name, 'float32', [null, input.imageSize, input.imageSize, 3]);
  const [first] = network.layers;
  if (!first) throw new Error('A network needs an input layer.');
  return { pixels, given: new Map([[first.name, preprocess(g, pixels, input.scale, input.inputSize)]]) };
}

/** The layers that cross a cut, by name, from what is kept of them: flat and one beside the other [n, cut.size]. */
export function keptLayers(g: Graph, cut: Cut, kept: Tensor): Map<string, Tensor> {
  let offset = 0;
  return new Map(
    cut.crossing.map(({ name: layer, outputShape }) => {
      const size = sizeOf(outputShape);
      const part = size === cut.size ? kept : slice(g, kept, [0, offset], [-1, size]);
      offset += size;
      return [layer, outputShape.length === 1 ? part : reshapeTo(g, part, [null, ...outputShape])];
    })
  );
}

/** Weights as constants. */
export const constants = (g: Graph, weights: Weights) => {
  const made = new Map<string, Tensor>();
  return (layer: Network['layers'][number], name: string): Tensor => {
    const key = weightKey(layer, name);
    const found = made.get(key);
    if (found) return found;
    const value = weights.get(key);
    const spec = layer.weights.find((weight) => weight.name === name);
    if (!value || !spec) throw new Error(`The weights have no ${key}.`);
    const tensor = g.constant(value, spec.shape, 'float32', key);
    made.set(key, tensor);
    return tensor;
  };
};

const outputOf = (outputs: ReadonlyMap<string, Tensor>, name: string): Tensor => {
  const tensor = outputs.get(name);
  if (!tensor) throw new Error(`${name} was not built.`);
  return tensor;
};

/** The whole network as a SavedModel with signature "serving_default": image (pixels 0..255) -> probabilities. */
export function inferenceSavedModel(network: Network, weights: Weights, input: InputSpec): Uint8Array {
  const g = new Graph();
  const { pixels, given } = pixelInput(g, network, input, 'image');
  const outputs = buildNetwork(g, network, { given, weight: constants(g, weights) });
  const last = network.layers[network.layers.length - 1];
  const probabilities = outputOf(outputs, last?.name ?? '');
  const signature: SignatureSpec = { inputs: { image: pixels }, outputs: { probabilities } };
  return encodeSavedModel(g, { serving_default: signature });
}

/** Runs a part of a network forward on batches of pictures. */
export class Inference {
  readonly #session: Session;
  readonly #fetches: string[];
  readonly #feed: Omit<Feed, 'data'>;

  private constructor(session: Session, fetches: string[], feed: Omit<Feed, 'data'>) {
    this.#session = session;
    this.#fetches = fetches;
    this.#feed = feed;
  }

  /** @param targets names of the layers whose outputs are wanted */
  static compile(network: Network, weights: Weights, input: InputSpec, targets: readonly string[]): Inference {
    const g = new Graph();
    const { given } = pixelInput(g, network, input);
    return Inference.#build(g, network, weights, given, targets, { name: 'pixels:0', shape: [input.imageSize, input.imageSize, 3] });
  }

  /** @param feed where a run's rows go in, and the shape of one row */
  static #build(g: Graph, network: Network, weights: Weights, given: ReadonlyMap<string, Tensor>, targets: readonly string[], feed: Omit<Feed, 'data'>): Inference {
    const last = network.layers.findIndex((layer) => layer.name === targets[targets.length - 1]);
    // Only what the targets need: the rest would be dead weight in the graph.
    const part: Network = { ...network, layers: network.layers.slice(0, last + 1) };
    const outputs = buildNetwork(g, part, { given, weight: constants(g, weights) });
    return new Inference(new Session(encodeSavedModel(g)), targets.map((name) => nameOf(outputOf(outputs, name))), feed);
  }

  /** The layers that cross a cut. */
  static prefix(network: Network, weights: Weights, input: InputSpec, cut: Cut): Inference {
    return Inference.compile(network, weights, input, cut.crossing.map((layer) => layer.name));
  }

  /** What lies between two cuts: fed with what is kept at the lower one, [count, lower.size]. */
  static between(network: Network, weights: Weights, lower: Cut, upper: Cut): Inference {
    const g = new Graph();
    return Inference.#build(g, network, weights, keptLayers(g, lower, g.placeholder('kept', 'float32', [null, lower.size])), upper.crossing.map((layer) => layer.name), { name: 'kept:0', shape: [lower.size] });
  }

  /** @param rows pixels 0..255 [count, imageSize, imageSize, 3], or what is kept at a cut; @returns one array a target, [count, ...output shape] */
  run(rows: Uint8Array | Float32Array, count: number): Float32Array[] {
    const feed: Feed = { name: this.#feed.name, shape: [count, ...this.#feed.shape], data: rows instanceof Float32Array ? rows : new Float32Array(rows) };
    return this.#session.run([feed], this.#fetches) as Float32Array[];
  }

  dispose(): void {
    this.#session.dispose();
  }
}
