/**
 * A training program: the layers above the cut with their loss, gradients and optimizer update in one compiled graph, and beside it the
 * same layers in inference mode on the same variables. A step is one run of the session.
 */
import type { Optimizer } from '../../contract';
import { type Layer, type Network, outputLayer, sizeOf, type Weights, weightKey } from '../model/layers';
import { type Feed, Session, type Values } from '../runtime/session';
import type { Cut } from './cut';
import { gradients } from './gradients';
import { Graph, nameOf, type Node, type Tensor, type Variable } from './graph';
import { constants, type InputSpec, keptLayers } from './inference';
import { buildNetwork, outputOf, preprocess } from './network';
import { dropout } from './operations/dropout';
import { add, multiply, sqrt, subtract } from './operations/elementwise';
import { categoricalCrossentropy, hits, smoothedOneHot, sparseCategoricalCrossentropy } from './operations/loss';
import { gather, mean, sum } from './operations/shapes';
import { optimize, squaredNorm } from './optimizers';
import { encodeSavedModel } from './saved-model';

export interface TrainerSpec {
  readonly network: Network;
  readonly cut: Cut;
  readonly input: InputSpec;
  /** Names of the layers that train. */
  readonly trainable: ReadonlySet<string>;
  readonly optimizer: Optimizer;
  /** Share of each label that is spread over all classes; 0 when left out. */
  readonly labelSmoothing?: number;
  /** Penalty on the kernels of the head, l2 * sum of squares; 0 when left out. */
  readonly l2?: number;
  /** Examples count by their weight: a batch has `weights`. */
  readonly weighted?: boolean;
  /** Examples are blended in pairs: a batch has `mix`. */
  readonly mixup?: boolean;
  /** For dropout. */
  readonly seed?: number;
}

export interface Batch {
  /** [n, ...] as the cut gives them, or pixels 0..255. */
  readonly examples: Float32Array;
  readonly labels: Int32Array;
  /** How much each example counts, [n]; only when the trainer is `weighted`. */
  readonly weights?: Float32Array;
  /** Zhang et al. 2018: lambda * example + (1 - lambda) * the example at `partners`, targets alike; only with `mixup`. */
  readonly mix?: { readonly lambda: number; readonly partners: Int32Array };
}

/** Loss and accuracy of one batch. */
export interface BatchResult {
  loss: number;
  accuracy: number;
}

export class Trainer {
  readonly #session: Session;
  readonly #variables: Map<string, Variable>;
  readonly #slots: Variable[];
  /** Moving averages by the key of their weight. */
  readonly #averages: ReadonlyMap<string, Variable>;
  readonly #scalars: { name: string; at: (t: number) => number }[];
  readonly #inputShape: readonly number[];
  readonly #gradientNames: ReadonlyMap<string, { tensor: string; norm: string }>;
  readonly #fetch: { step: string[]; evaluate: string[]; probabilities: string[] };
  readonly #tailNames: ReadonlySet<string>;
  /** What a training step is fed beside examples, labels and rates. */
  readonly #feeds: ((batch: Batch) => Feed[])[] = [];
  #steps = 0;

  constructor(spec: TrainerSpec, weights: Weights) {
    const g = new Graph();
    const tail = tailLayers(spec.network, spec.cut);
    this.#tailNames = new Set(tail.map((layer) => layer.name));
    const isTrainable = (layer: Layer) => spec.trainable.has(layer.name);

    // Weights: variables where they change (or may be asked for), read once each.
    this.#variables = new Map();
    const fixed = constants(g, weights);
    for (const layer of tail) {
      if (!isTrainable(layer)) continue;
      for (const weight of layer.weights) this.#variables.set(weightKey(layer, weight), g.variable(weightKey(layer, weight), weight.shape));
    }
    const weight = (layer: Layer, name: string) => this.#variables.get(weightKey(layer, name))?.value ?? fixed(layer, name);

    const examples = g.placeholder('examples', 'float32', [null, ...exampleShape(spec)]);
    this.#inputShape = exampleShape(spec);
    const given = crossing(g, spec, examples);
    const labels = g.placeholder('labels', 'int32', [null]);
    const learningRate = g.placeholder('learning_rate', 'float32', []);
    const classes = sizeOf(outputLayer(spec.network).outputShape);
    const smoothing = spec.labelSmoothing ?? 0;
    const targets = (of: Tensor) => smoothedOneHot(g, of, classes, smoothing);
    /** One example each; sparse labels are quicker than distributions. */
    const lossOf = (logits: Tensor): Tensor => (smoothing > 0 ? categoricalCrossentropy(g, logits, targets(labels)) : sparseCategoricalCrossentropy(g, logits, labels));
    const penalty = this.#penalty(g, spec, tail, weight);
    const penalized = (loss: Tensor): Tensor => (penalty ? add(g, loss, penalty) : loss);

    // Pairs are blended where they enter: pixels, or features (Verma et al. 2019) when the cut is above them.
    const mixed = spec.mixup ? blender(g) : null;
    if (mixed) this.#feeds.push(({ mix }) => [{ name: 'lambda:0', shape: [], data: Float32Array.of(mix?.lambda ?? 1) }, { name: 'partners:0', shape: [mix?.partners.length ?? 0], data: mix?.partners ?? new Int32Array(0) }]);
    if (spec.weighted) this.#feeds.push(({ labels: { length }, weights }) => [{ name: 'weights:0', shape: [length], data: weights ?? new Float32Array(length).fill(1) }]);
    const seeds = tail.some((layer) => layer.type === 'Dropout') ? g.placeholder('seed', 'int32', [2]) : null;
    if (seeds) this.#feeds.push(() => [{ name: 'seed:0', shape: [2], data: Int32Array.of(spec.seed ?? 0, this.#steps) }]);

    // Forward with batch statistics where a batch norm trains; moving statistics follow (Keras: moving += (batch - moving) * (1 - momentum)).
    const updates: Node[] = [];
    const trained = buildNetwork(g, spec.network, {
      given: mixed ? crossing(g, spec, mixed(examples)) : given,
      weight,
      usesBatch: isTrainable,
      onStatistics: (layer, statistics) => {
        for (const [name, value] of [['moving_mean', statistics.mean], ['moving_variance', statistics.variance]] as const) {
          const moving = this.#variables.get(weightKey(layer, name));
          if (!moving) continue;
          const step = multiply(g, subtract(g, value, moving.value), g.constant(1 - layer.momentum));
          updates.push(g.assign(moving, add(g, moving.value, step)));
        }
      },
      dropout: (layer, x) => (seeds ? dropout(g, x, layer.rate, seeds, tail.indexOf(layer)) : x)
    });
    const logits = outputOf(trained, 'logits');
    const each = mixed ? categoricalCrossentropy(g, logits, mixed(targets(labels))) : lossOf(logits);
    // Keras divides by the number of examples, not by the sum of their weights.
    const loss = penalized(mean(g, spec.weighted ? multiply(g, each, g.placeholder('weights', 'float32', [null])) : each, [0]));
    const accuracy = mean(g, hits(g, logits, labels), [0]);

    const learning = tail.flatMap((layer) => (isTrainable(layer) ? layer.weights.filter((w) => w.trainable).map((w) => weightKey(layer, w)) : []));
    const variables = learning.map((key) => this.#variables.get(key) as Variable);
    const grads = gradients(g, loss, variables.map((variable) => variable.value));
    this.#gradientNames = new Map(
      grads.map((gradient, i) => [learning[i] as string, { tensor: nameOf(gradient), norm: nameOf(sqrt(g, squaredNorm(g, gradient))) }])
    );
    const optimizer = optimize(g, spec.optimizer, learningRate, variables.map((variable, i) => [variable, grads[i] as Tensor] as const));
    updates.push(...optimizer.updates);
    this.#slots = optimizer.slots;
    this.#scalars = optimizer.scalars;
    this.#averages = new Map(optimizer.averages.map((average, i) => [learning[i] as string, average]));

    // The same variables in inference mode.
    const inferred = buildNetwork(g, spec.network, { given, weight });
    const inferredLogits = outputOf(inferred, 'logits');

    this.#fetch = {
      step: [nameOf(g.after(updates, loss, 'train_loss')), nameOf(accuracy)],
      evaluate: [nameOf(sum(g, penalized(lossOf(inferredLogits)), [0])), nameOf(sum(g, hits(g, inferredLogits, labels), [0])), nameOf(inferredLogits)],
      probabilities: [nameOf(outputOf(inferred, outputLayer(spec.network).name))]
    };

    const all = [...this.#variables.values(), ...this.#slots];
    const assigned = all.map((variable) => g.assign(variable, g.placeholder(`${variable.name}/value`, 'float32', variable.shape)));
    g.after(assigned, g.constant(1), 'assigned');
    this.#session = new Session(encodeSavedModel(g));
    this.setState(weights, null);
  }

  /** l2 * sum of squares over the kernels of the head. */
  #penalty(g: Graph, { l2 = 0 }: TrainerSpec, tail: readonly Layer[], weight: (layer: Layer, name: string) => Tensor): Tensor | null {
    if (l2 === 0) return null;
    const squares = tail.flatMap((layer) => (layer.part === 'head' && layer.type === 'Dense' ? [squaredNorm(g, weight(layer, 'kernel'))] : []));
    return multiply(g, squares.reduce((total, squared) => add(g, total, squared)), g.constant(l2));
  }

  #batch({ examples, labels }: Batch): Feed[] {
    return [
      { name: 'examples:0', shape: [labels.length, ...this.#inputShape], data: examples },
      { name: 'labels:0', shape: [labels.length], data: labels }
    ];
  }

  #scalar = (name: string, value: number): Feed => ({ name, shape: [], data: Float32Array.of(value) });

  /** Steps taken since the optimizer was last reset. */
  get steps(): number {
    return this.#steps;
  }

  /** One optimizer step; loss and accuracy are those before the update. */
  step(batch: Batch, learningRate: number): BatchResult {
    this.#steps += 1;
    const feeds = [...this.#training(batch), this.#scalar('learning_rate:0', learningRate), ...this.#scalars.map((s) => this.#scalar(s.name, s.at(this.#steps)))];
    const [loss, accuracy] = this.#session.run(feeds, this.#fetch.step);
    return { loss: loss?.[0] ?? NaN, accuracy: accuracy?.[0] ?? NaN };
  }

  /** What the training graph is fed beside the rates. */
  #training(batch: Batch): Feed[] {
    return [...this.#batch(batch), ...this.#feeds.flatMap((feeds) => feeds(batch))];
  }

  /** Sum of losses and number of hits in inference mode, and the logits [n, classes]. */
  evaluate(batch: Batch): { loss: number; hits: number; logits: Float32Array } {
    const [loss, correct, logits] = this.#session.run(this.#batch(batch), this.#fetch.evaluate);
    return { loss: loss?.[0] ?? NaN, hits: correct?.[0] ?? NaN, logits: logits as Float32Array };
  }

  /** Class probabilities in inference mode, [count, classes]. */
  probabilities(examples: Float32Array, count: number): Float32Array {
    const [values] = this.#session.run([{ name: 'examples:0', shape: [count, ...this.#inputShape], data: examples }], this.#fetch.probabilities);
    return values as Float32Array;
  }

  /** Norm and first four values of each gradient on a batch, nothing updated; by "layer/weight". */
  gradientSummary(batch: Batch): Record<string, number[]> {
    const names = [...this.#gradientNames];
    const values = this.#session.run(this.#training(batch), names.flatMap(([, g]) => [g.norm, g.tensor]));
    return Object.fromEntries(names.map(([key], i) => [key, [values[2 * i]?.[0] ?? NaN, ...Array.from((values[2 * i + 1] as Float32Array).subarray(0, 4))]]));
  }

  /** The trained weights: `into` with the tail's variables replaced. */
  weights(into: Weights): Weights {
    const keys = [...this.#variables.keys()];
    const values = this.#read([...this.#variables.values()]);
    const result: Weights = new Map(into);
    keys.forEach((key, i) => result.set(key, values[i] as Float32Array));
    return result;
  }

  /** As `weights`, with the moving averages of those that are averaged (Keras: what use_ema leaves when training ends). */
  averagedWeights(into: Weights): Weights {
    const result = this.weights(into);
    if (this.#steps === 0) return result;
    const values = this.#read([...this.#averages.values()]);
    [...this.#averages.keys()].forEach((key, i) => result.set(key, values[i] as Float32Array));
    return result;
  }

  /** The optimizer's slots by variable name, and its step count. */
  optimizerState(): { steps: number; slots: Weights } {
    const values = this.#read(this.#slots);
    return { steps: this.#steps, slots: new Map(this.#slots.map((slot, i) => [slot.name, values[i] as Float32Array])) };
  }

  /** Sets all variables; without an optimizer state its slots start at zero, as after Keras' compile(). */
  setState(weights: Weights, optimizer: { steps: number; slots: Weights } | null): void {
    const feeds: Feed[] = [];
    const feed = (variable: Variable, value: Values) => feeds.push({ name: `${variable.name}/value:0`, shape: variable.shape, data: value });
    for (const [key, variable] of this.#variables) {
      const value = weights.get(key);
      if (!value) throw new Error(`The weights have no ${key}.`);
      feed(variable, value);
    }
    for (const slot of this.#slots) feed(slot, optimizer?.slots.get(slot.name) ?? new Float32Array(slot.shape.reduce((product, n) => product * n, 1)));
    this.#session.run(feeds, ['assigned:0']);
    this.#steps = optimizer?.steps ?? 0;
  }

  #read(variables: readonly Variable[]): Values[] {
    return variables.length === 0 ? [] : this.#session.run([], variables.map((variable) => nameOf(variable.value)));
  }

  /** Whether a layer lies above the cut. */
  has(layer: string): boolean {
    return this.#tailNames.has(layer);
  }

  dispose(): void {
    this.#session.dispose();
  }
}

/** Shape of one example: features, flat, or pixels when the cut is at the input. */
const exampleShape = ({ cut, input }: TrainerSpec): number[] => (cut.atInput ? [input.imageSize, input.imageSize, 3] : [cut.size]);

/** The outputs of the layers that cross the cut, by layer name, from examples. */
const crossing = (g: Graph, { cut, input, network }: TrainerSpec, examples: Tensor): Map<string, Tensor> =>
  cut.atInput ? new Map([[network.layers[0]?.name ?? '', preprocess(g, examples, input.scale, input.inputSize)]]) : keptLayers(g, cut, examples);

/** Blends rows with their partners: lambda * x + (1 - lambda) * x[partners]. */
function blender(g: Graph): (x: Tensor) => Tensor {
  const [lambda, partners] = [g.placeholder('lambda', 'float32', []), g.placeholder('partners', 'int32', [null])];
  const rest = subtract(g, g.constant(1), lambda);
  return (x) => add(g, multiply(g, x, lambda), multiply(g, gather(g, x, partners), rest));
}

/** Layers above a cut. */
function tailLayers(network: Network, cut: Cut): Layer[] {
  const lastCrossing = Math.max(...cut.crossing.map((layer) => network.layers.indexOf(layer)));
  return network.layers.slice(lastCrossing + 1);
}
