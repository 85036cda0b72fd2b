/** Values and calls as Python writes them. */

/** Text that is code already, a name for instance. */
export interface Code {
  readonly code: string;
}
export type Python = string | number | boolean | null | Code | readonly Python[];

/** Longer lines are broken, an argument a line. */
const LONGEST_LINE = 130;

export const code = (text: string): Code => ({ code: text });

export function python(value: Python): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return value > 0 && value < 0.001 ? value.toExponential() : String(value);
  // JSON's strings are Python's.
  if (typeof value === 'string') return JSON.stringify(value);
  return 'code' in value ? value.code : bracketed('[', value.map(python), ']');
}

/** `name(value, key=value)`; what is undefined is left out. */
export function invoke(name: string, values: readonly Python[] = [], named: Readonly<Record<string, Python | undefined>> = {}): string {
  const keys = Object.entries(named).flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${python(value)}`]));
  return bracketed(`${name}(`, [...values.map(python), ...keys], ')');
}

/** One of them a line. */
export const spread = (open: string, parts: readonly string[], close: string): string =>
  [open, ...parts.map((part) => `    ${part.replace(/\n/g, '\n    ')},`), close].join('\n');

function bracketed(open: string, parts: readonly string[], close: string): string {
  const line = `${open}${parts.join(', ')}${close}`;
  return line.length > LONGEST_LINE && parts.length > 1 ? spread(open, parts, close) : line;
}
