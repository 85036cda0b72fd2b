/** What training and classification give back. */
import * as v from 'valibot';

/** As Keras' History: one number an epoch. val_* are absent without a validation split. */
export const HistorySchema = v.object({
  loss: v.array(v.number()),
  accuracy: v.array(v.number()),
  val_loss: v.optional(v.array(v.number())),
  val_accuracy: v.optional(v.array(v.number()))
});
export type History = v.InferOutput<typeof HistorySchema>;

/** One phase, in the shape of shared reference `keras_recipe.py`. */
export const PhaseResultSchema = v.object({
  history: HistorySchema,
  epoch_seconds: v.array(v.number()),
  total_seconds: v.number(),
  /** Of the test pictures, or of the validation part where there are none; null where there is neither. */
  test_loss: v.nullable(v.number()),
  test_accuracy: v.nullable(v.number()),
  /** Only where the phase may stop early: the epoch with the best weights, from 1, and whether it ended before its last. */
  best_epoch: v.optional(v.number()),
  stopped_early: v.optional(v.boolean()),
  /** Only with --steps: of each batch before its update. */
  step_loss: v.optional(v.array(v.number())),
  step_accuracy: v.optional(v.array(v.number())),
  /** Only with --steps: Euclidean norm of each gradient of the first batch, by "layer/weight". */
  first_gradient: v.optional(v.record(v.string(), v.array(v.number()))),
  /** Only with --steps: Euclidean norm by "layer/weight", after the phase. */
  weight_norms: v.optional(v.record(v.string(), v.number())),
  /** Only with --steps: class probabilities of the first 8 test pictures. */
  probabilities: v.optional(v.array(v.array(v.number())))
});
export type PhaseResult = v.InferOutput<typeof PhaseResultSchema>;

/** What a learning-rate range test saw: the loss of one batch at each rate, and the rate to take, null where none made it fall. */
export const LearningRateRangeSchema = v.object({
  points: v.array(v.object({ learningRate: v.number(), loss: v.number() })),
  suggestion: v.nullable(v.number())
});
export type LearningRateRange = v.InferOutput<typeof LearningRateRangeSchema>;

export const ClassificationSchema = v.object({
  /** Highest first, at most five. */
  top: v.array(v.object({ label: v.string(), probability: v.number() })),
  /** Every class, in class order. */
  probabilities: v.array(v.number()),
  /** Less sure than the model's threshold: "none of these". */
  unknown: v.boolean(),
  /** Decode to probabilities. */
  milliseconds: v.number()
});
export type Classification = v.InferOutput<typeof ClassificationSchema>;
