/** Anything thrown as a sentence in the reader's language. */
import { type ErrorShape, toErrorShape } from '../../electron/contract';
import { CallError } from '../api';
import { m } from '../m';

const translated = m as unknown as Record<string, ((params: Record<string, string | number>) => string) | undefined>;

/** The sentence of an error's code, else the English one it came with; that one is also at a translation's hand as {message}. */
export function errorSentence(error: ErrorShape): string {
  const sentence = translated[`error_${error.code}`]?.({ ...error.params, message: error.message });
  // A parameter that did not come along would be printed as "undefined".
  return sentence === undefined || sentence.includes('undefined') ? error.message : sentence;
}

/** Null when there is nothing to say: the work was stopped on purpose. */
export function sentenceOf(error: unknown): string | null {
  const shape = error instanceof CallError ? error.shape : toErrorShape(error);
  return shape.code === 'stopped' ? null : errorSentence(shape);
}
