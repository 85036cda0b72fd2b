/** Augmentation as the window sets it: an amount each, its word and figure, and what becomes of the frozen part. */
import { changesPictures, isAugmenting, type Augmentation, type Phase } from '../../electron/contract';
import { m } from '../m';
import { decimal, percent, plain } from './format';

export interface Change {
  readonly key: Exclude<keyof Augmentation, 'flip' | 'variants'>;
  readonly label: () => string;
  readonly max: number;
  readonly step: number;
  /** What switching it on sets. */
  readonly usual: number;
  readonly figure: (amount: number) => string;
}

const plusMinus = (amount: number): string => `±${percent(amount)}`;
const FULL_TURN = 360;

/** In the order in which they happen to a picture. */
export const CHANGES: readonly Change[] = [
  { key: 'shift', label: m.augment_shift, max: 0.5, step: 0.05, usual: 0.1, figure: plusMinus },
  { key: 'crop', label: m.augment_crop, max: 0.9, step: 0.05, usual: 0.2, figure: (amount) => percent(amount) },
  { key: 'rotation', label: m.augment_rotation, max: 0.5, step: 0.025, usual: 0.05, figure: (amount) => `±${decimal(amount * FULL_TURN, 0)}°` },
  { key: 'zoom', label: m.augment_zoom, max: 0.9, step: 0.05, usual: 0.1, figure: plusMinus },
  { key: 'brightness', label: m.augment_brightness, max: 1, step: 0.05, usual: 0.2, figure: plusMinus },
  { key: 'contrast', label: m.augment_contrast, max: 1, step: 0.05, usual: 0.2, figure: plusMinus },
  { key: 'cutout', label: m.augment_cutout, max: 0.9, step: 0.05, usual: 0.3, figure: (amount) => percent(amount) },
  { key: 'mixup', label: m.augment_mixup, max: 4, step: 0.1, usual: 0.2, figure: plain }
];

export const FLIP_NAMES: Record<Augmentation['flip'], () => string> = {
  none: m.flip_none,
  horizontal: m.flip_horizontal,
  vertical: m.flip_vertical,
  both: m.flip_both
};

export const NO_AUGMENTATION: Augmentation = { flip: 'none', shift: 0, crop: 0, rotation: 0, zoom: 0, brightness: 0, contrast: 0, cutout: 0, mixup: 0, variants: 0 };

export const augmentationOf = (phase: Phase): Augmentation => phase.augmentation ?? NO_AUGMENTATION;

/** The phase with a part of its augmentation set; one that does nothing any more is taken away whole. */
export function withAugmentation(phase: Phase, part: Partial<Augmentation>): Phase {
  const { augmentation: _, ...rest } = phase;
  const next = { ...augmentationOf(phase), ...part };
  return isAugmenting(next) ? { ...rest, augmentation: next } : rest;
}

/** What is switched on, in words: "Flip (left and right)", "Rotation ±18°". */
export function augmentationWords(augmentation: Augmentation): string[] {
  const changes = CHANGES.filter(({ key }) => augmentation[key] > 0).map(({ key, label, figure }) => `${label()} ${figure(augmentation[key])}`);
  return augmentation.flip === 'none' ? changes : [m.augment_flipped({ how: FLIP_NAMES[augmentation.flip]().toLowerCase() }), ...changes];
}

/**
 * How the engine will go about it.
 * - `variants`: changed variants of each picture go through the frozen part once and take turns
 * - `anew`: pictures are changed in each epoch, and the frozen part is computed anew for them
 * - `open`: nothing is frozen, so that there is nothing to keep
 * - `mixed`: mixup alone mixes what the frozen part has given once
 */
export type AugmentationPlan = 'variants' | 'anew' | 'open' | 'mixed';

/** @param saved share of the computing that lies below the freeze line */
export function augmentationPlan(augmentation: Augmentation, saved: number): AugmentationPlan | null {
  if (!isAugmenting(augmentation)) return null;
  if (saved === 0) return 'open';
  if (!changesPictures(augmentation)) return 'mixed';
  return augmentation.variants > 0 ? 'variants' : 'anew';
}

export function planSentence(plan: AugmentationPlan, variants: number): string {
  switch (plan) {
    case 'variants':
      return m.augment_plan_variants({ count: variants });
    case 'anew':
      return m.augment_plan_anew();
    case 'open':
      return m.augment_plan_open();
    case 'mixed':
      return m.augment_plan_mixed();
  }
}
