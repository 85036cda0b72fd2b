/** What can be said of a trained model: how it does on pictures, why it answers as it does. Arrays run over the pictures or over the model's classes. */
import * as v from 'valibot';
import { AlphaSchema, InputSizeSchema, ScaleSchema } from './recipe';

const index = v.pipe(v.number(), v.integer(), v.minValue(0));
const floats = v.instance(Float32Array);
const whole = v.instance(Int32Array);

/** Which pictures a model is asked about. "own": a test set of the person's, opened beside the project by `understand:open_own`; its ids are its own. */
export const SetSchema = v.picklist(['test', 'validation', 'train', 'own']);
export type PictureSet = v.InferOutput<typeof SetSchema>;

/** A picture of the project or of the own test set, or one from outside as its file's bytes. */
export const SubjectSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('picture'), id: index, own: v.boolean() }),
  v.strictObject({ kind: v.literal('file'), bytes: v.instance(Uint8Array) })
]);
export type Subject = v.InferOutput<typeof SubjectSchema>;

/** Of one class (scikit-learn's `precision_recall_fscore_support`, `roc_auc_score` one against the rest, `average_precision_score`). */
export const ClassScoreSchema = v.object({
  /** Null where it was never predicted. */
  precision: v.nullable(v.number()),
  /** Null where no picture has it. */
  recall: v.nullable(v.number()),
  f1: v.nullable(v.number()),
  support: v.number(),
  /** Null where all pictures have it or none. */
  rocAuc: v.nullable(v.number()),
  averagePrecision: v.nullable(v.number())
});
export type ClassScore = v.InferOutput<typeof ClassScoreSchema>;

/** Pictures whose highest probability lies in [from, to), the last with 1 in it: how sure the model is, and how often it is right; both 0 where there are none. */
export const ReliabilityBinSchema = v.object({ from: v.number(), to: v.number(), count: v.number(), confidence: v.number(), accuracy: v.number() });

export const CalibrationSchema = v.object({
  bins: v.array(ReliabilityBinSchema),
  /** Expected calibration error over 15 equal bins (Guo et al. 2017, section 2). */
  expectedCalibrationError: v.number()
});
export type Calibration = v.InferOutput<typeof CalibrationSchema>;

/** What a threshold costs: answers below it are "none of these". */
export const ThresholdPointSchema = v.object({
  threshold: v.number(),
  /** Share of the pictures that still get an answer. */
  answered: v.number(),
  /** Of those that do, how many rightly; null where none does. */
  accuracy: v.nullable(v.number()),
  /** Of the wrong answers, which share is held back. */
  wrongHeldBack: v.number()
});

export const UnderstandingSchema = v.object({
  /** What was asked for; "test" becomes "validation", then "train", where a project has none. */
  set: SetSchema,
  /** The own test set's name, else the project's. */
  name: v.string(),
  /** The project's revision that was looked at. */
  revision: v.number(),
  classNames: v.array(v.string()),
  count: v.number(),
  /** Pictures of classes that the model does not know, left out. */
  unknown: v.number(),
  accuracy: v.number(),
  loss: v.number(),
  /** Share of the pictures whose class is among the k most probable, for k = 1 .. 5 (or as many as there are classes). */
  topK: v.array(v.number()),
  /** [classes, classes] row by row: rows are the pictures' classes, columns what the model says. */
  confusion: whole,
  classes: v.array(ClassScoreSchema),
  /** Unweighted means over the classes that have a figure. */
  macro: v.object({ precision: v.number(), recall: v.number(), f1: v.number() }),
  pictures: v.object({
    id: whole,
    /** Index of the class it has, and of the one the model names. */
    label: whole,
    predicted: whole,
    /** Of the named class, of its own class. */
    probability: floats,
    labelProbability: floats
  }),
  calibration: CalibrationSchema,
  /** The temperature that minimises the loss of these pictures, and the calibration that it would give. 1 is no change. */
  scaled: v.object({ temperature: v.number(), calibration: CalibrationSchema }),
  thresholds: v.array(ThresholdPointSchema),
  /** What the model has set now. */
  settings: v.object({ temperature: v.number(), threshold: v.nullable(v.number()) })
});
export type Understanding = v.InferOutput<typeof UnderstandingSchema>;

/** Two curves of one class against the rest, at most 200 points each. */
export const ClassCurvesSchema = v.object({
  roc: v.array(v.object({ falsePositiveRate: v.number(), truePositiveRate: v.number() })),
  precisionRecall: v.array(v.object({ recall: v.number(), precision: v.number() }))
});
export type ClassCurves = v.InferOutput<typeof ClassCurvesSchema>;

/** How a model answers; kept with it, and travelling with it: logits are divided by `temperature`, answers less sure than `threshold` are "none of these". */
export const ModelSettingsSchema = v.strictObject({
  temperature: v.pipe(v.number(), v.minValue(0.05), v.maxValue(20)),
  threshold: v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(1)))
});
export type ModelSettings = v.InferOutput<typeof ModelSettingsSchema>;

/** Where in the picture the evidence for a class lies (Grad-CAM, Selvaraju et al. 2017): values 0..1, [height, width], stretched over the whole picture. */
export const HeatmapSchema = v.object({
  width: v.number(), height: v.number(), values: floats,
  class: v.number(), label: v.string(), probability: v.number(),
  /** What the model answers: its five most probable classes, or as many as there are. */
  top: v.array(v.object({ class: v.number(), label: v.string(), probability: v.number() })),
  layer: v.string(),
  /** Layers to choose among: the last of each size of map, the coarsest first. */
  layers: v.array(v.object({ name: v.string(), height: v.number(), width: v.number() }))
});
export type Heatmap = v.InferOutput<typeof HeatmapSchema>;

/** What a layer makes of one picture. */
export const ActivationRequestSchema = v.strictObject({
  subject: SubjectSchema,
  layer: v.string(),
  alpha: AlphaSchema,
  inputSize: InputSizeSchema,
  scale: ScaleSchema,
  weights: v.string(),
  /** The trained model's own weights rather than those it began with, where its network is this one. */
  trained: v.boolean()
});
export type ActivationRequest = v.InferOutput<typeof ActivationRequestSchema>;
export const ActivationsSchema = v.object({
  layer: v.string(), height: v.number(), width: v.number(),
  /** Of the layer; at most 64 are shown, strongest first: their places, means, and maps [shown, height, width]: 0 is `lowest`, 255 `highest`. */
  channels: v.number(),
  shown: whole,
  means: floats,
  maps: v.instance(Uint8Array),
  /** Of the whole layer, at most 0: after a ReLU black is nothing. */
  lowest: v.number(),
  highest: v.number(),
  /** Channels that are 0 everywhere in this picture. */
  silent: v.number(),
  /** Whose weights they are. */
  trained: v.boolean()
});
export type Activations = v.InferOutput<typeof ActivationsSchema>;

/** Training pictures that lie nearest to a picture in the model's feature space (cosine distance, 0..2), nearest first; `class` is the project's id of it. */
export const NeighboursSchema = v.array(v.object({ id: v.number(), class: v.number(), distance: v.number() }));
export type Neighbours = v.InferOutput<typeof NeighboursSchema>;

/** Where pictures lie on a plane, 0..1. */
export const PlacesSchema = v.object({ x: floats, y: floats });
export type Places = v.InferOutput<typeof PlacesSchema>;

/** Pictures on a plane, alike ones together, by PCA. */
export const FeatureMapSchema = v.object({
  /** `label` and `predicted` are indices of the model's classes; -1 for a class that it does not know. */
  id: whole, label: whole, predicted: whole,
  pca: v.object({ ...PlacesSchema.entries, /** Share of the variance that both axes hold. */ explained: v.number() }),
  /** Of how many pictures these are a sample. */
  of: v.number()
});
export type FeatureMap = v.InferOutput<typeof FeatureMapSchema>;

/** What one phase of a recipe costs on this machine, measured on a few steps. */
export const CostSchema = v.object({
  /** Once before the phase: what is kept of the pictures, compiling. */
  secondsBefore: v.number(),
  secondsPerEpoch: v.number(),
  /** Pictures or features kept at hand, weights with optimizer slots, activations of a batch. */
  bytes: v.number()
});
export type MeasuredCost = v.InferOutput<typeof CostSchema>;
