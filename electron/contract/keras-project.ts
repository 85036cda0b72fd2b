/** A run written as a project in Keras, to be trained on bigger machines. */
import * as v from 'valibot';

export const KerasProjectSchema = v.object({
  directory: v.string(),
  /** In all parts. */
  pictures: v.number(),
  /** Of the pictures' files. */
  bytes: v.number()
});
export type KerasProject = v.InferOutput<typeof KerasProjectSchema>;
