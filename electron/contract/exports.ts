/** What a trained model can be written as for use elsewhere, and what comes of it. */
import * as v from 'valibot';
import { RecipeSchema } from './recipe';
import { PhaseResultSchema } from './results';

/** What a number of a weight is written as. "dynamic": weights as int8, what flows between them as it comes; "int8": both. */
export const PrecisionSchema = v.picklist(['float32', 'float16', 'uint8', 'dynamic', 'int8']);
export type Precision = v.InferOutput<typeof PrecisionSchema>;

/** The formats, and what each can be written as; the first is what it gets when none is named. */
export const EXPORT_PRECISIONS = {
  keras: ['float32'],
  keras_h5: ['float32'],
  savedmodel: ['float32'],
  tfjs: ['float32', 'float16', 'uint8'],
  tfjs_graph: ['float32', 'float16', 'uint8'],
  onnx: ['float32'],
  tflite: ['float32', 'float16', 'dynamic', 'int8'],
  coreml: ['float32', 'float16']
} as const satisfies Record<string, readonly [Precision, ...Precision[]]>;

export type ExportFormat = keyof typeof EXPORT_PRECISIONS;
export const EXPORT_FORMATS = Object.keys(EXPORT_PRECISIONS) as ExportFormat[];
export const ExportFormatSchema = v.picklist(EXPORT_FORMATS);

/** What an export will take on disk, about: known before it is written. */
export const ExportSizeSchema = v.object({ format: ExportFormatSchema, precision: PrecisionSchema, bytes: v.number() });
export type ExportSize = v.InferOutput<typeof ExportSizeSchema>;

export const ParitySchema = v.object({
  pictures: v.number(),
  /** Share of them with the same first class. */
  agreement: v.number(),
  /** Of any probability. */
  largestDifference: v.number(),
  /** Share of the labelled ones that the app and the export name rightly; null where none has a label. */
  accuracy: v.nullable(v.object({ app: v.number(), exported: v.number() })),
  /** The program that read the export back; null for a reader of our own, where the format's program is not on the machine. */
  checkedBy: v.nullable(v.string())
});
export type Parity = v.InferOutput<typeof ParitySchema>;

export const ExportResultSchema = v.object({
  format: ExportFormatSchema,
  precision: PrecisionSchema,
  directory: v.string(),
  files: v.array(v.object({ name: v.string(), bytes: v.number() })),
  /** The written model run on pictures against the app itself. */
  parity: ParitySchema
});
export type ExportResult = v.InferOutput<typeof ExportResultSchema>;

/** Where a model comes from, for its model card. */
export const ModelStorySchema = v.object({
  recipe: RecipeSchema,
  /** What its base started from: as `train:start` takes it, or "imagenet" or "embedded" where "auto" has been looked up. */
  weights: v.string(),
  phases: v.array(v.object({ name: v.string(), result: PhaseResultSchema }))
});
export type ModelStory = v.InferOutput<typeof ModelStorySchema>;
