/** A network with fixed weights, compiled to run forward only: prefix, evaluate, classify. */
import type { Scale } from '../../contract';
import { type Network, sizeOf, type Weights, weightKey } from '../model/layers';
import { type Feed, Session } from '../runtime/session';
import type { Cut } from './cut';
import { Graph, nameOf, type Tensor } from './graph';
import { buildNetwork, outputOf, preprocess } from './network';
import { cast, reshapeTo, slice } from './operations/shapes';
import { encodeSavedModel } from './saved-model';

/** What the pixels go through before the network: stored height = width, the backbone's input size and range. */
export interface InputSpec {
  readonly imageSize: number;
  readonly inputSize: number;
  readonly scale: Scale;
}

/** Pictures a run, so that its activations stay in some tens of MB. */
export const picturesARun = (inputSize: number): number => Math.max(8, Math.min(256, Math.round(64 * (96 / inputSize) ** 2)));

/** What pixels are fed as: whole bytes, a quarter to copy, or numbers between them, as augmentation leaves. */
type PixelType = 'uint8' | 'float32';

/** The network's input layer by name, fed from pixels 0..255 [n, imageSize, imageSize, 3]. */
export function pixelInput(g: Graph, network: Network, input: InputSpec, name = 'pixels', type: PixelType = 'float32'): { pixels: Tensor; given: Map<string, Tensor> } {
  const pixels = g.placeholder(name, type, [null, input.imageSize, input.imageSize, 3]);
  const [first] = network.layers;
  if (!first) throw new Error('A network needs an input layer.');
  return { pixels, given: new Map([[first.name, preprocess(g, cast(g, pixels, 'float32'), input.scale, input.inputSize)]]) };
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

/** A way through the network: where rows go in, and where the targets come out. */
interface Lane {
  readonly feed: string;
  readonly fetches: readonly string[];
}

/** What a row is fed as, and its shape. */
interface Rows {
  readonly type: PixelType;
  readonly shape: readonly number[];
}

/**
 * Lanes of a graph that is run on batches: each takes a part of the batch, and while one of them waits for the slowest part of an operation the
 * other has work for the core. A tenth less time at 96x96 on two cores; four lanes gain no more.
 */
const LANES = 2;
/** Fewer pictures than this a lane are not worth a second one. */
const LEAST_A_LANE = 8;

/** Runs a part of a network forward on batches of pictures. */
export class Inference {
  private constructor(
    private readonly session: Session,
    private readonly lanes: readonly Lane[],
    private readonly rows: Rows
  ) {}

  /** @param targets names of the layers whose outputs are wanted */
  static compile(network: Network, weights: Weights, input: InputSpec, targets: readonly string[], { type = 'uint8', lanes = LANES }: { type?: PixelType; lanes?: number } = {}): Inference {
    const rows: Rows = { type, shape: [input.imageSize, input.imageSize, 3] };
    return Inference.#build(network, weights, targets, rows, lanes, (g, name) => pixelInput(g, network, input, name, type).given);
  }

  /** The layers that cross a cut, of pictures as they are or augmented. */
  static prefix(network: Network, weights: Weights, input: InputSpec, cut: Cut): Inference {
    return Inference.compile(network, weights, input, cut.crossing.map((layer) => layer.name), { type: 'float32' });
  }

  /** What lies between two cuts: fed with what is kept at the lower one, [count, lower.size]. */
  static between(network: Network, weights: Weights, lower: Cut, upper: Cut): Inference {
    const rows: Rows = { type: 'float32', shape: [lower.size] };
    return Inference.#build(network, weights, upper.crossing.map((layer) => layer.name), rows, LANES, (g, name) => keptLayers(g, lower, g.placeholder(name, 'float32', [null, lower.size])));
  }

  /** @param enter the layers that are given, from a placeholder of this name */
  static #build(network: Network, weights: Weights, targets: readonly string[], rows: Rows, count: number, enter: (g: Graph, name: string) => ReadonlyMap<string, Tensor>): Inference {
    const last = network.layers.findIndex((layer) => layer.name === targets[targets.length - 1]);
    // Only what the targets need: the rest would be dead weight in the graph.
    const part: Network = { ...network, layers: network.layers.slice(0, last + 1) };
    const g = new Graph();
    const weight = constants(g, weights);
    const lanes = Array.from({ length: count }, (_, lane): Lane => {
      const outputs = buildNetwork(g, part, { given: enter(g, `rows_${lane}`), weight });
      return { feed: `rows_${lane}:0`, fetches: targets.map((name) => nameOf(outputOf(outputs, name))) };
    });
    return new Inference(new Session(encodeSavedModel(g)), lanes, rows);
  }

  /** @param rows pixels 0..255 [count, imageSize, imageSize, 3], or what is kept at a cut; @returns one array a target, [count, ...output shape] */
  run(rows: Uint8Array | Float32Array, count: number): Float32Array[] {
    const { shape, type } = this.rows;
    const data = type === 'float32' && !(rows instanceof Float32Array) ? new Float32Array(rows) : rows;
    const lanes = this.lanes.slice(0, Math.max(1, Math.floor(count / LEAST_A_LANE)));
    const size = data.length / count;
    const border = (lane: number): number => Math.round((count * lane) / lanes.length);
    const feeds = lanes.map(({ feed }, i): Feed => ({ name: feed, shape: [border(i + 1) - border(i), ...shape], data: data.subarray(border(i) * size, border(i + 1) * size) }));
    const outputs = this.session.run(feeds, lanes.flatMap(({ fetches }) => fetches)) as Float32Array[];
    const targets = outputs.length / lanes.length;
    return Array.from({ length: targets }, (_, target) => joined(lanes.map((_lane, i) => outputs[i * targets + target] as Float32Array)));
  }

  dispose(): void {
    this.session.dispose();
  }
}

/** One after the other. */
export function joined(parts: readonly Float32Array[]): Float32Array {
  const [only] = parts;
  if (parts.length === 1 && only) return only;
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
