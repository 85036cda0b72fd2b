/**
 * A run on disk, userData/runs/<id>/: `run.json` says what was asked, `progress.jsonl` what came of it, one line an epoch or so.
 * The session is replayed from these lines, so that closing the app at any moment loses nothing. The engine puts its checkpoint and model there too.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { type DataSource, DataSourceSchema, DataSummarySchema, type Progress, ProgressSchema, RecipeSchema, type Session, advance } from '../contract';
import { readJson, writeJson } from './json-file';
import { runDirectory, userFile } from './paths';

const RunSchema = v.object({ runId: v.string(), recipe: RecipeSchema, weights: v.string(), source: DataSourceSchema });
export type Run = v.InferOutput<typeof RunSchema>;

/** What was on the bench last. */
const CurrentSchema = v.object({ data: v.nullable(DataSummarySchema), runId: v.nullable(v.string()) });
export type Current = v.InferOutput<typeof CurrentSchema>;

/** Sorts by time, reads as a date, and never meets another one. */
export const newRunId = (): string =>
  `${new Date().toISOString().slice(0, 19).replace(/[:T]/g, '-')}-${Math.random().toString(36).slice(2, 6)}`;

export function createRun(recipe: Run['recipe'], weights: string, source: DataSource): Run {
  const run: Run = { runId: newRunId(), recipe, weights, source };
  mkdirSync(runDirectory(run.runId), { recursive: true });
  writeJson(join(runDirectory(run.runId), 'run.json'), run);
  return run;
}

export const readRun = (runId: string): Run | null => readJson(join(runDirectory(runId), 'run.json'), RunSchema);

/** The engine writes it after each epoch; with it a run can go on. */
export const hasCheckpoint = (runId: string): boolean => existsSync(join(runDirectory(runId), 'checkpoint.json'));

/** Steps and stages pass by; the rest is the run's history. */
const isHistory = (progress: Progress): boolean => progress.kind !== 'step' && progress.kind !== 'stage';

export function record(runId: string, progress: Progress): void {
  if (isHistory(progress)) appendFileSync(join(runDirectory(runId), 'progress.jsonl'), `${JSON.stringify(progress)}\n`);
}

const parseLine = (line: string): Progress | null => {
  try {
    const parsed = v.safeParse(ProgressSchema, JSON.parse(line));
    return parsed.success ? parsed.output : null;
  } catch {
    return null; // The last line may be cut short by a power failure.
  }
};

/** The session as the run left it. A run that was still going when the app ended is interrupted. */
export function replay(session: Session, runId: string): Session {
  const file = join(runDirectory(runId), 'progress.jsonl');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  const told = lines.map(parseLine).filter((progress) => progress !== null);
  const left = told.reduce(advance, session);
  if (left.status !== 'running' && left.status !== 'paused') return left;
  return advance(left, { kind: 'interrupted', resumable: hasCheckpoint(runId), epochsDone: left.epochs.length, detail: 'The app was closed.' });
}

const currentFile = (): string => userFile('current.json');
export const readCurrent = (): Current => readJson(currentFile(), CurrentSchema) ?? { data: null, runId: null };
export const writeCurrent = (current: Current): void => writeJson(currentFile(), current);
