/** One phase of training, epoch by epoch, as Keras' `fit` does it. */
import type { History, Phase } from '../../contract';
import type { JobContext } from '../context';
import type { Trainer } from '../graph/trainer';
import type { Random } from '../model/random';
import type { Examples } from './examples';

export interface FitSpec {
  readonly phase: Phase;
  /** Place of the phase in the recipe, for progress. */
  readonly index: number;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly random: Random;
  readonly training: Examples;
  /** Null without a validation split. */
  readonly validation: Examples | null;
  /** Where to go on; history and seconds of the epochs before. */
  readonly from: { epoch: number; history: History; epochSeconds: number[] };
  /** Seconds of the phases after this one, as far as can be told. */
  readonly secondsAfter: number;
  /** Called after each epoch, when the weights may be saved. */
  readonly onEpoch: (epochsDone: number, history: History, epochSeconds: number[]) => void;
  readonly onStep?: (loss: number, accuracy: number) => void;
}

export interface FitResult {
  history: History;
  epochSeconds: number[];
}

/** Steps between two looks at the clock are short; the window needs no more than this many reports a second. */
const REPORT_EVERY_MS = 60;
const BREATHE_EVERY_MS = 15;

/**
 * Trains for the phase's epochs. Metrics of an epoch are means over its examples; validation runs in inference mode after each epoch.
 * @throws StoppedError between two steps when the job is stopped; `onEpoch` has then been called for every finished epoch
 */
export async function fit(trainer: Trainer, spec: FitSpec, context: JobContext): Promise<FitResult> {
  const { phase, training, validation, batchSize } = spec;
  const steps = Math.ceil(training.count / batchSize);
  const { history, epochSeconds } = spec.from;
  const learningRate = phase.optimizer.learningRate;
  const order = Int32Array.from({ length: training.count }, (_, i) => i);
  let [reported, breathed] = [0, 0];
  let taken = spec.from.epoch * steps;
  const began = performance.now();
  const takenBefore = taken;

  for (let epoch = spec.from.epoch; epoch < phase.epochs; epoch++) {
    const start = performance.now();
    order.forEach((_, i) => (order[i] = i));
    if (spec.shuffle) spec.random.shuffle(order);
    let [loss, hits, seen] = [0, 0, 0];
    for (let step = 0; step < steps; step++) {
      if (phase.maxSteps !== undefined && taken >= phase.maxSteps) break;
      const positions = order.subarray(step * batchSize, Math.min(training.count, (step + 1) * batchSize));
      const batch = training.gather(positions);
      const result = trainer.step(batch.examples, batch.labels, learningRate);
      spec.onStep?.(result.loss, result.accuracy);
      taken += 1;
      seen += positions.length;
      loss += result.loss * positions.length;
      hits += result.accuracy * positions.length;

      const now = performance.now();
      if (now - reported > REPORT_EVERY_MS || step === steps - 1) {
        reported = now;
        const perStep = (now - began) / 1000 / (taken - takenBefore);
        context.report({
          kind: 'step', phase: spec.index, epoch, step: step + 1, steps, loss: loss / seen, accuracy: hits / seen,
          batchLoss: result.loss, batchAccuracy: result.accuracy, learningRate,
          secondsLeft: perStep * (phase.epochs * steps - taken) + spec.secondsAfter
        });
      }
      if (now - breathed > BREATHE_EVERY_MS) {
        await context.breathe();
        breathed = performance.now();
      }
    }
    if (seen === 0) break;
    history.loss.push(loss / seen);
    history.accuracy.push(hits / seen);
    const measured = validation && validation.count > 0 ? await evaluate(trainer, validation, context) : null;
    if (measured) {
      (history.val_loss ??= []).push(measured.loss);
      (history.val_accuracy ??= []).push(measured.accuracy);
    }
    const seconds = (performance.now() - start) / 1000;
    epochSeconds.push(seconds);
    spec.onEpoch(epoch + 1, history, epochSeconds);
    context.report({
      kind: 'epoch', phase: spec.index, epoch, loss: loss / seen, accuracy: hits / seen,
      valLoss: measured?.loss ?? null, valAccuracy: measured?.accuracy ?? null, seconds,
      secondsLeft: seconds * (phase.epochs - epoch - 1) + spec.secondsAfter
    });
    await context.breathe();
  }
  return { history, epochSeconds };
}

const EVALUATE_BATCH = 256;

/** Mean loss and accuracy in inference mode, as Keras' `evaluate`. */
export async function evaluate(trainer: Trainer, examples: Examples, context: JobContext): Promise<{ loss: number; accuracy: number }> {
  let [loss, hits] = [0, 0];
  for (let from = 0; from < examples.count; from += EVALUATE_BATCH) {
    const length = Math.min(EVALUATE_BATCH, examples.count - from);
    const batch = examples.gather(Array.from({ length }, (_, i) => from + i));
    const result = trainer.evaluate(batch.examples, batch.labels);
    loss += result.loss;
    hits += result.hits;
    await context.breathe();
  }
  return { loss: loss / examples.count, accuracy: hits / examples.count };
}
