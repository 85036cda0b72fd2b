/**
 * What is found again on the next start. userData/current.json names the project that was open; `session.json` in a project's folder
 * names its last run, and what the project looked like: the window shows that until the engine has opened it.
 */
import { join } from 'node:path';
import * as v from 'valibot';
import { type DataSummary, DataSummarySchema, RunIdSchema } from '../contract';
import { noteJson, readJson } from './json-file';
import { userFile } from './paths';

const CurrentSchema = v.object({ project: v.nullable(v.string()) });
const KeptSchema = v.object({ runId: v.nullable(RunIdSchema), data: DataSummarySchema });
type Kept = v.InferOutput<typeof KeptSchema>;

const currentFile = (): string => userFile('current.json');
const sessionFile = (project: string): string => join(project, 'session.json');

export const readCurrent = (): string | null => readJson(currentFile(), CurrentSchema)?.project ?? null;
export const writeCurrent = (project: string | null): void => noteJson(currentFile(), { project });

/** Null when the project was never wholly opened. Its folder may have moved since. */
export function readKept(project: string): Kept | null {
  const kept = readJson(sessionFile(project), KeptSchema);
  return kept && { ...kept, data: { ...kept.data, source: { kind: 'project', path: project }, project: kept.data.project && { ...kept.data.project, directory: project } } };
}

/** Files that an import has left out may be very many, and the next start does not tell them again. */
export const writeKept = (project: string, runId: string | null, data: DataSummary): void => noteJson(sessionFile(project), { runId, data: { ...data, skipped: [] } });
