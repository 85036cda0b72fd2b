/** One phase of training, epoch by epoch, as Keras' `fit` does it. */
import { type History, type Phase, StoppedError, TsugikiError } from '../../contract';
import type { JobContext } from '../context';
import type { Batch, Trainer } from '../graph/trainer';
import type { Random, RandomState } from '../model/random';
import { batchRandom, drawMixup } from './augmentation';
import { earlyStop, learningRateAt } from './learning-rate';
import type { PhaseClock } from './phase-cost';
import type { EpochExamples } from './phase-examples';

/** Where a phase stands, between two steps: with the weights and the optimizer's slots, all that is needed to go on exactly. */
export interface Position {
  readonly epoch: number;
  /** Steps of the epoch that are done. */
  readonly step: number;
  /** The generator as it was when the epoch began, before it shuffled. */
  readonly random: RandomState;
  /** What the epoch has added up so far; `loss` and `hits` over `seen` examples. */
  readonly sums: { readonly loss: number; readonly hits: number; readonly seen: number; readonly seconds: number };
  readonly history: History;
  readonly epochSeconds: readonly number[];
}

const NOTHING_YET = { loss: 0, hits: 0, seen: 0, seconds: 0 } as const;

export const startOf = (random: Random): Position => ({ epoch: 0, step: 0, random: random.state, sums: NOTHING_YET, history: { loss: [], accuracy: [] }, epochSeconds: [] });

export interface FitSpec {
  readonly phase: Phase;
  /** Place of the phase in the recipe, for progress. */
  readonly index: number;
  readonly batchSize: number;
  readonly shuffle: boolean;
  /** For the blending of pairs. */
  readonly seed: number;
  readonly random: Random;
  readonly training: EpochExamples;
  /** Null without a validation split. */
  readonly validation: EpochExamples | null;
  /** How much the examples of each class count; null: all the same. */
  readonly classWeights: Float32Array | null;
  /** Where to go on. */
  readonly from: Position;
  readonly clock: PhaseClock;
  /** Called after each epoch, when the weights may be saved. */
  readonly onEpoch: (position: Position) => void;
  /** Called every now and then inside an epoch, so that little is lost when the machine goes off. */
  readonly onPause: (position: Position) => void;
  readonly onStep?: (loss: number, accuracy: number) => void;
}

/** Steps between two looks at the clock are short; the window needs no more than this many reports a second. */
const REPORT_EVERY_MS = 60;
const BREATHE_EVERY_MS = 15;
/** Least time between two checkpoints inside an epoch; writing one takes some tens of milliseconds. */
const KEEP_EVERY_MS = 20_000;

/**
 * Trains for the phase's epochs. Metrics of an epoch are means over its examples; validation runs in inference mode after each epoch.
 * @returns where it ended
 * @throws StoppedError between two steps when the job is stopped; `onPause` has then been called with the last one
 */
export async function fit(trainer: Trainer, spec: FitSpec, context: JobContext): Promise<Position> {
  const { phase, training, validation, batchSize, random, clock } = spec;
  const { steps, allSteps } = stepsOf(phase, training.count, batchSize);
  const order = new Int32Array(training.count);
  let [reported, breathed, kept] = [0, 0, performance.now()];
  let taken = spec.from.epoch * steps + spec.from.step;
  let position = spec.from;

  // A run that was stopped behind an epoch's last step still owes its validation.
  while (position.epoch < phase.epochs && (taken < allSteps || position.step > 0) && !(phase.earlyStopping && earlyStop(phase.earlyStopping, position.history).stop)) {
    const { epoch, history, random: atStart } = position;
    let started = performance.now() - position.sums.seconds * 1000;
    const secondsSo = (): number => (performance.now() - started) / 1000;
    /** A run that is paused has no hurry: what it waits is not counted. */
    const breathe = async (): Promise<void> => {
      const since = performance.now();
      await context.breathe();
      started += performance.now() - since;
    };
    let { loss, hits, seen } = position.sums;
    let { step } = position;
    random.state = atStart;
    order.forEach((_, i) => (order[i] = i));
    if (spec.shuffle) random.shuffle(order);
    const here = (): Position => ({ ...position, step, sums: { loss, hits, seen, seconds: secondsSo() } });

    let measured: { loss: number; accuracy: number } | null = null;
    let trained = secondsSo();
    try {
      while (step < steps && taken < allSteps) {
        const since = secondsSo();
        const positions = order.subarray(step * batchSize, Math.min(training.count, (step + 1) * batchSize));
        const learningRate = learningRateAt(phase.optimizer, taken, allSteps, history);
        const result = trainer.step(batchOf(spec, positions, epoch, taken), learningRate);
        if (!Number.isFinite(result.loss)) throw diverged(phase.name, epoch, learningRate);
        spec.onStep?.(result.loss, result.accuracy);
        taken += 1;
        step += 1;
        seen += positions.length;
        loss += result.loss * positions.length;
        hits += result.accuracy * positions.length;

        const now = performance.now();
        if (now - reported > REPORT_EVERY_MS || step === steps) {
          reported = now;
          context.report({
            kind: 'step', phase: spec.index, epoch, step, steps, loss: loss / seen, accuracy: hits / seen,
            batchLoss: result.loss, batchAccuracy: result.accuracy, learningRate,
            secondsLeft: clock.left(taken, position.epoch)
          });
        }
        clock.stepped(secondsSo() - since);
        if (now - kept > KEEP_EVERY_MS && step < steps) {
          spec.onPause(here());
          kept = now;
        }
        if (now - breathed > BREATHE_EVERY_MS) {
          await breathe();
          breathed = performance.now();
        }
      }
      trained = secondsSo();
      if (validation && validation.count > 0) measured = await evaluate(trainer, validation, { ...context, breathe });
    } catch (error) {
      if (error instanceof StoppedError) spec.onPause(here());
      throw error;
    }
    const seconds = secondsSo();
    position = {
      epoch: epoch + 1, step: 0, random: random.state, sums: NOTHING_YET,
      history: extended(history, loss / seen, hits / seen, measured), epochSeconds: [...position.epochSeconds, seconds]
    };
    spec.onEpoch(position);
    clock.rested(seconds - trained, secondsSo() - seconds);
    kept = performance.now();
    context.report({
      kind: 'epoch', phase: spec.index, epoch, loss: loss / seen, accuracy: hits / seen,
      valLoss: measured?.loss ?? null, valAccuracy: measured?.accuracy ?? null, seconds,
      secondsLeft: clock.left(taken, position.epoch)
    });
    await context.breathe();
  }
  return position;
}

/** Of an epoch, and of the phase at most; in how many epochs. */
export function stepsOf({ epochs: most, maxSteps = Infinity }: Phase, pictures: number, batchSize: number): { steps: number; allSteps: number; epochs: number } {
  const steps = Math.ceil(pictures / batchSize);
  const allSteps = Math.min(most * steps, maxSteps);
  return { steps, allSteps, epochs: Math.ceil(allSteps / Math.max(1, steps)) };
}

/** One batch as the trainer takes it. What is drawn for it depends on the seed and the step alone. */
function batchOf({ training, classWeights, phase, seed }: FitSpec, positions: Int32Array, epoch: number, step: number): Batch {
  const batch = training.gather(positions, epoch);
  const alpha = phase.augmentation?.mixup ?? 0;
  return {
    ...batch,
    ...(classWeights && { weights: Float32Array.from(batch.labels, (label) => classWeights[label] as number) }),
    ...(alpha > 0 && { mix: drawMixup(alpha, positions.length, batchRandom(seed, epoch, step)) })
  };
}

/** Weights that are no numbers any more learn nothing: better to end with those of the last whole epoch. */
const diverged = (phase: string, epoch: number, learningRate: number): TsugikiError =>
  new TsugikiError(
    'diverged',
    `In epoch ${epoch + 1} of phase ${phase} the loss stopped being a number: the learning rate ${learningRate} is too high for it. The last whole epoch is kept; train again with a smaller learningRate, or with clipnorm.`,
    { phase, epoch: epoch + 1, learningRate }
  );

const extended = (history: History, loss: number, accuracy: number, measured: { loss: number; accuracy: number } | null): History => ({
  loss: [...history.loss, loss],
  accuracy: [...history.accuracy, accuracy],
  ...(measured && { val_loss: [...(history.val_loss ?? []), measured.loss], val_accuracy: [...(history.val_accuracy ?? []), measured.accuracy] })
});

const EVALUATE_BATCH = 256;

/** Mean loss and accuracy in inference mode, as Keras' `evaluate`; and the logits, batch by batch. */
export async function evaluate(trainer: Trainer, examples: EpochExamples, context: JobContext): Promise<{ loss: number; accuracy: number; logits: Float32Array[] }> {
  const logits: Float32Array[] = [];
  let [loss, hits] = [0, 0];
  for (let from = 0; from < examples.count; from += EVALUATE_BATCH) {
    const length = Math.min(EVALUATE_BATCH, examples.count - from);
    const result = trainer.evaluate(examples.gather(Int32Array.from({ length }, (_, i) => from + i), 0));
    loss += result.loss;
    hits += result.hits;
    logits.push(result.logits);
    await context.breathe();
  }
  return { loss: loss / examples.count, accuracy: hits / examples.count, logits };
}
