/**
 * Errors that reach a person. `code` picks the translated sentence in the window (message key `error_<code>`, `reason_<code>` for a part of
 * one), `params` fill it, `message` is the whole English sentence: what happened, to which file or setting, what to do.
 */
import * as v from 'valibot';

export interface ErrorShape {
  readonly code: string;
  readonly message: string;
  readonly params: Params;
}

/** What fills a sentence. Words are told as an error is, so that the window says them in its own language; texts are names and figures only. */
export type Param = string | number | ErrorShape | readonly ErrorShape[];
/** A reason is never a text: that would be English in every language. */
export type Params = Readonly<Record<string, Param>> & { readonly reason?: ErrorShape | readonly ErrorShape[] };

export const ErrorShapeSchema: v.GenericSchema<unknown, ErrorShape> = v.lazy(() => v.object({ code: v.string(), message: v.string(), params: ParamsSchema }));
const ReasonSchema = v.union([ErrorShapeSchema, v.array(ErrorShapeSchema)]);
const ParamsSchema = v.objectWithRest({ reason: v.optional(ReasonSchema) }, v.union([v.string(), v.number(), ReasonSchema]));

export class TsugikiError extends Error {
  override readonly name = 'TsugikiError';
  constructor(
    readonly code: string,
    message: string,
    readonly params: Params = {}
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
  return { code: 'unexpected', message, params: { reason: because('internal', message, { text: message }) } };
}

/**
 * Why something is as it is: a sentence, or words for the middle or the end of one.
 * @param message in English, without a full stop where it is no sentence
 */
export const because = (code: string, message: string, params: Params = {}): ErrorShape => ({ code, message, params });

/** Thrown by a reader that knows the reason, but not what it means to whoever reads. */
export class ReasonError extends Error {
  constructor(readonly reason: ErrorShape) {
    super(reason.message);
  }
}

/** Every answer over IPC is an envelope, so that code and params survive the crossing. */
export type Envelope<T> = { ok: true; value: T } | { ok: false; error: ErrorShape };

/** Closes a switch over a discriminated union. */
export function assertNever(value: never): never {
  throw new Error(`Unhandled case: ${JSON.stringify(value)}`);
}
