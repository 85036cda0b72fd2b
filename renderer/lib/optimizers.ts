/** What can be set on an optimizer beside its learning rate, and what becomes of it when another one is chosen. */
import * as v from 'valibot';
import { OPTIMIZERS, OptimizerSchema, type LearningRateSchedule, type Optimizer, type OptimizerName } from '../../electron/contract';
import { m } from '../m';

export const OPTIMIZER_NAMES: Record<OptimizerName, string> = { adam: 'Adam', sgd: 'SGD', rmsprop: 'RMSprop', adamw: 'AdamW' };

type Amount = 'momentum' | 'rho' | 'beta1' | 'beta2' | 'weightDecay';

/** A number of some optimizers; left empty it is Keras' default. */
export interface AmountField {
  readonly key: Amount;
  readonly label: () => string;
  readonly usual: number;
}

const momentum: AmountField = { key: 'momentum', label: m.setting_momentum, usual: 0 };
const rho: AmountField = { key: 'rho', label: m.setting_rho, usual: 0.9 };
const betas: AmountField[] = [
  { key: 'beta1', label: m.setting_beta1, usual: 0.9 },
  { key: 'beta2', label: m.setting_beta2, usual: 0.999 }
];

export const AMOUNT_FIELDS: Record<OptimizerName, readonly AmountField[]> = {
  sgd: [momentum],
  rmsprop: [rho, momentum],
  adam: betas,
  adamw: [...betas, { key: 'weightDecay', label: m.setting_weight_decay, usual: 0.004 }]
};

export const amountOf = (optimizer: Partial<Record<Amount, number>>, key: Amount): number | undefined => optimizer[key];

/** Another optimizer with all that it knows of this one: learning rate, schedule, clipping and averaging always, the rest where it has it too. */
export function withOptimizer(optimizer: Optimizer, name: OptimizerName): Optimizer {
  const known = Object.keys(OPTIMIZERS[name].entries);
  return v.parse(OptimizerSchema, { ...Object.fromEntries(Object.entries(optimizer).filter(([key]) => known.includes(key))), name });
}

export const SCHEDULE_NAMES: Record<LearningRateSchedule['name'], () => string> = {
  cosine: m.schedule_cosine,
  exponential: m.schedule_exponential,
  reduceOnPlateau: m.schedule_plateau
};

/** Share of the rate that is left after each `decaySteps`. */
const USUAL_DECAY = 0.9;

/** A schedule as it begins, before anything of it is set. @param stepsPerEpoch of the phase */
export function newSchedule(name: LearningRateSchedule['name'], stepsPerEpoch: number): LearningRateSchedule {
  return name === 'exponential' ? { name, decaySteps: stepsPerEpoch, decayRate: USUAL_DECAY } : { name };
}
