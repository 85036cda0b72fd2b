/** Optimizers, schedules and callbacks in Keras' names. */
import type { EarlyStopping, Monitor, Optimizer, Phase } from '../../../contract';
import { type Code, code, invoke, type Python } from './python';

const CLASSES: Record<Optimizer['name'], string> = { sgd: 'SGD', rmsprop: 'RMSprop', adam: 'Adam', adamw: 'AdamW' };

/** @param steps how many steps the phase has, as code */
export function optimizerCode(optimizer: Optimizer, steps: string): string {
  const { name, learningRate: _, learningRateSchedule: __, clipnorm, globalClipnorm, emaMomentum, ...own } = optimizer;
  return invoke(`keras.optimizers.${CLASSES[name]}`, [], {
    learning_rate: rateCode(optimizer, steps),
    ...Object.fromEntries(Object.entries(own as Record<string, Python | undefined>).map(([key, value]) => [snake(key), value])),
    clipnorm,
    global_clipnorm: globalClipnorm,
    ...(emaMomentum !== undefined && { use_ema: true, ema_momentum: emaMomentum })
  });
}

/** weightDecay, beta1: weight_decay, beta_1 */
const snake = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replace(/\d+$/, '_$&');

function rateCode({ learningRate, learningRateSchedule: schedule }: Optimizer, steps: string): number | Code {
  if (schedule?.name === 'exponential') {
    const { decaySteps, decayRate, staircase } = schedule;
    return code(invoke('keras.optimizers.schedules.ExponentialDecay', [learningRate], { decay_steps: decaySteps, decay_rate: decayRate, staircase }));
  }
  if (schedule?.name !== 'cosine') return learningRate;
  const { warmupSteps = 0, warmupFrom = 0, alpha, decaySteps } = schedule;
  const rest = decaySteps ?? code(warmupSteps > 0 ? `max(1, ${steps} - ${warmupSteps})` : steps);
  // TensorFlow does not multiply a whole number by a fraction.
  const from = Number.isInteger(warmupFrom) ? code(`${warmupFrom}.0`) : warmupFrom;
  const warm = warmupSteps > 0 ? { warmup_target: learningRate, warmup_steps: warmupSteps } : {};
  return code(invoke('keras.optimizers.schedules.CosineDecay', [warmupSteps > 0 ? from : learningRate], { decay_steps: rest, alpha, ...warm }));
}

/** @param validated whether there is a validation part; without one, callbacks look at the training's own figures */
export function callbacksOf({ optimizer, earlyStopping, maxSteps }: Phase, validated: boolean): string[] {
  const schedule = optimizer.learningRateSchedule;
  const watched = (monitor: Monitor = 'val_loss'): string => (validated ? monitor : monitor.replace('val_', ''));
  return [
    ...(schedule?.name === 'reduceOnPlateau'
      ? [
          invoke('keras.callbacks.ReduceLROnPlateau', [], {
            monitor: watched(schedule.monitor), factor: schedule.factor, patience: schedule.patience, min_delta: schedule.minDelta, cooldown: schedule.cooldown, min_lr: schedule.minLearningRate
          })
        ]
      : []),
    ...(earlyStopping ? [earlyStoppingCode(earlyStopping, watched(earlyStopping.monitor))] : []),
    ...(maxSteps === undefined ? [] : [`StopAfter(${maxSteps})`])
  ];
}

const earlyStoppingCode = ({ patience, minDelta, restoreBestWeights = true }: EarlyStopping, monitor: string): string =>
  invoke('keras.callbacks.EarlyStopping', [], { monitor, patience, min_delta: minDelta, restore_best_weights: restoreBestWeights });
