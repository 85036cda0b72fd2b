/**
 * The training recipe: what a person may set, with the tutorial's values where they say nothing.
 * Field names are Keras' names in camelCase.
 */
import * as v from 'valibot';

/** MobileNetV2's width multipliers for which Keras publishes weights. */
export const ALPHAS = [0.35, 0.5, 0.75, 1, 1.3, 1.4] as const;

const wholeNumber = (name: string, min: number, max: number) =>
  v.pipe(
    v.number(`${name} must be a number.`),
    v.integer(`${name} must be a whole number.`),
    v.minValue(min, `${name} must be at least ${min}.`),
    v.maxValue(max, `${name} must be at most ${max}.`)
  );

/** One hidden Dense layer of the head; the last Dense (one unit a class, softmax) is always added. */
export const HeadLayerSchema = v.strictObject({
  units: wholeNumber('head units', 1, 8192),
  activation: v.optional(v.picklist(['relu', 'linear'], 'head activation must be "relu" or "linear".'), 'relu')
});

export const OptimizerSchema = v.strictObject({
  name: v.picklist(['adam', 'sgd'], 'optimizer name must be "adam" or "sgd".'),
  learningRate: v.pipe(
    v.number('learningRate must be a number.'),
    v.gtValue(0, 'learningRate must be greater than 0.'),
    v.maxValue(10, 'learningRate must be at most 10.')
  ),
  /** SGD only. */
  momentum: v.optional(v.pipe(v.number(), v.minValue(0), v.ltValue(1, 'momentum must be below 1.')))
});

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
  /** Stops the phase after so many steps. */
  maxSteps: v.optional(wholeNumber('maxSteps', 1, 1e9))
});

export const TUTORIAL_PHASES = [
  { name: 'frozen', trainableFrom: null, keepBatchNormFrozen: false, optimizer: { name: 'adam' as const, learningRate: 0.001 }, epochs: 10 },
  { name: 'fine_tune', trainableFrom: 'all', keepBatchNormFrozen: false, optimizer: { name: 'adam' as const, learningRate: 0.00001 }, epochs: 5 }
];

export const ScaleSchema = v.picklist(['0..1', '-1..1'], 'scale must be "0..1" or "-1..1".');

/** Keras' MobileNetV2 takes nothing smaller; larger maps fill the memory. */
export const InputSizeSchema = wholeNumber('inputSize', 32, 1024);

export const RecipeSchema = v.strictObject({
  backbone: v.optional(v.literal('MobileNetV2', 'backbone must be "MobileNetV2".'), 'MobileNetV2'),
  alpha: v.optional(v.picklist(ALPHAS, `alpha must be one of ${ALPHAS.join(', ')}.`), 1),
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
  phases: v.optional(v.pipe(v.array(PhaseSchema), v.minLength(1, 'phases must have at least one phase.')), TUTORIAL_PHASES)
});

export type Recipe = v.InferOutput<typeof RecipeSchema>;
export type RecipeInput = v.InferInput<typeof RecipeSchema>;
export type Phase = v.InferOutput<typeof PhaseSchema>;
export type Optimizer = v.InferOutput<typeof OptimizerSchema>;
export type HeadLayer = v.InferOutput<typeof HeadLayerSchema>;
export type Scale = v.InferOutput<typeof ScaleSchema>;

/** The tutorial's recipe, every value filled in. */
export const tutorialRecipe = (): Recipe => v.parse(RecipeSchema, {});
