/** Messages between main and the engine process: calls with an id, answered once, and progress in between. */
import * as v from 'valibot';
import { AugmentedSchema, AugmentRequestSchema, DataSourceSchema, DataSummarySchema, SplitSchema, ThumbnailsSchema } from './data';
import { ErrorShapeSchema } from './errors';
import { NetworkInfoSchema } from './network';
import { ProgressSchema } from './progress';
import { ALPHAS, HeadLayerSchema, RecipeSchema } from './recipe';
import { ClassificationSchema, ExportFormatSchema, ExportResultSchema, LearningRateRangeSchema } from './results';

/** What main asks of the engine. Paths are absolute. */
export const EngineRequestSchema = v.variant('type', [
  v.object({ type: v.literal('open_data'), source: DataSourceSchema }),
  v.object({ type: v.literal('thumbnails'), split: SplitSchema, label: v.optional(v.number()), offset: v.number(), count: v.number() }),
  v.object({ type: v.literal('augmented'), ...AugmentRequestSchema.entries }),
  v.object({ type: v.literal('describe'), alpha: v.picklist(ALPHAS), inputSize: v.number(), classes: v.number(), head: v.array(HeadLayerSchema) }),
  /** `directory`: the run's folder; with a checkpoint in it and `resume`, training goes on from there. */
  v.object({ type: v.literal('train'), runId: v.string(), directory: v.string(), recipe: RecipeSchema, weights: v.string(), resume: v.boolean() }),
  v.object({ type: v.literal('find_learning_rate'), recipe: RecipeSchema, weights: v.string(), phase: v.number() }),
  v.object({ type: v.literal('pause') }),
  v.object({ type: v.literal('continue') }),
  v.object({ type: v.literal('stop') }),
  /** Loads the model of an earlier run to classify and export with. */
  v.object({ type: v.literal('load_model'), directory: v.string() }),
  v.object({ type: v.literal('classify'), bytes: v.instance(Uint8Array), name: v.string() }),
  v.object({ type: v.literal('export'), format: ExportFormatSchema, directory: v.string() }),
  v.object({ type: v.literal('cancel') })
]);
export type EngineRequest = v.InferOutput<typeof EngineRequestSchema>;

export const RequestMessageSchema = v.object({ id: v.number(), request: EngineRequestSchema });
export type RequestMessage = v.InferOutput<typeof RequestMessageSchema>;

/** What the engine sends: one answer a request, progress whenever there is some. `train` is answered when training has begun. */
export const EngineMessageSchema = v.variant('type', [
  v.object({ type: v.literal('ready'), tensorflow: v.string() }),
  v.object({ type: v.literal('answer'), id: v.number(), value: v.unknown() }),
  v.object({ type: v.literal('error'), id: v.number(), error: ErrorShapeSchema }),
  v.object({ type: v.literal('progress'), progress: ProgressSchema })
]);
export type EngineMessage = v.InferOutput<typeof EngineMessageSchema>;

/** Schema of each request's answer, checked by main. */
export const ANSWERS = {
  open_data: DataSummarySchema,
  thumbnails: ThumbnailsSchema,
  augmented: AugmentedSchema,
  describe: NetworkInfoSchema,
  train: v.null(),
  find_learning_rate: LearningRateRangeSchema,
  pause: v.null(),
  continue: v.null(),
  stop: v.null(),
  load_model: v.null(),
  classify: ClassificationSchema,
  export: ExportResultSchema,
  cancel: v.null()
} as const;
