/**
 * A training program: the layers above the cut with their loss, gradients and optimizer update in one compiled graph, and beside it the
 * same layers in inference mode on the same variables. A step is one run of the session.
 */
import type { Optimizer } from '../../contract';
import { type Layer, type Network, type Weights, weightKey } from '../model/layers';
import { type Feed, Session, type Values } from '../runtime/session';
import type { Cut } from './cut';
import { gradients } from './gradients';
import { Graph, nameOf, type Node, type Tensor, type Variable } from './graph';
import { constants, type InputSpec } from './inference';
import { buildNetwork, preprocess } from './network';
import { add, multiply, sqrt, square, subtract } from './operations/elementwise';
import { hits, sparseCategoricalCrossentropy } from './operations/loss';
import { mean, reshapeTo, sum } from './operations/shapes';
import { optimize } from './optimizers';
import { encodeSavedModel } from './saved-model';

export interface TrainerSpec {
  readonly network: Network;
  readonly cut: Cut;
  readonly input: InputSpec;
  /** Names of the layers that train. */
  readonly trainable: ReadonlySet<string>;
  readonly optimizer: Optimizer;
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
  readonly #scalars: { name: string; at: (t: number) => number }[];
  readonly #inputShape: readonly number[];
  readonly #gradientNames: ReadonlyMap<string, { tensor: string; norm: string }>;
  readonly #fetch: { step: string[]; evaluate: string[]; probabilities: string[] };
  readonly #tailNames: ReadonlySet<string>;
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

    const { examples, given } = this.#inputs(g, spec);
    this.#inputShape = examples.shape.slice(1) as number[];
    const labels = g.placeholder('labels', 'int32', [null]);
    const learningRate = g.placeholder('learning_rate', 'float32', []);

    // Forward with batch statistics where a batch norm trains; moving statistics follow (Keras: moving += (batch - moving) * (1 - momentum)).
    const updates: Node[] = [];
    const trained = buildNetwork(g, spec.network, {
      given,
      weight,
      usesBatch: isTrainable,
      onStatistics: (layer, statistics) => {
        for (const [name, value] of [['moving_mean', statistics.mean], ['moving_variance', statistics.variance]] as const) {
          const moving = this.#variables.get(weightKey(layer, name));
          if (!moving) continue;
          const step = multiply(g, subtract(g, value, moving.value), g.constant(1 - layer.momentum));
          updates.push(g.assign(moving, add(g, moving.value, step)));
        }
      }
    });
    const logits = outputOf(trained, 'logits');
    const loss = mean(g, sparseCategoricalCrossentropy(g, logits, labels), [0]);
    const accuracy = mean(g, hits(g, logits, labels), [0]);

    const learning = tail.flatMap((layer) => (isTrainable(layer) ? layer.weights.filter((w) => w.trainable).map((w) => weightKey(layer, w)) : []));
    const variables = learning.map((key) => this.#variables.get(key) as Variable);
    const grads = gradients(g, loss, variables.map((variable) => variable.value));
    this.#gradientNames = new Map(
      grads.map((gradient, i) => {
        const flat = reshapeTo(g, gradient, [gradient.shape.reduce<number>((product, n) => product * (n ?? 1), 1)]);
        return [learning[i] as string, { tensor: nameOf(gradient), norm: nameOf(sqrt(g, sum(g, square(g, flat), [0]))) }];
      })
    );
    const optimizer = optimize(g, spec.optimizer, learningRate, variables.map((variable, i) => [variable, grads[i] as Tensor] as const));
    updates.push(...optimizer.updates);
    this.#slots = optimizer.slots;
    this.#scalars = optimizer.scalars;

    // The same variables in inference mode.
    const inferred = buildNetwork(g, spec.network, { given, weight });
    const inferredLogits = outputOf(inferred, 'logits');
    const last = spec.network.layers[spec.network.layers.length - 1];

    this.#fetch = {
      step: [nameOf(g.after(updates, loss, 'train_loss')), nameOf(accuracy)],
      evaluate: [nameOf(sum(g, sparseCategoricalCrossentropy(g, inferredLogits, labels), [0])), nameOf(sum(g, hits(g, inferredLogits, labels), [0]))],
      probabilities: [nameOf(outputOf(inferred, last?.name ?? ''))]
    };

    const all = [...this.#variables.values(), ...this.#slots];
    const assigned = all.map((variable) => g.assign(variable, g.placeholder(`${variable.name}/value`, 'float32', variable.shape)));
    g.after(assigned, g.constant(1), 'assigned');
    this.#session = new Session(encodeSavedModel(g));
    this.setState(weights, null);
  }

  /** What is fed as "examples": cached features, flat, or the pixels themselves when the cut is at the input. */
  #inputs(g: Graph, spec: TrainerSpec): { examples: Tensor; given: Map<string, Tensor> } {
    const { cut, input, network } = spec;
    const first = network.layers[0]?.name ?? '';
    if (cut.atInput) {
      const examples = g.placeholder('examples', 'float32', [null, input.imageSize, input.imageSize, 3]);
      return { examples, given: new Map([[first, preprocess(g, examples, input.scale, input.inputSize)]]) };
    }
    const examples = g.placeholder('examples', 'float32', [null, cut.size]);
    const given = new Map<string, Tensor>();
    let offset = 0;
    for (const layer of cut.crossing) {
      const size = layer.outputShape.reduce((product, n) => product * n, 1);
      const part =
        size === cut.size
          ? examples
          : g.tensor('Slice', {
              inputs: [examples, g.ints([0, offset]), g.ints([-1, size])],
              attributes: { T: { type: 'float32' }, Index: { type: 'int32' } },
              outputs: [['float32', [null, size]]]
            });
      given.set(layer.name, layer.outputShape.length === 1 ? part : reshapeTo(g, part, [null, ...layer.outputShape]));
      offset += size;
    }
    return { examples, given };
  }

  #batch(examples: Float32Array, labels: Int32Array): Feed[] {
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
  step(examples: Float32Array, labels: Int32Array, learningRate: number): BatchResult {
    this.#steps += 1;
    const feeds = [...this.#batch(examples, labels), this.#scalar('learning_rate:0', learningRate), ...this.#scalars.map((s) => this.#scalar(s.name, s.at(this.#steps)))];
    const [loss, accuracy] = this.#session.run(feeds, this.#fetch.step);
    return { loss: loss?.[0] ?? NaN, accuracy: accuracy?.[0] ?? NaN };
  }

  /** Sum of losses and number of hits in inference mode. */
  evaluate(examples: Float32Array, labels: Int32Array): { loss: number; hits: number } {
    const [loss, correct] = this.#session.run(this.#batch(examples, labels), this.#fetch.evaluate);
    return { loss: loss?.[0] ?? NaN, hits: correct?.[0] ?? NaN };
  }

  /** Class probabilities in inference mode, [count, classes]. */
  probabilities(examples: Float32Array, count: number): Float32Array {
    const [values] = this.#session.run([{ name: 'examples:0', shape: [count, ...this.#inputShape], data: examples }], this.#fetch.probabilities);
    return values as Float32Array;
  }

  /** Norm and first four values of each gradient on a batch, nothing updated; by "layer/weight". */
  gradientSummary(examples: Float32Array, labels: Int32Array): Record<string, number[]> {
    const names = [...this.#gradientNames];
    const values = this.#session.run(this.#batch(examples, labels), names.flatMap(([, g]) => [g.norm, g.tensor]));
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

const outputOf = (outputs: ReadonlyMap<string, Tensor>, name: string): Tensor => {
  const tensor = outputs.get(name);
  if (!tensor) throw new Error(`${name} was not built.`);
  return tensor;
};

/** Layers above a cut. */
function tailLayers(network: Network, cut: Cut): Layer[] {
  const lastCrossing = Math.max(...cut.crossing.map((layer) => network.layers.indexOf(layer)));
  return network.layers.slice(lastCrossing + 1);
}
