/**
 * A run on disk, runs/<id>/ in its project: `run.json` says what was asked, `progress.jsonl` what came of it, one line an epoch or so.
 * The session is replayed from these lines, so that closing the app at any moment loses nothing. The engine puts its checkpoint and model there too.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as v from 'valibot';
import { type Progress, ProgressSchema, RecipeSchema, type Session, advance } from '../contract';
import { readJson, writeJson } from './json-file';

const RunSchema = v.object({ runId: v.string(), recipe: RecipeSchema, weights: v.string() });
export type Run = v.InferOutput<typeof RunSchema>;

/** Folder of a run: recipe, checkpoint, model. */
export const runDirectory = (project: string, runId: string): string => join(project, 'runs', runId);

/** Sorts by time, reads as a date, and never meets another one. */
const newRunId = (): string => `${new Date().toISOString().slice(0, 19).replace(/[:T]/g, '-')}-${Math.random().toString(36).slice(2, 6)}`;

export function createRun(project: string, recipe: Run['recipe'], weights: string): Run {
  const run: Run = { runId: newRunId(), recipe, weights };
  mkdirSync(runDirectory(project, run.runId), { recursive: true });
  writeJson(join(runDirectory(project, run.runId), 'run.json'), run);
  return run;
}

export const readRun = (project: string, runId: string): Run | null => readJson(join(runDirectory(project, runId), 'run.json'), RunSchema);

/** The engine writes it after each epoch; with it a run can go on. */
export const hasCheckpoint = (project: string, runId: string): boolean => existsSync(join(runDirectory(project, runId), 'checkpoint.json'));

/** Steps and stages pass by; the rest is the run's history. */
const isHistory = (progress: Progress): boolean => progress.kind !== 'step' && progress.kind !== 'stage';

/** On disk the model is named from the run's folder: a project may be moved. "" for a run that left none. */
const relative = (progress: Progress): Progress => (progress.kind === 'finished' ? { ...progress, model: basename(progress.model) } : progress);
const absolute = (progress: Progress, directory: string): Progress =>
  progress.kind === 'finished' && progress.model !== '' ? { ...progress, model: join(directory, basename(progress.model)) } : progress;

export function record(project: string, runId: string, progress: Progress): void {
  if (isHistory(progress)) appendFileSync(join(runDirectory(project, runId), 'progress.jsonl'), `${JSON.stringify(relative(progress))}\n`);
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
export function replay(session: Session, project: string, { runId, recipe }: Run): Session {
  const directory = runDirectory(project, runId);
  const file = join(directory, 'progress.jsonl');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  const told = lines.map(parseLine).filter((progress) => progress !== null);
  const left = told.map((progress) => absolute(progress, directory)).reduce(advance, { ...session, recipe, runId });
  if (left.status !== 'running' && left.status !== 'paused') return left;
  return advance(left, { kind: 'interrupted', resumable: hasCheckpoint(project, runId), epochsDone: left.epochs.length, detail: 'The app was closed.' });
}
