/** A model from elsewhere, opened. */
import * as v from 'valibot';
import { RecipeSchema } from './recipe';
import { PhaseResultSchema } from './results';
import type { Session } from './session';

/** What its file does not say, and what was taken instead; or what was added to it. */
export const OPENING_NOTES = [
  /** How pixels are scaled: -1..1, as Keras' MobileNetV2 wants them. */
  'scale_assumed',
  /** How large the pictures are: 224, as the weights for ImageNet had them. */
  'size_assumed',
  /** What its classes are called: class_0, class_1 ... */
  'names_assumed',
  /** It ended with logits: a softmax follows now. */
  'logits'
] as const;
export const OpeningNoteSchema = v.picklist(OPENING_NOTES);
export type OpeningNote = v.InferOutput<typeof OpeningNoteSchema>;

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** How a run that was continued elsewhere went there: `history.json`, as a project for bigger machines leaves it beside its model. */
export const TrainedElsewhereSchema = v.object({
  recipe: RecipeSchema,
  /** Pictures of each part; a part that there is none of is left out. */
  pictures: v.object({ train: count, validation: v.optional(count, 0), test: v.optional(count, 0) }),
  /** By the names of the recipe's phases. */
  phases: v.record(v.string(), PhaseResultSchema)
});
export type TrainedElsewhere = v.InferOutput<typeof TrainedElsewhereSchema>;

export const OpenedModelSchema = v.object({
  /** What to call it. */
  name: v.string(),
  /** Its training's; the lesson's with this network where that is not known. */
  recipe: RecipeSchema,
  training: v.nullable(TrainedElsewhereSchema),
  notes: v.array(OpeningNoteSchema)
});
export type OpenedModel = v.InferOutput<typeof OpenedModelSchema>;

/** What the window is told: the session has the model now. */
export interface Opening {
  session: Session;
  name: string;
  notes: OpeningNote[];
  /** The file, to open it once more. */
  path: string;
}
