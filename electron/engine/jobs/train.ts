/** Training from a recipe: the main job. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type History, type Phase, type PhaseResult, type Recipe, StoppedError, TsugikiError } from '../../contract';
import type { JobContext } from '../context';
import { type Dataset, type ImageSet, sliceImages } from '../data/dataset';
import { type Cut, cutAtInput, cutBelow } from '../graph/cut';
import type { InputSpec } from '../graph/inference';
import { Trainer } from '../graph/trainer';
import { attachHead } from '../model/head';
import { initialWeights } from '../model/initial-weights';
import { type Network, type Weights } from '../model/layers';
import { mobileNetV2 } from '../model/mobilenet-v2';
import { type ModelMeta, saveModel, type TrainedModel } from '../model/model-folder';
import { Random } from '../model/random';
import { trainableLayers } from '../model/trainable';
import { loadWeights } from '../model/weight-file';
import { type Checkpoint, loadCheckpoint, removeCheckpoint, saveCheckpoint } from '../training/checkpoint';
import { type Examples, FEATURE_BUDGET, makeExamples } from '../training/examples';
import { evaluate, fit } from '../training/fit';
import { findWeights } from './weights';

export interface TrainInput {
  readonly recipe: Recipe;
  /** "auto", "random", or the path of a Keras .h5. */
  readonly weights: string;
  readonly dataset: Dataset;
  /** The run's folder: checkpoints, and the model under `model/`. */
  readonly directory: string;
  readonly runId: string;
  /** Go on from the checkpoint in `directory`. */
  readonly resume: boolean;
  /** Record each step, the first gradient, weight norms and probabilities, as the reference's keras_steps.py does. */
  readonly recordSteps?: boolean;
}

export interface RunOutcome {
  /** One result a finished phase, in the recipe's order. */
  readonly results: { name: string; result: PhaseResult }[];
  readonly images: number;
  readonly testImages: number;
  readonly testedOn: Dataset['summary']['testedOn'];
  readonly stopped: boolean;
  /** Null when the run was stopped before its first epoch ended. */
  readonly model: TrainedModel | null;
  readonly modelDirectory: string | null;
}

/** Trains, tests after each phase, keeps a checkpoint an epoch and saves the model. */
export async function train(input: TrainInput, context: JobContext): Promise<RunOutcome> {
  const checkpoint = input.resume ? loadCheckpoint(input.directory) : null;
  if (input.resume && !checkpoint) {
    throw new TsugikiError('nothing_to_resume', `There is no checkpoint in ${input.directory} to go on from. Start the training again.`, { path: input.directory });
  }
  const run = await Run.prepare({ ...input, recipe: checkpoint?.recipe ?? input.recipe, weights: checkpoint?.weightsSource ?? input.weights }, checkpoint, context);
  // Not before: a run that is refused must not cost the one before it.
  mkdirSync(input.directory, { recursive: true });
  if (!checkpoint) removeCheckpoint(input.directory);
  return run.go(context);
}

/** Numbers a pictures' multiply-adds take a second while training, about: only for a first guess of the time left. */
const MULTIPLY_ADDS_PER_SECOND = 1.5e10;

class Run {
  #weights: Weights;
  readonly #results: PhaseResult[];
  #finishedEpochs: boolean;
  readonly #random: Random;

  private constructor(
    private readonly input: TrainInput,
    private readonly network: Network,
    private readonly spec: InputSpec,
    private readonly sets: { train: ImageSet; validation: ImageSet; test: ImageSet },
    private readonly checkpoint: Checkpoint | null,
    weights: Weights
  ) {
    this.#weights = checkpoint?.weights ?? weights;
    this.#results = checkpoint?.results ?? [];
    this.#finishedEpochs = checkpoint !== null;
    this.#random = new Random(input.recipe.seed);
    if (checkpoint) this.#random.state = checkpoint.random;
  }

  static async prepare(input: TrainInput, checkpoint: Checkpoint | null, context: JobContext): Promise<Run> {
    const { recipe, dataset } = input;
    const whole = await dataset.load('train', recipe.inputSize, context);
    if (checkpoint) refuseOtherData(checkpoint, dataset, whole.height);
    const used = sliceImages(whole, 0, Math.min(recipe.limit, whole.count));
    // Keras: the last part in file order, int(n * (1 - split)) stay.
    const kept = Math.floor(used.count * (1 - recipe.validationSplit));
    if (kept < 1) {
      throw new TsugikiError('too_few_pictures', `validationSplit ${recipe.validationSplit} of ${used.count} pictures leaves none to train on. Add pictures or lower validationSplit.`, { count: used.count });
    }
    const test = await dataset.load('test', recipe.inputSize, context);
    const sets = { train: sliceImages(used, 0, kept), validation: sliceImages(used, kept, used.count), test };

    const network = attachHead(mobileNetV2({ alpha: recipe.alpha, inputSize: recipe.inputSize }), recipe.head, dataset.summary.classNames.length);
    for (const phase of recipe.phases) trainableLayers(network, phase); // an unknown layer name is refused before any work
    const weights = initialWeights(network, recipe.seed);
    if (!checkpoint) {
      context.report({ kind: 'stage', stage: 'weights', done: 0, total: 1, unit: 'files', secondsLeft: null });
      const file = await findWeights(input.weights, recipe.alpha, context);
      if (file) await loadInto(weights, file, network, 'base');
      if (recipe.initialWeights) await loadInto(weights, recipe.initialWeights, network, 'byName');
      context.report({ kind: 'stage', stage: 'weights', done: 1, total: 1, unit: 'files', secondsLeft: 0 });
    }
    const spec: InputSpec = { imageSize: whole.height, inputSize: recipe.inputSize, scale: recipe.scale };
    return new Run(input, network, spec, sets, checkpoint, weights);
  }

  async go(context: JobContext): Promise<RunOutcome> {
    const { recipe, runId, dataset } = this.input;
    const start = { phase: this.checkpoint?.phase ?? 0, epoch: this.checkpoint?.epoch ?? 0 };
    const steps = Math.ceil(this.sets.train.count / recipe.batchSize);
    context.report({
      kind: 'training_started', runId, from: start, trainCount: this.sets.train.count, validationCount: this.sets.validation.count,
      phases: recipe.phases.map((phase) => ({ name: phase.name, epochs: phase.epochs, stepsPerEpoch: steps, trainableFrom: phase.trainable?.[0] ?? phase.trainableFrom }))
    });
    let stopped = false;
    try {
      for (let index = start.phase; index < recipe.phases.length; index++) await this.#phase(index, index === start.phase ? start.epoch : 0, context);
    } catch (error) {
      if (!(error instanceof StoppedError)) throw error;
      stopped = true;
    }
    const last = this.#results[this.#results.length - 1];
    const model = this.#finishedEpochs || this.#results.length > 0 ? this.#model(last?.test_accuracy ?? null) : null;
    const modelDirectory = model ? join(this.input.directory, 'model') : null;
    if (model && modelDirectory) await saveModel(modelDirectory, model);
    context.report({ kind: 'finished', runId, model: modelDirectory ?? '', stopped, testAccuracy: last?.test_accuracy ?? null });
    return {
      results: this.#results.map((result, i) => ({ name: recipe.phases[i]?.name ?? `phase_${i}`, result })),
      images: this.sets.train.count + this.sets.validation.count,
      testImages: this.#testSet().count,
      testedOn: dataset.summary.testedOn,
      stopped, model, modelDirectory
    };
  }

  async #phase(index: number, fromEpoch: number, context: JobContext): Promise<void> {
    const { recipe } = this.input;
    const phase = recipe.phases[index] as Phase;
    const trainable = trainableLayers(this.network, phase);
    const began = performance.now();
    const cut = this.#cut(trainable);
    const { train, validation } = this.sets;
    const test = this.#testSet();
    const sets = test === validation ? [train, validation] : [train, validation, test];
    const [training, validating, testing = validating] = (await makeExamples(sets, this.network, this.#weights, this.spec, cut, context)) as [Examples, Examples, Examples?];

    context.report({ kind: 'stage', stage: 'compile', done: 0, total: 1, unit: 'parts', secondsLeft: null });
    const trainer = new Trainer({ network: this.network, cut, input: this.spec, trainable, optimizer: phase.optimizer }, this.#weights);
    context.report({ kind: 'stage', stage: 'compile', done: 1, total: 1, unit: 'parts', secondsLeft: 0 });
    try {
      const resumed = this.checkpoint && this.checkpoint.phase === index && fromEpoch > 0 ? this.checkpoint : null;
      if (resumed) trainer.setState(resumed.weights, { steps: resumed.optimizerSteps, slots: resumed.slots });
      const record: Partial<PhaseResult> = {};
      if (this.input.recordSteps) {
        const first = training.gather(Array.from({ length: Math.min(recipe.batchSize, training.count) }, (_, i) => i));
        record.first_gradient = trainer.gradientSummary(first.examples, first.labels);
        record.step_loss = [];
        record.step_accuracy = [];
      }
      const { history, epochSeconds } = await fit(
        trainer,
        {
          phase, index, training, validation: validating.count > 0 ? validating : null,
          batchSize: recipe.batchSize, shuffle: recipe.shuffle, random: this.#random,
          from: { epoch: fromEpoch, history: resumed?.history ?? emptyHistory(), epochSeconds: resumed?.epochSeconds ?? [] },
          secondsAfter: recipe.phases.slice(index + 1).reduce((sum, later) => sum + this.#guess(later), 0),
          onEpoch: (epochsDone, h, seconds) => this.#keep(trainer, index, epochsDone, h, seconds),
          onStep: (loss, accuracy) => {
            record.step_loss?.push(loss);
            record.step_accuracy?.push(accuracy);
          }
        },
        context
      );
      const total = (performance.now() - began) / 1000;
      const tested = testing.count > 0 ? await evaluate(trainer, testing, context) : null;
      if (this.input.recordSteps) {
        const count = Math.min(8, testing.count);
        const { examples } = testing.gather(Array.from({ length: count }, (_, i) => i));
        const flat = trainer.probabilities(examples, count);
        const classes = flat.length / Math.max(1, count);
        record.probabilities = Array.from({ length: count }, (_, i) => Array.from(flat.subarray(i * classes, (i + 1) * classes)));
        record.weight_norms = Object.fromEntries([...this.#weights].map(([key, value]) => [key, Math.sqrt(value.reduce((sum, x) => sum + x * x, 0))]));
      }
      const result: PhaseResult = { history, epoch_seconds: epochSeconds, total_seconds: total, test_loss: tested?.loss ?? null, test_accuracy: tested?.accuracy ?? null, ...record };
      this.#results.push(result);
      context.report({ kind: 'phase_ended', phase: index, result, testCount: testing.count, testedOn: this.input.dataset.summary.testedOn });
      this.#checkpoint({ phase: index + 1, epoch: 0, history: emptyHistory(), epochSeconds: [] }, { steps: 0, slots: new Map() });
    } finally {
      trainer.dispose();
    }
  }

  /** The highest cut whose features fit the budget; otherwise the pixels. */
  #cut(trainable: ReadonlySet<string>): Cut {
    const cut = cutBelow(this.network, trainable);
    const count = this.sets.train.count + this.sets.validation.count + this.sets.test.count;
    return cut.size * 4 * count > FEATURE_BUDGET ? cutAtInput(this.network) : cut;
  }

  #testSet(): ImageSet {
    return this.sets.test.count > 0 ? this.sets.test : this.sets.validation;
  }

  /** Seconds a later phase may take. */
  #guess(phase: Phase): number {
    const trainable = trainableLayers(this.network, phase);
    const cut = cutBelow(this.network, trainable);
    const start = Math.max(...cut.crossing.map((layer) => this.network.layers.indexOf(layer))) + 1;
    const work = this.network.layers.slice(start).reduce((sum, layer) => {
      const kernel = layer.weights.find((weight) => weight.name === 'kernel')?.shape.reduce((product, n) => product * n, 1) ?? 0;
      return sum + kernel * (layer.outputShape.length === 3 ? (layer.outputShape[0] ?? 1) * (layer.outputShape[1] ?? 1) : 1);
    }, 0);
    return (phase.epochs * this.sets.train.count * work * 3) / MULTIPLY_ADDS_PER_SECOND;
  }

  #keep(trainer: Trainer, phase: number, epoch: number, history: History, epochSeconds: number[]): void {
    this.#weights = trainer.weights(this.#weights);
    this.#finishedEpochs = true;
    this.#checkpoint({ phase, epoch, history, epochSeconds }, trainer.optimizerState());
  }

  #checkpoint(at: { phase: number; epoch: number; history: History; epochSeconds: number[] }, optimizer: { steps: number; slots: Weights }): void {
    saveCheckpoint(this.input.directory, {
      recipe: this.input.recipe, weightsSource: this.input.weights, data: { classNames: this.input.dataset.summary.classNames, imageSize: this.spec.imageSize }, ...at,
      random: this.#random.state, optimizerSteps: optimizer.steps, results: this.#results, weights: this.#weights, slots: optimizer.slots
    });
  }

  #model(testAccuracy: number | null): TrainedModel {
    const { recipe, dataset } = this.input;
    const meta: ModelMeta = {
      backbone: recipe.backbone, alpha: recipe.alpha, inputSize: recipe.inputSize, imageSize: this.spec.imageSize, scale: recipe.scale, head: recipe.head,
      classNames: dataset.summary.classNames, trained: { data: dataset.summary.name, testAccuracy, date: new Date().toISOString() }
    };
    return { network: this.network, weights: this.#weights, meta };
  }
}

/** A run goes on with pictures like those it began with: the same classes, stored at the same size. */
function refuseOtherData({ data }: Checkpoint, { summary }: Dataset, imageSize: number): void {
  if (summary.classNames.join('\n') === data.classNames.join('\n') && imageSize === data.imageSize) return;
  const [began, given] = [
    `${data.classNames.join(', ')} (${data.imageSize} x ${data.imageSize} pixels)`,
    `${summary.classNames.join(', ')} (${imageSize} x ${imageSize} pixels)`
  ];
  throw new TsugikiError('other_data', `The run began with the classes ${began}; ${summary.name} has ${given}. Go on with the data it began with, or start a new run.`, { data: summary.name, began, given });
}

const emptyHistory = (): History => ({ loss: [], accuracy: [] });

/** Puts a weight file's values over what is there: the whole base, or whatever layers the file names. */
async function loadInto(weights: Weights, path: string, network: Network, mode: 'base' | 'byName'): Promise<void> {
  const base: Network = { ...network, layers: network.layers.filter((layer) => layer.part === 'base') };
  const loaded = mode === 'base' ? await loadWeights(base, path) : await loadWeights(network, path, { byName: true });
  for (const [key, value] of loaded) weights.set(key, value);
}

