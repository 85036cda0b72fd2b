/** A model tried on many pictures from outside: a table of answers, and copies sorted by them. */
import * as v from 'valibot';

export const TriedRowSchema = v.object({
  /** Below the folder that was chosen, with forward slashes; else the file's name. */
  file: v.string(),
  path: v.string(),
  /** Null where the file could not be read; then `reason` says why. */
  label: v.nullable(v.string()),
  /** Of the label. */
  probability: v.number(),
  /** Less sure than the model's threshold: "none of these". */
  unknown: v.boolean(),
  /** The five most probable. */
  top: v.array(v.object({ label: v.string(), probability: v.number() })),
  reason: v.nullable(v.string())
});
export type TriedRow = v.InferOutput<typeof TriedRowSchema>;

export const TriedManySchema = v.object({
  rows: v.array(TriedRowSchema),
  /** Cancelled before its end: the rows so far. */
  stopped: v.boolean(),
  seconds: v.number()
});
export type TriedMany = v.InferOutput<typeof TriedManySchema>;

/** Thumbnails of rows by their place in the table: RGB bytes, `size` x `size` each; grey where a file could not be read. */
export const TriedThumbnailsSchema = v.object({ size: v.number(), pixels: v.instance(Uint8Array) });
export type TriedThumbnails = v.InferOutput<typeof TriedThumbnailsSchema>;

/** A folder with one folder a class, "none-of-these" among them. */
export const SortedCopiesSchema = v.object({ directory: v.string(), copied: v.number(), skipped: v.number() });
export type SortedCopies = v.InferOutput<typeof SortedCopiesSchema>;
