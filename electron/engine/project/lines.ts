/** Files of one JSON value a line, which people may have edited by hand: what cannot be used is told with its file and line. */
import * as v from 'valibot';
import { because, causeOf, ReasonError, TsugikiError } from '../../contract';

/**
 * @param take gets each line's value; what it throws is told as damage of that line
 * @throws TsugikiError project_damaged
 */
export function eachLine(file: string, text: string, take: (value: unknown) => void): void {
  let number = 0;
  for (const line of text.split('\n')) {
    number++;
    if (line.trim() === '') continue;
    try {
      take(JSON.parse(line));
    } catch (error) {
      throw damaged(`${file}:${number}`, error);
    }
  }
}

/** How many bytes are whole lines: a last one that is no JSON was cut off while it was written. */
export function wholeBytes(bytes: Buffer): number {
  const last = bytes.lastIndexOf('\n', -2) + 1;
  try {
    JSON.parse(bytes.toString('utf8', last));
    return bytes.length;
  } catch {
    return last;
  }
}

/** @throws ReasonError with words that name the field */
export function checked<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> {
  const { success, output, issues } = v.safeParse(schema, value, { abortEarly: true });
  if (success) return output;
  const path = v.getDotPath(issues[0]);
  throw new ReasonError(path === null ? because('malformed', issues[0].message) : because('field_wrong', `"${path}": ${issues[0].message}`, { field: path }));
}

export function damaged(place: string, error: unknown): TsugikiError {
  const reason = causeOf(error);
  return new TsugikiError(
    'project_damaged',
    `${place} cannot be used: ${reason.message}. Mend that line, or delete it (in changes.jsonl with all that follow it), or take the file from a copy of the project. The picture files are not affected.`,
    { place, reason }
  );
}
