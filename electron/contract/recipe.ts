/**
 * The training recipe: what a person may set, with the tutorial's values where they say nothing.
 * Field names are Keras' names in camelCase.
 */
import * as v from 'valibot';
import { AugmentationSchema } from './augmentation';

/** MobileNetV2's width multipliers for which Keras publishes weights. */
export const ALPHAS = [0.35, 0.5, 0.75, 1, 1.3, 1.4] as const;
export const AlphaSchema = v.picklist(ALPHAS, `alpha must be one of ${ALPHAS.join(', ')}.`);

const wholeNumber = (name: string, min: number, max: number) =>
  v.pipe(
    v.number(`${name} must be a number.`),
    v.integer(`${name} must be a whole number.`),
    v.minValue(min, `${name} must be at least ${min}.`),
    v.maxValue(max, `${name} must be at most ${max}.`)
  );

const number = (name: string, min: number, max: number) =>
  v.pipe(v.number(`${name} must be a number.`), v.minValue(min, `${name} must be at least ${min}.`), v.maxValue(max, `${name} must be at most ${max}.`));

const above0 = (name: string, max: number) =>
  v.pipe(v.number(`${name} must be a number.`), v.gtValue(0, `${name} must be greater than 0.`), v.maxValue(max, `${name} must be at most ${max}.`));

const below1 = (name: string) => v.pipe(v.number(`${name} must be a number.`), v.minValue(0, `${name} must be at least 0.`), v.ltValue(1, `${name} must be below 1.`));

const flag = (name: string) => v.boolean(`${name} must be true or false.`);

/** A hidden Dense layer of the head; the last Dense (one unit a class, softmax) is always added. */
export const HeadDenseSchema = v.strictObject({
  units: wholeNumber('head units', 1, 8192),
  activation: v.optional(v.picklist(['relu', 'linear'], 'head activation must be "relu" or "linear".'), 'relu')
});
/** keras.layers.Dropout: this share of the numbers is 0 in a training step, the others are 1 / (1 - rate) as large. */
export const HeadDropoutSchema = v.strictObject({ dropout: below1('dropout') });
export const HeadLayerSchema = v.lazy((layer) => (typeof layer === 'object' && layer !== null && 'dropout' in layer ? HeadDropoutSchema : HeadDenseSchema));

/** A number of the history that is looked at after each epoch. */
export const MonitorSchema = v.picklist(['loss', 'accuracy', 'val_loss', 'val_accuracy'], 'monitor must be "loss", "accuracy", "val_loss" or "val_accuracy".');

/** What the learning rate does while a phase lasts; left out, it stays as it is. Names and formulas are Keras'. */
export const LearningRateScheduleSchema = v.variant(
  'name',
  [
    /** keras.optimizers.schedules.CosineDecay; `learningRate` is where the warm-up ends. */
    v.strictObject({
      name: v.literal('cosine'),
      /** Left out: the steps of the phase that the warm-up leaves. */
      decaySteps: v.optional(wholeNumber('decaySteps', 1, 1e9)),
      /** The rate at the end, as a share of `learningRate`; left out: 0. */
      alpha: v.optional(number('alpha', 0, 1)),
      /** Left out: 0. */
      warmupSteps: v.optional(wholeNumber('warmupSteps', 0, 1e9)),
      /** The rate of the first step; left out: 0. */
      warmupFrom: v.optional(number('warmupFrom', 0, 10))
    }),
    /** keras.optimizers.schedules.ExponentialDecay: learningRate * decayRate ^ (step / decaySteps) */
    v.strictObject({
      name: v.literal('exponential'),
      decaySteps: wholeNumber('decaySteps', 1, 1e9),
      decayRate: above0('decayRate', 1),
      /** Only whole multiples of decaySteps count. */
      staircase: v.optional(flag('staircase'))
    }),
    /** keras.callbacks.ReduceLROnPlateau, after each epoch; left out: Keras' defaults. */
    v.strictObject({
      name: v.literal('reduceOnPlateau'),
      monitor: v.optional(MonitorSchema),
      factor: v.optional(below1('factor')),
      patience: v.optional(wholeNumber('patience', 0, 10000)),
      minDelta: v.optional(number('minDelta', 0, 1e9)),
      cooldown: v.optional(wholeNumber('cooldown', 0, 10000)),
      minLearningRate: v.optional(number('minLearningRate', 0, 10))
    })
  ],
  'learningRateSchedule name must be "cosine", "exponential" or "reduceOnPlateau".'
);

/** keras.callbacks.EarlyStopping; left out: val_loss, patience 0, minDelta 0, best weights restored (differs from Keras: there they are not). */
export const EarlyStoppingSchema = v.strictObject({
  monitor: v.optional(MonitorSchema),
  /** Epochs without improvement that are waited for. */
  patience: v.optional(wholeNumber('patience', 0, 10000)),
  minDelta: v.optional(number('minDelta', 0, 1e9)),
  restoreBestWeights: v.optional(flag('restoreBestWeights'))
});

const everyOptimizer = {
  learningRate: above0('learningRate', 10),
  learningRateSchedule: v.optional(LearningRateScheduleSchema),
  /** The gradient of each weight is scaled down to this norm at most. */
  clipnorm: v.optional(above0('clipnorm', 1e9)),
  /** All gradients together are scaled down to this norm at most. */
  globalClipnorm: v.optional(above0('globalClipnorm', 1e9)),
  /** Weights become their moving average when the phase ends: average = emaMomentum * average + (1 - emaMomentum) * weight (Keras: use_ema). */
  emaMomentum: v.optional(below1('emaMomentum'))
};
const adaptive = { beta1: v.optional(below1('beta1')), beta2: v.optional(below1('beta2')), epsilon: v.optional(above0('epsilon', 1)) };

/** Keras' optimizers; what is left out has Keras' default. */
export const OPTIMIZERS = {
  sgd: v.strictObject({ name: v.literal('sgd'), ...everyOptimizer, momentum: v.optional(below1('momentum')), nesterov: v.optional(flag('nesterov')) }),
  rmsprop: v.strictObject({ name: v.literal('rmsprop'), ...everyOptimizer, rho: v.optional(below1('rho')), momentum: v.optional(below1('momentum')), epsilon: adaptive.epsilon, centered: v.optional(flag('centered')) }),
  adam: v.strictObject({ name: v.literal('adam'), ...everyOptimizer, ...adaptive }),
  adamw: v.strictObject({ name: v.literal('adamw'), ...everyOptimizer, ...adaptive, weightDecay: v.optional(number('weightDecay', 0, 1)) })
};
export const OptimizerSchema = v.pipe(
  v.variant('name', [OPTIMIZERS.adam, OPTIMIZERS.sgd, OPTIMIZERS.rmsprop, OPTIMIZERS.adamw], 'optimizer name must be "adam", "sgd", "rmsprop" or "adamw".'),
  v.check(({ clipnorm, globalClipnorm }) => clipnorm === undefined || globalClipnorm === undefined, 'clipnorm and globalClipnorm exclude each other: give one of them.')
);

/** Keras' MobileNetV2 takes nothing smaller; larger maps fill the memory. */
export const InputSizeSchema = wholeNumber('inputSize', 32, 1024);

export const PhaseSchema = v.strictObject({
  name: v.pipe(v.string('a phase name must be text.'), v.regex(/^[a-z][a-z0-9_]{0,39}$/, 'a phase name must be lower-case letters, digits and _.')),
  /** null: base frozen. "all": whole base. Otherwise a Keras layer name: that layer and all after it. */
  trainableFrom: v.optional(v.nullable(v.string('trainableFrom must be null, "all" or a layer name.')), null),
  /** Single layers by name; when given it replaces trainableFrom. */
  trainable: v.optional(v.array(v.string())),
  /** Keep every batch norm of the base in inference mode with gamma and beta fixed (Keras: layer.trainable = False). */
  keepBatchNormFrozen: v.optional(v.boolean(), false),
  optimizer: v.optional(OptimizerSchema, { name: 'adam', learningRate: 0.001 }),
  epochs: wholeNumber('epochs', 0, 10000),
  /** Height and width the backbone sees in this phase, pixels; left out: the recipe's. Small pictures first is quicker. */
  inputSize: v.optional(InputSizeSchema),
  /** Left out: pictures as they are. */
  augmentation: v.optional(AugmentationSchema),
  /** Left out: all epochs are trained. */
  earlyStopping: v.optional(EarlyStoppingSchema),
  /** Stops the phase after so many steps. */
  maxSteps: v.optional(wholeNumber('maxSteps', 1, 1e9))
});

export const TUTORIAL_PHASES = [
  { name: 'frozen', trainableFrom: null, keepBatchNormFrozen: false, optimizer: { name: 'adam' as const, learningRate: 0.001 }, epochs: 10 },
  { name: 'fine_tune', trainableFrom: 'all', keepBatchNormFrozen: false, optimizer: { name: 'adam' as const, learningRate: 0.00001 }, epochs: 5 }
];

export const ScaleSchema = v.picklist(['0..1', '-1..1'], 'scale must be "0..1" or "-1..1".');

export const RecipeSchema = v.strictObject({
  backbone: v.optional(v.literal('MobileNetV2', 'backbone must be "MobileNetV2".'), 'MobileNetV2'),
  alpha: v.optional(AlphaSchema, 1),
  /** Height and width the backbone sees, pixels. */
  inputSize: v.optional(InputSizeSchema, 32),
  /** Range the pixels are scaled to before the backbone. */
  scale: v.optional(ScaleSchema, '0..1'),
  head: v.optional(v.pipe(v.array(HeadLayerSchema), v.maxLength(8, 'head may have at most 8 hidden layers.')), [{ units: 128, activation: 'relu' as const }]),
  batchSize: v.optional(wholeNumber('batchSize', 1, 4096), 64),
  /** Share of the training images, the last ones in file order, kept for validation. */
  validationSplit: v.optional(v.pipe(v.number('validationSplit must be a number.'), v.minValue(0, 'validationSplit must be at least 0.'), v.ltValue(1, 'validationSplit must be below 1.')), 0.2),
  shuffle: v.optional(v.boolean('shuffle must be true or false.'), true),
  seed: v.optional(wholeNumber('seed', 0, 4294967295), 0),
  /** Training images used, in file order. */
  limit: v.optional(wholeNumber('limit', 1, 1e9), 50000),
  /** Path of a Keras .h5 whose layers are loaded by name over what is there. */
  initialWeights: v.optional(v.nullable(v.string('initialWeights must be null or a path.')), null),
  /** Share of each label that is spread over all classes (Keras: label_smoothing). */
  labelSmoothing: v.optional(below1('labelSmoothing')),
  /**
   * How much the loss of a class counts (Keras: class_weight), by class name, 1 where none is given; "balanced": classes with fewer pictures
   * count for more, pictures / (classes * pictures of the class).
   */
  classWeight: v.optional(v.union([v.literal('balanced'), v.record(v.string(), number('classWeight', 0, 1e6))], 'classWeight must be "balanced" or weights by class name.')),
  /** Penalty on the kernels of the head, l2 * sum of squares (keras.regularizers.L2). */
  l2: v.optional(number('l2', 0, 1)),
  phases: v.optional(v.pipe(v.array(PhaseSchema), v.minLength(1, 'phases must have at least one phase.')), TUTORIAL_PHASES)
});

export type Recipe = v.InferOutput<typeof RecipeSchema>;
export type RecipeInput = v.InferInput<typeof RecipeSchema>;
export type Phase = v.InferOutput<typeof PhaseSchema>;
export type Optimizer = v.InferOutput<typeof OptimizerSchema>;
export type OptimizerName = Optimizer['name'];
export type LearningRateSchedule = v.InferOutput<typeof LearningRateScheduleSchema>;
export type EarlyStopping = v.InferOutput<typeof EarlyStoppingSchema>;
export type Monitor = v.InferOutput<typeof MonitorSchema>;
export type HeadLayer = v.InferOutput<typeof HeadLayerSchema>;
export type Scale = v.InferOutput<typeof ScaleSchema>;

/** The tutorial's recipe, every value filled in. */
export const tutorialRecipe = (): Recipe => v.parse(RecipeSchema, {});
