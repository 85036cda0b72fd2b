/** A table that was asked for with --csv. */
import { writeFile } from 'node:fs/promises';
import { causeOf, TsugikiError } from '../contract';

/** @throws TsugikiError table_not_written */
export async function writeTable(path: string, csv: string): Promise<void> {
  try {
    await writeFile(path, csv);
  } catch (error) {
    const reason = causeOf(error);
    throw new TsugikiError('table_not_written', `The table could not be written to ${path} (${reason.message}). Choose another place.`, { path, reason });
  }
}
