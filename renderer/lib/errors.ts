/** Anything thrown as a sentence in the reader's language. */
import { type ErrorShape, type Param, toErrorShape } from '../../electron/contract';
import { CallError } from '../api';
import { m } from '../m';
import { count } from './format';
import { inARow } from './words';

const translated = m as unknown as Record<string, ((params: Record<string, string | number>) => string) | undefined>;

/** The sentence of an error's or a reason's code, filled with its params; the English one that came along is at its hand as {message}. */
export function errorSentence({ code, message, params }: ErrorShape): string {
  const sentence = (translated[`error_${code}`] ?? translated[`reason_${code}`])?.({ ...Object.fromEntries(Object.entries(params).map(([name, param]) => [name, said(param)])), message });
  // A parameter that did not come along would be printed as "undefined".
  return sentence === undefined || sentence.includes('undefined') ? message : sentence;
}

function said(param: Param | undefined): string | number {
  if (typeof param === 'number') return Number.isInteger(param) ? count(param) : param;
  if (typeof param !== 'object') return param ?? '';
  return 'code' in param ? errorSentence(param) : inARow(...param.map(errorSentence));
}

/** Null when there is nothing to say: the work was stopped on purpose. */
export function sentenceOf(error: unknown): string | null {
  const shape = error instanceof CallError ? error.shape : toErrorShape(error);
  return shape.code === 'stopped' ? null : errorSentence(shape);
}
