/**
 * Errors that reach a person. `code` picks the translated sentence in the window (message key `error_<code>`),
 * `params` fill it, `message` is the whole English sentence: what happened, to which file or setting, what to do.
 */
import * as v from 'valibot';

export const ErrorShapeSchema = v.object({
  code: v.string(),
  message: v.string(),
  params: v.optional(v.record(v.string(), v.union([v.string(), v.number()])), {})
});
export type ErrorShape = v.InferOutput<typeof ErrorShapeSchema>;

export class TsugikiError extends Error {
  override readonly name = 'TsugikiError';
  constructor(
    readonly code: string,
    message: string,
    readonly params: Record<string, string | number> = {}
  ) {
    super(message);
  }
}

/** The job was stopped on purpose; never shown as a failure. */
export class StoppedError extends TsugikiError {
  constructor() {
    super('stopped', 'Stopped.');
  }
}

/** Any thrown value as something that can cross a process. */
export function toErrorShape(error: unknown): ErrorShape {
  if (error instanceof TsugikiError) return { code: error.code, message: error.message, params: error.params };
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'unexpected', message, params: { detail: message } };
}

/** Every answer over IPC is an envelope, so that code and params survive the crossing. */
export type Envelope<T> = { ok: true; value: T } | { ok: false; error: ErrorShape };

/** Closes a switch over a discriminated union. */
export function assertNever(value: never): never {
  throw new Error(`Unhandled case: ${JSON.stringify(value)}`);
}
