/** Long work that a person waits for and may cancel, by what it is about; "pictures" is all that opens, adds, finds or copies them. What nobody waits for has no name here. */
import * as v from 'valibot';

export const JobSchema = v.picklist(['pictures', 'health', 'label_doubts', 'learning_rate', 'understand', 'map', 'classify', 'export', 'keras_project']);
export type Job = v.InferOutput<typeof JobSchema>;
