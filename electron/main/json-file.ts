/** Small JSON files that are never half written and never trusted. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as v from 'valibot';
import { log } from './log';

type Schema<T> = v.GenericSchema<unknown, T>;

/** The file's content, or null when it is missing, broken, or not of this shape. */
export function readJson<T>(path: string, schema: Schema<T>): T | null {
  try {
    const result = v.safeParse(schema, JSON.parse(readFileSync(path, 'utf8')));
    return result.success ? result.output : null;
  } catch {
    return null;
  }
}

/** Writes beside the file and renames over it, so that a crash leaves the old content whole. */
export function writeJson(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  const beside = `${path}.${process.pid}.part`;
  writeFileSync(beside, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(beside, path);
}

/** Writes what is only for remembering: a disk that is full or may not be written costs the memory, not the work. */
export function noteJson(path: string, value: unknown): void {
  try {
    writeJson(path, value);
  } catch (error) {
    log.warn(`Could not write ${path}`, error);
  }
}
