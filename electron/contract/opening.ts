/** A model from elsewhere, opened. */
import * as v from 'valibot';
import { RecipeSchema } from './recipe';
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

export const OpenedModelSchema = v.object({
  /** What to call it. */
  name: v.string(),
  /** The lesson's, with this network. */
  recipe: RecipeSchema,
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
