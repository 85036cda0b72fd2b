/**
 * Augmentation: training pictures changed at random, so that the network sees more than there is.
 * Names and ranges follow Keras' layers of the same effect; everything is off unless it is set.
 */
import * as v from 'valibot';

export const FLIPS = ['none', 'horizontal', 'vertical', 'both'] as const;

/** A number from 0 (off) to `max`. */
const upTo = (name: string, max: number) =>
  v.optional(
    v.pipe(
      v.number(`augmentation ${name} must be a number.`),
      v.minValue(0, `augmentation ${name} must be at least 0.`),
      v.maxValue(max, `augmentation ${name} must be at most ${max}.`)
    ),
    0
  );

export const AugmentationSchema = v.strictObject({
  /** Mirrored or not, one chance in two for each axis (RandomFlip). */
  flip: v.optional(v.picklist(FLIPS, 'augmentation flip must be "none", "horizontal", "vertical" or "both".'), 'none'),
  /** Moved by at most this share of height and of width (RandomTranslation). */
  shift: upTo('shift', 0.5),
  /** At most this share of the sides is cut away; the window that is left, anywhere in the picture, is enlarged back. */
  crop: upTo('crop', 0.9),
  /** Turned by at most this share of a full turn, either way (RandomRotation). */
  rotation: upTo('rotation', 0.5),
  /** Shrunk or enlarged by at most this share, both axes alike (RandomZoom). */
  zoom: upTo('zoom', 0.9),
  /** Made lighter or darker by at most this share of the whole range (RandomBrightness). */
  brightness: upTo('brightness', 1),
  /** Distance from the mean colour stretched by 1 - contrast to 1 + contrast (RandomContrast). */
  contrast: upTo('contrast', 1),
  /** Side of a square hole, as a share of the picture's shorter side (DeVries and Taylor 2017). */
  cutout: upTo('cutout', 0.9),
  /** alpha of the Beta distribution by which pictures and their labels are mixed in pairs (Zhang et al. 2018). */
  mixup: upTo('mixup', 4),
  /** Augmented variants of each picture that are kept below the freeze line; 0: pictures are augmented anew in each epoch. */
  variants: v.optional(
    v.pipe(
      v.number('augmentation variants must be a number.'),
      v.integer('augmentation variants must be a whole number.'),
      v.minValue(0, 'augmentation variants must be at least 0.'),
      v.maxValue(64, 'augmentation variants must be at most 64.')
    ),
    0
  )
});

export type Augmentation = v.InferOutput<typeof AugmentationSchema>;

/** Whether a single picture comes out changed. Mixup alone does not: it mixes what the pictures, or their features, already are. */
export const changesPictures = ({ flip, mixup: _, variants: __, ...strengths }: Augmentation): boolean =>
  flip !== 'none' || Object.values(strengths).some((strength) => strength > 0);

/** Whether anything is on. */
export const isAugmenting = (augmentation: Augmentation): boolean => changesPictures(augmentation) || augmentation.mixup > 0;
