/** The learning rate while a phase lasts, and when it ends early: pure functions of the step and of the history so far, so that a resumed run needs no state of theirs. */
import type { EarlyStopping, History, Monitor, Optimizer } from '../../contract';

/**
 * The rate of one step.
 * @param step from 0, as Keras' `iterations`
 * @param steps of the whole phase
 * @param history of the epochs that have ended
 */
export function learningRateAt({ learningRate, learningRateSchedule: schedule }: Optimizer, step: number, steps: number, history: History): number {
  switch (schedule?.name) {
    case undefined:
      return learningRate;
    case 'exponential': {
      const exponent = step / schedule.decaySteps;
      return learningRate * schedule.decayRate ** (schedule.staircase ? Math.floor(exponent) : exponent);
    }
    case 'cosine': {
      // Loshchilov and Hutter 2017, without restarts; linear warm-up before (Goyal et al. 2017).
      const { warmupSteps = 0, warmupFrom = 0, alpha = 0 } = schedule;
      if (step < warmupSteps) return warmupFrom + ((learningRate - warmupFrom) * step) / warmupSteps;
      const decaySteps = schedule.decaySteps ?? Math.max(1, steps - warmupSteps);
      const completed = Math.min(1, (step - warmupSteps) / decaySteps);
      return learningRate * (alpha + (1 - alpha) * 0.5 * (1 + Math.cos(Math.PI * completed)));
    }
    case 'reduceOnPlateau':
      return reducedRate(learningRate, schedule, history);
  }
}

type ReduceOnPlateau = Extract<NonNullable<Optimizer['learningRateSchedule']>, { name: 'reduceOnPlateau' }>;

/** Is `value` better than `best` by more than `minDelta`: smaller for a loss, larger for an accuracy. */
const better = (monitor: Monitor, value: number, best: number, minDelta: number): boolean =>
  monitor.endsWith('accuracy') ? value - minDelta > best : value + minDelta < best;

const worst = (monitor: Monitor): number => (monitor.endsWith('accuracy') ? -Infinity : Infinity);

/** The monitored numbers; without validation, those of the training. */
const monitored = (monitor: Monitor, history: History): readonly number[] =>
  history[monitor] ?? (monitor.endsWith('accuracy') ? history.accuracy : history.loss);

/** keras.callbacks.ReduceLROnPlateau over the epochs so far. */
function reducedRate(learningRate: number, schedule: ReduceOnPlateau, history: History): number {
  const { monitor = 'val_loss', factor = 0.1, patience = 10, minDelta = 1e-4, cooldown = 0, minLearningRate = 0 } = schedule;
  let [rate, best, wait, cooling] = [learningRate, worst(monitor), 0, 0];
  for (const value of monitored(monitor, history)) {
    if (cooling > 0) {
      cooling -= 1;
      wait = 0;
    }
    if (better(monitor, value, best, minDelta)) {
      [best, wait] = [value, 0];
    } else if (cooling === 0 && ++wait >= patience && rate > minLearningRate) {
      rate = Math.max(rate * factor, minLearningRate);
      [wait, cooling] = [0, cooldown];
    }
  }
  return rate;
}

/**
 * keras.callbacks.EarlyStopping over the epochs so far.
 * @returns `best`: index of the epoch whose weights are the best, -1 before the first; `stop`: whether the phase ends here
 */
export function earlyStop({ monitor = 'val_loss', patience = 0, minDelta = 0 }: EarlyStopping, history: History): { best: number; stop: boolean } {
  let [best, value, wait, stop] = [-1, worst(monitor), 0, false];
  monitored(monitor, history).forEach((now, epoch) => {
    wait += 1;
    if (best < 0 || better(monitor, now, value, minDelta)) [best, value, wait] = [epoch, now, 0];
    // Keras never stops after the first epoch.
    stop ||= wait >= patience && wait > 0 && epoch > 0;
  });
  return { best, stop };
}
