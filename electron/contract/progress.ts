/** Everything a job says while it works: one discriminated union, the same in the window and in the terminal. */
import * as v from 'valibot';
import { ErrorShapeSchema } from './errors';
import { RecipeSchema } from './recipe';
import { PhaseResultSchema } from './results';

/** A slow part that is not a training step: download, unpack, decode, features, load_weights, compile, evaluate, export. */
export const StageSchema = v.object({
  kind: v.literal('stage'),
  stage: v.picklist(['download', 'unpack', 'read', 'decode', 'weights', 'compile', 'features', 'evaluate', 'save', 'export', 'learning_rate', 'health', 'doubts', 'copy', 'classify', 'measure', 'map']),
  done: v.number(),
  /** 0 when unknown. */
  total: v.number(),
  /** Of `done` and `total`. */
  unit: v.picklist(['bytes', 'pictures', 'files', 'parts']),
  secondsLeft: v.nullable(v.number())
});

export const TrainingStartedSchema = v.object({
  kind: v.literal('training_started'),
  runId: v.string(),
  phases: v.array(v.object({ name: v.string(), epochs: v.number(), stepsPerEpoch: v.number(), trainableFrom: v.nullable(v.string()) })),
  trainCount: v.number(),
  validationCount: v.number(),
  /** Where a resumed run goes on. */
  from: v.object({ phase: v.number(), epoch: v.number(), step: v.number() }),
  /** Main's own words, for runs that begin by themselves: what is trained, and how many follow. */
  recipe: v.optional(RecipeSchema),
  planned: v.optional(v.number())
});

/** What is kept of a phase's pictures has been computed; its first step comes next. */
export const PhaseStartedSchema = v.object({
  kind: v.literal('phase_started'),
  phase: v.number(),
  /** Changed variants of each picture that are kept and take turns; 0 where pictures are changed anew in each epoch, null without augmentation. */
  variants: v.nullable(v.number()),
  /** Share of the frozen part's output numbers that are 0 in all of the first training pictures: features that see nothing at this input size and scaling. Null where nothing is frozen. */
  deadFeatures: v.nullish(v.number())
});

export const StepSchema = v.object({
  kind: v.literal('step'),
  /** Index in the recipe's phases, from 0. */
  phase: v.number(),
  /** From 0. */
  epoch: v.number(),
  /** Steps done in this epoch, from 1. */
  step: v.number(),
  steps: v.number(),
  /** Running means over the epoch, as Keras' progress bar shows. */
  loss: v.number(),
  accuracy: v.number(),
  /** Of this batch alone. */
  batchLoss: v.number(),
  batchAccuracy: v.number(),
  learningRate: v.number(),
  /** To the end of the run. */
  secondsLeft: v.nullable(v.number())
});

export const EpochSchema = v.object({
  kind: v.literal('epoch'),
  phase: v.number(),
  epoch: v.number(),
  loss: v.number(),
  accuracy: v.number(),
  valLoss: v.nullable(v.number()),
  valAccuracy: v.nullable(v.number()),
  seconds: v.number(),
  secondsLeft: v.nullable(v.number())
});

export const PhaseEndedSchema = v.object({
  kind: v.literal('phase_ended'),
  phase: v.number(),
  result: PhaseResultSchema,
  testCount: v.number(),
  testedOn: v.picklist(['test', 'test_first', 'validation'])
});

export const FinishedSchema = v.object({
  kind: v.literal('finished'),
  runId: v.string(),
  /** Folder of the saved model. */
  model: v.string(),
  stopped: v.boolean(),
  testAccuracy: v.nullable(v.number()),
  /** Main's own word: runs that follow by themselves. */
  planned: v.optional(v.number())
});

export const FailedSchema = v.object({ kind: v.literal('failed'), error: ErrorShapeSchema });
export const PausedSchema = v.object({ kind: v.literal('paused') });
export const ContinuedSchema = v.object({ kind: v.literal('continued') });
/** Main's own word: the engine process ended without being asked to. `resumable`: a checkpoint exists to go on from. */
export const InterruptedSchema = v.object({ kind: v.literal('interrupted'), resumable: v.boolean(), epochsDone: v.number(), detail: v.string() });

export const ProgressSchema = v.variant('kind', [
  StageSchema, TrainingStartedSchema, PhaseStartedSchema, StepSchema, EpochSchema, PhaseEndedSchema, FinishedSchema, FailedSchema, PausedSchema, ContinuedSchema, InterruptedSchema
]);
export type Progress = v.InferOutput<typeof ProgressSchema>;
export type StageProgress = v.InferOutput<typeof StageSchema>;
export type StepProgress = v.InferOutput<typeof StepSchema>;
export type EpochProgress = v.InferOutput<typeof EpochSchema>;
