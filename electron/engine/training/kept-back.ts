/** Which pictures a run kept for validation: written beside its model, for the pictures may be edited afterwards, and their order with them. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { ImageSet } from '../data/dataset';

const FILE = 'validation.json';
const IdsSchema = v.array(v.number());

/** @param directory the model's; pictures that come from no project have no ids, and nothing is written */
export async function writeKeptBack(directory: string, { ids }: ImageSet): Promise<void> {
  if (ids) await writeFile(join(directory, FILE), JSON.stringify([...ids]));
}

/** Ids of the pictures; none where that was not written down, or not to its end. */
export async function readKeptBack(directory: string): Promise<ReadonlySet<number>> {
  try {
    return new Set(v.parse(IdsSchema, JSON.parse(await readFile(join(directory, FILE), 'utf8'))));
  } catch {
    return new Set();
  }
}
