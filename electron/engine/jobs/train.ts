/** Training from a recipe: the main job. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { changesPictures, type Phase, type PhaseResult, type Progress, StoppedError, TsugikiError } from '../../contract';
import type { JobContext } from '../context';
import { countOf, type Dataset, type ImageSet } from '../data/dataset';
import { cutBelow, cutsBelow, layersBelow } from '../graph/cut';
import { joined } from '../graph/inference';
import { Trainer } from '../graph/trainer';
import type { Weights } from '../model/layers';
import { type ModelMeta, saveModel, type TrainedModel } from '../model/model-folder';
import { Random } from '../model/random';
import { type Checkpoint, loadCheckpoint, removeCheckpoint, saveCheckpoint } from '../training/checkpoint';
import { BestWeights } from '../training/best-weights';
import { classWeights } from '../training/class-weights';
import { deadFeatures } from '../training/dead-features';
import { evaluate, fit, type Position, startOf, stepsOf } from '../training/fit';
import { writeKeptBack } from '../training/kept-back';
import { earlyStop } from '../training/learning-rate';
import { measurePhase } from '../training/measure-phase';
import { guessedCost, PhaseClock, type PhaseCost, type PhaseWork, secondsOf } from '../training/phase-cost';
import { type EpochExamples, makePhaseExamples, missingPictures, type PhaseExamples, type Plan, planExamples, rowsOf } from '../training/phase-examples';
import { removeEvents, TensorBoard } from '../training/tensorboard';
import { type Prepared, prepare, type Wanted } from './prepare';

export interface TrainInput extends Wanted {
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
  /** What the model has answered in the last phase's test; null when that was not reached, or of pictures without ids. */
  readonly answered: AnsweredPictures | null;
}

/** Pictures by their ids, with the logits of each, [count, classes]. */
export interface AnsweredPictures {
  readonly ids: Int32Array;
  readonly logits: Float32Array;
}

/** Trains, tests after each phase, keeps a checkpoint an epoch and saves the model. */
export async function train(input: TrainInput, context: JobContext): Promise<RunOutcome> {
  const checkpoint = input.resume ? loadCheckpoint(input.directory) : null;
  if (input.resume && !checkpoint) {
    throw new TsugikiError('nothing_to_resume', `There is no checkpoint in ${input.directory} to go on from. Start the training again.`, { path: input.directory });
  }
  const whole: TrainInput = { ...input, recipe: checkpoint?.recipe ?? input.recipe, weights: checkpoint?.weightsSource ?? input.weights };
  const prepared = await prepare(whole, checkpoint?.weights ?? null, context);
  if (checkpoint) refuseOtherData(checkpoint, input.dataset, prepared.spec.imageSize);
  // Not before: a run that is refused must not cost the one before it.
  mkdirSync(input.directory, { recursive: true });
  if (!checkpoint) {
    removeCheckpoint(input.directory);
    removeEvents(input.directory);
  }
  const events = new TensorBoard(input.directory, checkpoint?.results ?? []);
  const report = (progress: Progress): void => {
    events.hear(progress);
    context.report(progress);
  };
  return new Run(whole, prepared, checkpoint).go({ ...context, report });
}

/** Seconds that a run has to last, as far as can be guessed, before a few steps of its phases are tried: that takes some seconds itself. */
const LONG = 10;
/** A phase that takes less than this share of the run is not worth trying. */
const LEAST_SHARE = 0.05;

class Run {
  #weights: Weights;
  #best: BestWeights;
  readonly #results: PhaseResult[];
  #finishedEpochs: boolean;
  #answered: AnsweredPictures | null = null;
  readonly #random: Random;
  /** What each phase is expected to cost. */
  #costs: readonly PhaseCost[] = [];

  constructor(
    private readonly input: TrainInput,
    private readonly prepared: Prepared,
    private readonly checkpoint: Checkpoint | null
  ) {
    this.#weights = prepared.weights;
    this.#best = this.#bestOf(checkpoint?.phase ?? 0, checkpoint?.best);
    this.#results = checkpoint?.results ?? [];
    this.#finishedEpochs = checkpoint !== null;
    this.#random = new Random(input.recipe.seed);
    if (checkpoint) this.#random.state = checkpoint.position.random;
  }

  async go(context: JobContext): Promise<RunOutcome> {
    const { recipe, runId, dataset } = this.input;
    const { phase: first = 0, position } = this.checkpoint ?? {};
    const steps = Math.ceil(this.prepared.sets.train.count / recipe.batchSize);
    context.report({
      kind: 'training_started', runId, from: { phase: first, epoch: position?.epoch ?? 0, step: position?.step ?? 0 },
      trainCount: this.prepared.sets.train.count, validationCount: this.prepared.sets.validation.count,
      phases: recipe.phases.map((phase) => ({ name: phase.name, epochs: phase.epochs, stepsPerEpoch: steps, trainableFrom: phase.trainable?.[0] ?? phase.trainableFrom }))
    });
    let stopped = false;
    try {
      this.#costs = await this.#expected(first, context);
      for (let index = first; index < recipe.phases.length; index++) await this.#phase(index, context);
    } catch (error) {
      if (!(error instanceof StoppedError)) throw error;
      stopped = true;
    }
    const last = this.#results[this.#results.length - 1];
    const model = this.#finishedEpochs || this.#results.length > 0 ? this.#model(last?.test_accuracy ?? null) : null;
    const modelDirectory = model ? join(this.input.directory, 'model') : null;
    if (model && modelDirectory) {
      await saveModel(modelDirectory, model);
      await writeKeptBack(modelDirectory, this.prepared.sets.validation);
    }
    context.report({ kind: 'finished', runId, model: modelDirectory ?? '', stopped, testAccuracy: last?.test_accuracy ?? null });
    return {
      results: this.#results.map((result, i) => ({ name: recipe.phases[i]?.name ?? `phase_${i}`, result })),
      images: this.prepared.sets.train.count + this.prepared.sets.validation.count,
      testImages: this.#testSet().count,
      testedOn: dataset.summary.testedOn,
      stopped, model, modelDirectory, answered: this.#answered
    };
  }

  async #phase(index: number, context: JobContext): Promise<void> {
    const { recipe, dataset } = this.input;
    const phase = recipe.phases[index] as Phase;
    const began = performance.now();
    this.#answered = null;
    const { train, validation } = this.prepared.sets;
    if (this.checkpoint?.phase !== index) this.#best = this.#bestOf(index);
    const grafted = this.prepared.graft(phase);
    const seed = recipe.seed + index;
    await this.#prepareNext(index, context);
    const { cut, training, others, variants, dispose } = await this.#examples(index, context);
    const [validating, testing = validating] = others as [EpochExamples, EpochExamples?];

    context.report({ kind: 'stage', stage: 'compile', done: 0, total: 1, unit: 'parts', secondsLeft: null });
    const trainer = new Trainer(
      {
        ...grafted, cut, optimizer: phase.optimizer, labelSmoothing: recipe.labelSmoothing, l2: recipe.l2, weighted: recipe.classWeight !== undefined,
        mixup: (phase.augmentation?.mixup ?? 0) > 0, seed
      },
      this.#weights
    );
    context.report({ kind: 'stage', stage: 'compile', done: 1, total: 1, unit: 'parts', secondsLeft: 0 });
    context.report({ kind: 'phase_started', phase: index, variants, deadFeatures: deadFeatures(cut, training) });
    try {
      const resumed = this.checkpoint?.phase === index ? this.checkpoint : null;
      if (resumed) trainer.setState(resumed.weights, { steps: resumed.optimizerSteps, slots: resumed.slots });
      const record = this.input.recordSteps ? this.#record(trainer, training) : null;
      const { history, epochSeconds } = await fit(
        trainer,
        {
          phase, index, seed, training, validation: validation.count > 0 ? validating : null,
          batchSize: recipe.batchSize, shuffle: recipe.shuffle, random: this.#random,
          classWeights: classWeights(recipe, dataset.summary.classNames, train.labels),
          from: resumed?.position ?? startOf(this.#random),
          clock: new PhaseClock(this.#costs[index] as PhaseCost, this.#work(index), this.#secondsAfter(index)),
          onEpoch: (position) => this.#keep(trainer, index, position),
          onPause: (position) => this.#checkpoint(index, position, trainer.weights(this.#weights), trainer.optimizerState()),
          onStep: (loss, accuracy) => {
            record?.step_loss.push(loss);
            record?.step_accuracy.push(accuracy);
          }
        },
        context
      );
      this.#weights = this.#best.settle(trainer, this.#weights);
      const total = (performance.now() - began) / 1000;
      const tested = testing.count > 0 ? await evaluate(trainer, testing, context) : null;
      const { ids } = this.#testSet();
      // A phase with an input size of its own has tested another network than the one that is kept.
      if (ids && tested && grafted.network === this.prepared.network) this.#answered = { ids, logits: joined(tested.logits) };
      const result: PhaseResult = {
        history, epoch_seconds: [...epochSeconds], total_seconds: total, test_loss: tested?.loss ?? null, test_accuracy: tested?.accuracy ?? null,
        ...(phase.earlyStopping && history.loss.length > 0 && { best_epoch: earlyStop(phase.earlyStopping, history).best + 1, stopped_early: history.loss.length < phase.epochs }),
        ...(record && { ...record, ...this.#outcome(trainer, testing) })
      };
      this.#results.push(result);
      context.report({ kind: 'phase_ended', phase: index, result, testCount: testing.count, testedOn: dataset.summary.testedOn });
      this.#checkpoint(index + 1, startOf(this.#random), this.#weights, { steps: 0, slots: new Map() });
    } finally {
      trainer.dispose();
      dispose();
    }
  }

  #examples(index: number, context: JobContext): Promise<PhaseExamples> {
    const phase = this.input.recipe.phases[index] as Phase;
    return makePhaseExamples(this.prepared.graft(phase), this.prepared.sets.train, this.#measuredOn(), this.#weights, { ...phase, seed: this.input.recipe.seed + index }, context);
  }

  /** What is validated and tested on. */
  #measuredOn(): ImageSet[] {
    const { validation } = this.prepared.sets;
    const test = this.#testSet();
    return test === validation ? [validation] : [validation, test];
  }

  /** What the next phase will need from further down is computed on the way up: the same work, done once. */
  async #prepareNext(index: number, context: JobContext): Promise<void> {
    const [phase, next] = this.input.recipe.phases.slice(index, index + 2) as [Phase, Phase?];
    if (!next || (next.augmentation && changesPictures(next.augmentation))) return;
    const [here, there] = [this.prepared.graft(phase), this.prepared.graft(next)];
    const isLower = cutsBelow(here.network, cutBelow(here.network, here.trainable)).some(({ crossing: [first] }) => first === cutBelow(there.network, there.trainable).crossing[0]);
    if (isLower) (await this.#examples(index + 1, context)).dispose();
  }

  #bestOf(phase: number, weights?: Weights): BestWeights {
    return new BestWeights(this.input.recipe.phases[phase] as Phase, weights);
  }

  /** The gradient of the first batch, and room for each step's loss and accuracy. */
  #record(trainer: Trainer, training: EpochExamples): { first_gradient: Record<string, number[]>; step_loss: number[]; step_accuracy: number[] } {
    const first = Int32Array.from({ length: Math.min(this.input.recipe.batchSize, training.count) }, (_, i) => i);
    return { first_gradient: trainer.gradientSummary(training.gather(first, 0)), step_loss: [], step_accuracy: [] };
  }

  /** What a phase has made of the weights, and of the first pictures to test on. */
  #outcome(trainer: Trainer, testing: EpochExamples): Pick<PhaseResult, 'weight_norms' | 'probabilities'> {
    const count = Math.min(8, testing.count);
    const flat = trainer.probabilities(testing.gather(Int32Array.from({ length: count }, (_, i) => i), 0).examples, count);
    const classes = flat.length / Math.max(1, count);
    return {
      probabilities: Array.from({ length: count }, (_, i) => Array.from(flat.subarray(i * classes, (i + 1) * classes))),
      weight_norms: Object.fromEntries([...this.#weights].map(([key, value]) => [key, Math.sqrt(value.reduce((sum, x) => sum + x * x, 0))]))
    };
  }

  #testSet(): ImageSet {
    return this.prepared.sets.test.count > 0 ? this.prepared.sets.test : this.prepared.sets.validation;
  }

  /** What each phase from `first` on costs: guessed, and in a long run tried. */
  async #expected(first: number, context: JobContext): Promise<PhaseCost[]> {
    const { recipe } = this.input;
    const guesses = recipe.phases.map((phase, index) => {
      const grafted = this.prepared.graft(phase);
      const cost = guessedCost(grafted, this.#plan(index), recipe.batchSize);
      return { cost, seconds: index < first ? 0 : secondsOf(cost, { ...this.#work(index), pictures: this.#rows(index) }) };
    });
    const total = guesses.reduce((sum, { seconds }) => sum + seconds, 0);
    const costs: PhaseCost[] = [];
    for (const [index, { cost, seconds }] of guesses.entries()) {
      const tried = total > LONG && seconds > LEAST_SHARE * total;
      costs.push(tried ? await measurePhase(this.prepared.graft(recipe.phases[index] as Phase), recipe, index, this.#plan(index), this.#weights, context) : cost);
    }
    return costs;
  }

  /** Of a phase; what has to go through its frozen part depends on what is kept by then. */
  #work(index: number): Omit<PhaseWork, 'pictures'> {
    const { recipe } = this.input;
    const { train, validation } = this.prepared.sets;
    const phase = recipe.phases[index] as Phase;
    const { allSteps, epochs } = stepsOf(phase, train.count, recipe.batchSize);
    return { steps: allSteps, epochs, validation: validation.count, test: this.#testSet().count };
  }

  /** Seconds of the phases behind this one. */
  #secondsAfter(index: number): number {
    const { recipe } = this.input;
    const later = recipe.phases.map((_, place) => place).slice(index + 1);
    return later.reduce((sum, place) => sum + secondsOf(this.#costs[place] as PhaseCost, { ...this.#work(place), pictures: this.#missing(index, place) }), 0);
  }

  /** Pictures that will have to go through the frozen part of the phase at `place`: all, where a phase from `index` on still changes it. */
  #missing(index: number, place: number): number {
    const { recipe } = this.input;
    const phase = recipe.phases[place] as Phase;
    const grafted = this.prepared.graft(phase);
    const frozen = layersBelow(grafted.network, this.#plan(place).cut);
    const changes = recipe.phases.slice(index, place).some((earlier) => {
      const { trainable } = this.prepared.graft(earlier);
      return frozen.some(({ name }) => trainable.has(name));
    });
    return changes ? this.#rows(place) : missingPictures(grafted, this.prepared.sets.train, this.#measuredOn(), this.#weights, { ...phase, seed: recipe.seed + place });
  }

  #rows(index: number): number {
    return rowsOf(this.#plan(index), this.prepared.sets.train.count, countOf(this.#measuredOn()));
  }

  #plan(index: number): Plan {
    const phase = this.input.recipe.phases[index] as Phase;
    return planExamples(this.prepared.graft(phase), phase.augmentation, this.prepared.sets.train.count, countOf(this.#measuredOn()));
  }

  /** After an epoch. */
  #keep(trainer: Trainer, index: number, position: Position): void {
    this.#weights = trainer.weights(this.#weights);
    this.#finishedEpochs = true;
    this.#best.look(trainer, this.#weights, position);
    this.#checkpoint(index, position, this.#weights, trainer.optimizerState());
  }

  #checkpoint(phase: number, position: Position, weights: Weights, optimizer: { steps: number; slots: Weights }): void {
    saveCheckpoint(this.input.directory, {
      recipe: this.input.recipe, weightsSource: this.input.weights, data: { classNames: this.input.dataset.summary.classNames, imageSize: this.prepared.spec.imageSize },
      phase, position, optimizerSteps: optimizer.steps, results: this.#results, weights, slots: optimizer.slots, best: this.#best.weights
    });
  }

  #model(testAccuracy: number | null): TrainedModel {
    const { recipe, dataset } = this.input;
    const meta: ModelMeta = {
      backbone: recipe.backbone, alpha: recipe.alpha, inputSize: recipe.inputSize, imageSize: this.prepared.spec.imageSize, scale: recipe.scale, head: recipe.head,
      classNames: dataset.summary.classNames, temperature: 1, threshold: null, trained: { data: dataset.summary.name, testAccuracy, date: new Date().toISOString() }
    };
    return { network: this.prepared.network, weights: this.#weights, meta };
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
