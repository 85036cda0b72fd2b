/** What of a recipe differs from the default, in a few words each: what a closed card still tells. */
import type { LearningRateSchedule, Optimizer, Phase, Recipe } from '../../electron/contract';
import { m } from '../m';
import { augmentationWords } from './augmenting';
import { plain } from './format';
import { AMOUNT_FIELDS, amountOf, SCHEDULE_NAMES } from './optimizers';

const named = (label: string, value: number | undefined, usual: number | undefined): string[] => (value === undefined || value === usual ? [] : [`${label} ${plain(value)}`]);

const scheduleWords = (schedule: LearningRateSchedule): string[] => [
  SCHEDULE_NAMES[schedule.name](),
  ...(schedule.name === 'cosine' && schedule.warmupSteps ? [m.brief_warmup({ steps: schedule.warmupSteps })] : [])
];

function optimizerWords(optimizer: Optimizer): string[] {
  const { learningRateSchedule: schedule, clipnorm, globalClipnorm, emaMomentum } = optimizer;
  return [
    ...AMOUNT_FIELDS[optimizer.name].flatMap(({ key, label, usual }) => named(label(), amountOf(optimizer, key), usual)),
    ...(optimizer.name === 'sgd' && optimizer.nesterov ? [m.setting_nesterov()] : []),
    ...(schedule ? scheduleWords(schedule) : []),
    ...named(m.setting_clipping(), clipnorm ?? globalClipnorm, undefined),
    ...named(m.setting_ema(), emaMomentum, undefined)
  ];
}

/** Beyond the four settings that a card always shows. */
export const phaseDifferences = (phase: Phase, recipe: Recipe): string[] => [
  ...optimizerWords(phase.optimizer),
  ...(phase.earlyStopping ? [m.setting_early_stopping()] : []),
  ...(phase.keepBatchNormFrozen ? [m.brief_keep_bn()] : []),
  ...(phase.inputSize !== undefined && phase.inputSize !== recipe.inputSize ? [`${phase.inputSize} px`] : []),
  ...(phase.augmentation ? augmentationWords(phase.augmentation) : []),
  ...(phase.augmentation?.variants ? [m.brief_variants({ count: phase.augmentation.variants })] : [])
];

/** Of what holds for all phases, beyond what the page always shows. */
export const recipeDifferences = (recipe: Recipe): string[] => [
  ...named(m.setting_label_smoothing(), recipe.labelSmoothing, 0),
  ...(recipe.classWeight === undefined ? [] : [m.setting_class_weight()]),
  ...named(m.brief_l2(), recipe.l2, 0)
];
