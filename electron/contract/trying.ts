/** A model tried on many pictures from outside: a table of answers, and copies sorted by them. */
import * as v from 'valibot';
import { csvNumber, csvOf } from './csv';
import { type ErrorShape, ErrorShapeSchema } from './errors';

/** Columns rather than rows: fifty thousand rows cross two processes. */
export const TriedManySchema = v.object({
  /** The model's. */
  classNames: v.array(v.string()),
  /** Below the folder that was chosen, with forward slashes; else the file's name. */
  files: v.array(v.string()),
  /** Where each lies on disk. */
  paths: v.array(v.string()),
  /** Why a file could not be read; null where it could. */
  reasons: v.array(v.nullable(ErrorShapeSchema)),
  /** How many of the most probable classes are told of each: five, or all where there are fewer. */
  best: v.number(),
  /** [rows, best], most probable first; -1 where the file could not be read. */
  classes: v.instance(Int32Array),
  /** [rows, best], of these classes. */
  probabilities: v.instance(Float32Array),
  /** [rows], 1 where the model is less sure than its threshold: "none of these". */
  unknown: v.instance(Uint8Array),
  /** Cancelled before its end: the rows so far. */
  stopped: v.boolean(),
  seconds: v.number()
});
export type TriedMany = v.InferOutput<typeof TriedManySchema>;

/** What a table or a folder's name calls an answer below the model's threshold. */
export const NONE_OF_THESE = 'none-of-these';

/** One row of a table. */
export interface TriedRow {
  readonly file: string;
  readonly path: string;
  /** Most probable first; none where the file could not be read. */
  readonly top: readonly { label: string; probability: number }[];
  readonly unknown: boolean;
  readonly reason: ErrorShape | null;
}

export function triedRow({ classNames, files, paths, reasons, best, classes, probabilities, unknown }: TriedMany, row: number): TriedRow {
  const reason = reasons[row] ?? null;
  const top = Array.from({ length: reason === null ? best : 0 }, (_, i) => ({ label: classNames[classes[row * best + i] ?? -1] ?? '', probability: probabilities[row * best + i] ?? 0 }));
  return { file: files[row] ?? '', path: paths[row] ?? '', top, unknown: unknown[row] === 1, reason };
}

/**
 * The table as CSV, its answers and what speaks for the next best.
 * @param say the words of a reason
 */
export function triedCsv(tried: TriedMany, say = ({ message }: ErrorShape): string => message): string {
  const heading = ['file', 'answer', ...Array.from({ length: tried.best }, (_, i) => [`class_${i + 1}`, `probability_${i + 1}`]).flat(), 'problem'];
  const lines = tried.files.map((_, row) => {
    const { file, top, unknown, reason } = triedRow(tried, row);
    const guesses = Array.from({ length: tried.best }, (_guess, i) => [top[i]?.label ?? '', top[i] ? csvNumber(top[i].probability) : '']).flat();
    return [file, unknown ? NONE_OF_THESE : (top[0]?.label ?? ''), ...guesses, reason ? say(reason) : ''];
  });
  return csvOf([heading, ...lines]);
}

/** Thumbnails of rows by their place in the table: RGB bytes, `size` x `size` each; grey where a file could not be read. */
export const TriedThumbnailsSchema = v.object({ size: v.number(), pixels: v.instance(Uint8Array) });
export type TriedThumbnails = v.InferOutput<typeof TriedThumbnailsSchema>;

/** A new folder with one folder a class, "none-of-these" among them. */
export const SortedCopiesSchema = v.object({
  directory: v.string(),
  copied: v.number(),
  /** Files that could not be read, now or when they were classified. */
  skipped: v.number(),
  /** Cancelled before its end: what was copied stays. */
  stopped: v.boolean()
});
export type SortedCopies = v.InferOutput<typeof SortedCopiesSchema>;
