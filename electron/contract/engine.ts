/** Messages between main and the engine process: calls with an id, answered once, and progress in between. */
import * as v from 'valibot';
import { AugmentedSchema, AugmentRequestSchema, DataSummarySchema, ThumbnailsSchema } from './data';
import { ErrorShapeSchema } from './errors';
import { ExportFormatSchema, ExportResultSchema, ExportSizeSchema, ModelStorySchema, PrecisionSchema } from './exports';
import { JobSchema } from './jobs';
import { KerasProjectSchema } from './keras-project';
import { NetworkInfoSchema } from './network';
import { OpenedModelSchema } from './opening';
import { ProgressSchema } from './progress';
import { EditSchema, HealthReportSchema, ImportReportSchema, LabelDoubtsSchema, PictureQuerySchema, PictureViewSchema } from './project';
import { ALPHAS, HeadLayerSchema, RecipeSchema, ScaleSchema } from './recipe';
import { ClassificationSchema, LearningRateRangeSchema } from './results';
import { DataSourceSchema } from './source';
import { SortedCopiesSchema, TriedManySchema, TriedThumbnailsSchema } from './trying';
import {
  ActivationRequestSchema, ActivationsSchema, ClassCurvesSchema, CostSchema, FeatureMapSchema, HeatmapSchema, ModelSettingsSchema, NeighboursSchema, PlacesSchema, SetSchema, SubjectSchema, UnderstandingSchema
} from './understanding';

/** What main asks of the engine. Paths are absolute. */
export const EngineRequestSchema = v.variant('type', [
  v.object({ type: v.literal('open_project'), directory: v.string() }),
  /** Makes a project's folder of a source, or an empty one for null, and opens it. Where the source is refused, nothing is left. */
  v.object({ type: v.literal('create_project'), directory: v.string(), name: v.string(), source: v.nullable(DataSourceSchema) }),
  v.object({ type: v.literal('close_project') }),
  v.object({ type: v.literal('import'), paths: v.array(v.string()), className: v.nullable(v.string()), corrects: v.boolean() }),
  v.object({ type: v.literal('add_pictures'), className: v.string(), pictures: v.array(v.object({ name: v.string(), bytes: v.instance(Uint8Array) })), corrects: v.boolean() }),
  v.object({ type: v.literal('thumbnails'), query: PictureQuerySchema, offset: v.number(), count: v.number() }),
  v.object({ type: v.literal('picture_ids'), query: PictureQuerySchema }),
  v.object({ type: v.literal('picture'), id: v.number(), own: v.optional(v.boolean()), size: v.number() }),
  /** Paths of these pictures' files; those of packed sets are written into `directory`. */
  v.object({ type: v.literal('hand_out'), pictures: v.array(v.number()), own: v.optional(v.boolean()), directory: v.string() }),
  v.object({ type: v.literal('edit'), edit: EditSchema }),
  v.object({ type: v.literal('undo') }),
  v.object({ type: v.literal('redo') }),
  v.object({ type: v.literal('relocate'), root: v.number(), path: v.string() }),
  v.object({ type: v.literal('collect') }),
  /** Whether files have gone or come back since they were last looked for; null where none has. */
  v.object({ type: v.literal('look_for_files') }),
  v.object({ type: v.literal('health') }),
  v.object({ type: v.literal('label_doubts') }),
  v.object({ type: v.literal('augmented'), ...AugmentRequestSchema.entries }),
  v.object({ type: v.literal('describe'), alpha: v.picklist(ALPHAS), inputSize: v.number(), classes: v.number(), head: v.array(HeadLayerSchema) }),
  /** `directory`: the run's folder; with a checkpoint in it and `resume`, training goes on from there. */
  v.object({ type: v.literal('train'), runId: v.string(), directory: v.string(), recipe: RecipeSchema, weights: v.string(), resume: v.boolean() }),
  v.object({ type: v.literal('find_learning_rate'), recipe: RecipeSchema, weights: v.string(), phase: v.number() }),
  v.object({ type: v.literal('measure'), recipe: RecipeSchema, phase: v.number() }),
  v.object({ type: v.literal('activations'), ...ActivationRequestSchema.entries }),
  v.object({ type: v.literal('keras_code'), recipe: RecipeSchema, weights: v.string() }),
  v.object({ type: v.literal('pause') }),
  v.object({ type: v.literal('continue') }),
  v.object({ type: v.literal('stop') }),
  /** Loads the model of an earlier run to classify and export with. */
  v.object({ type: v.literal('load_model'), directory: v.string() }),
  /** Opens a model of whatever origin, keeps it in `directory`, and classifies with it from now on. */
  v.object({ type: v.literal('open_model'), path: v.string(), directory: v.string(), scale: v.nullable(ScaleSchema) }),
  v.object({ type: v.literal('classify'), bytes: v.instance(Uint8Array), name: v.string() }),
  v.object({ type: v.literal('understand'), set: SetSchema }),
  v.object({ type: v.literal('open_own'), path: v.string() }),
  v.object({ type: v.literal('curves'), class: v.number() }),
  v.object({ type: v.literal('model_settings'), ...ModelSettingsSchema.entries }),
  v.object({ type: v.literal('heatmap'), subject: SubjectSchema, class: v.nullable(v.number()), layer: v.nullable(v.string()) }),
  v.object({ type: v.literal('neighbours'), subject: SubjectSchema, count: v.number() }),
  v.object({ type: v.literal('feature_map'), set: SetSchema, limit: v.number() }),
  v.object({ type: v.literal('lay_out'), own: v.boolean(), ids: v.instance(Int32Array) }),
  v.object({ type: v.literal('classify_frame'), pixels: v.instance(Uint8ClampedArray), width: v.number(), height: v.number() }),
  v.object({ type: v.literal('classify_many'), paths: v.array(v.string()) }),
  v.object({ type: v.literal('tried_thumbnails'), rows: v.array(v.number()) }),
  v.object({ type: v.literal('tried_file'), row: v.number() }),
  v.object({ type: v.literal('sort_tried'), directory: v.string() }),
  v.object({ type: v.literal('export_sizes') }),
  v.object({ type: v.literal('export'), format: ExportFormatSchema, precision: PrecisionSchema, directory: v.string(), story: v.nullable(ModelStorySchema) }),
  /** `goOn`: from the model's weights, not from the run's first ones. */
  v.object({ type: v.literal('keras_project'), recipe: RecipeSchema, weights: v.string(), goOn: v.boolean(), directory: v.string() }),
  v.object({ type: v.literal('cancel'), job: JobSchema })
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

const ImportedSchema = v.object({ summary: DataSummarySchema, report: ImportReportSchema });

/** Schema of each request's answer, checked by main. */
export const ANSWERS = {
  open_project: DataSummarySchema,
  create_project: DataSummarySchema,
  close_project: v.null(),
  import: ImportedSchema,
  add_pictures: ImportedSchema,
  thumbnails: ThumbnailsSchema,
  picture_ids: v.array(v.number()),
  picture: PictureViewSchema,
  hand_out: v.array(v.string()),
  edit: DataSummarySchema,
  undo: DataSummarySchema,
  redo: DataSummarySchema,
  relocate: DataSummarySchema,
  collect: DataSummarySchema,
  look_for_files: v.nullable(DataSummarySchema),
  health: HealthReportSchema,
  label_doubts: LabelDoubtsSchema,
  augmented: AugmentedSchema,
  describe: NetworkInfoSchema,
  train: v.null(),
  find_learning_rate: LearningRateRangeSchema,
  measure: CostSchema,
  activations: ActivationsSchema,
  keras_code: v.string(),
  pause: v.null(),
  continue: v.null(),
  stop: v.null(),
  load_model: v.null(),
  open_model: OpenedModelSchema,
  understand: UnderstandingSchema,
  open_own: v.string(),
  curves: ClassCurvesSchema,
  model_settings: ModelSettingsSchema,
  heatmap: HeatmapSchema,
  neighbours: NeighboursSchema,
  feature_map: FeatureMapSchema,
  lay_out: PlacesSchema,
  classify: ClassificationSchema,
  classify_frame: ClassificationSchema,
  classify_many: TriedManySchema,
  tried_thumbnails: TriedThumbnailsSchema,
  tried_file: v.instance(Uint8Array),
  sort_tried: SortedCopiesSchema,
  export_sizes: v.array(ExportSizeSchema),
  export: ExportResultSchema,
  keras_project: KerasProjectSchema,
  cancel: v.null()
} as const;
