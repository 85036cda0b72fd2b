/** A network with fixed weights, compiled to run forward only: prefix, evaluate, classify. Batch norm is folded away by TensorFlow's own constant folding. */
import type { Scale } from '../../contract';
import { type Network, type Weights, weightKey } from '../model/layers';
import { type Feed, Session } from '../runtime/session';
import type { Cut } from './cut';
import { Graph, nameOf, type Tensor } from './graph';
import { buildNetwork, preprocess } from './network';
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
  readonly #input: InputSpec;

  private constructor(session: Session, fetches: string[], input: InputSpec) {
    this.#session = session;
    this.#fetches = fetches;
    this.#input = input;
  }

  /** @param targets names of the layers whose outputs are wanted */
  static compile(network: Network, weights: Weights, input: InputSpec, targets: readonly string[]): Inference {
    const g = new Graph();
    const { given } = pixelInput(g, network, input);
    const last = network.layers.findIndex((layer) => layer.name === targets[targets.length - 1]);
    // Only what the targets need: the rest would be dead weight in the graph.
    const part: Network = { ...network, layers: network.layers.slice(0, last + 1) };
    const outputs = buildNetwork(g, part, { given, weight: constants(g, weights) });
    return new Inference(new Session(encodeSavedModel(g)), targets.map((name) => nameOf(outputOf(outputs, name))), input);
  }

  /** The layers that cross a cut. */
  static prefix(network: Network, weights: Weights, input: InputSpec, cut: Cut): Inference {
    return Inference.compile(network, weights, input, cut.crossing.map((layer) => layer.name));
  }

  /** @param pixels 0..255 [count, imageSize, imageSize, 3]; @returns one array a target, [count, ...output shape] */
  run(pixels: Uint8Array | Float32Array, count: number): Float32Array[] {
    const size = this.#input.imageSize;
    const feed: Feed = { name: 'pixels:0', shape: [count, size, size, 3], data: Float32Array.from(pixels) };
    return this.#session.run([feed], this.#fetches) as Float32Array[];
  }

  dispose(): void {
    this.#session.dispose();
  }
}
