/**
 * A run on disk, runs/<id>/ in its project: `run.json` says what was asked and how the person calls it, `progress.jsonl` what came of it, one
 * line an epoch or so. The session is replayed from these lines, so that closing the app at any moment loses nothing. The engine puts its
 * checkpoint and model there too.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as v from 'valibot';
import { type Planned, type Progress, ProgressSchema, RecipeSchema, RunIdSchema, type Session, type TrainedElsewhere, TsugikiError, advance } from '../contract';
import { readJson, writeJson } from './json-file';

const RunSchema = v.object({ runId: v.string(), recipe: RecipeSchema, weights: v.string(), name: v.optional(v.nullable(v.string()), null), note: v.optional(v.string(), ''), opened: v.optional(v.string()) });
export type Run = v.InferOutput<typeof RunSchema>;

const runsFolder = (project: string): string => join(project, 'runs');
/** Folder of a run: recipe, checkpoint, model. */
export const runDirectory = (project: string, runId: string): string => join(runsFolder(project), runId);
/** Where a run's model is kept, as the engine does after training. */
export const modelDirectory = (project: string, runId: string): string => join(runDirectory(project, runId), 'model');
const runFile = (project: string, runId: string): string => join(runDirectory(project, runId), 'run.json');
export const historyFile = (project: string, runId: string): string => join(runDirectory(project, runId), 'progress.jsonl');

/** Sorts by time, reads as a date, and never meets another one. */
export const newRunId = (): string => `${new Date().toISOString().slice(0, 23).replace(/[:T.]/g, '-')}-${Math.random().toString(36).slice(2, 6)}`;

/** When the run was made, ISO 8601, as its id says; null for an id of another kind. Seconds may have thousandths. */
export function dateOf(runId: string): string | null {
  const [, date, hour, minute, second, thousandth = '000'] = /^(\d{4}-\d\d-\d\d)-(\d\d)-(\d\d)-(\d\d)(?:-(\d{3}))?-/.exec(runId) ?? [];
  return date === undefined ? null : `${date}T${hour}:${minute}:${second}.${thousandth}Z`;
}

export function createRun(project: string, planned: Planned): Run {
  const run: Run = { runId: newRunId(), ...planned, note: '' };
  mkdirSync(runDirectory(project, run.runId), { recursive: true });
  writeRun(project, run);
  return run;
}

/** A run whose model came from the file `opened`. @param training null where nothing is known of it */
export function createOpened(project: string, run: Omit<Run, 'weights'> & { readonly opened: string }, training: TrainedElsewhere | null): Run {
  const made: Run = { ...run, weights: run.opened };
  writeRun(project, made);
  rmSync(historyFile(project, made.runId), { force: true });
  for (const progress of toldOf(training, made.runId, modelDirectory(project, made.runId))) record(project, made.runId, progress);
  return made;
}

/** What a run that was trained elsewhere would have said here. @param model where its model is */
export function toldOf(training: TrainedElsewhere | null, runId: string, model: string): Progress[] {
  const finished = { kind: 'finished', runId, model, stopped: false } as const;
  if (!training) return [{ ...finished, testAccuracy: null }];
  const { recipe, pictures, phases } = training;
  const results = recipe.phases.flatMap(({ name }) => phases[name] ?? []);
  return [
    {
      kind: 'training_started', runId, from: { phase: 0, epoch: 0, step: 0 }, trainCount: pictures.train, validationCount: pictures.validation,
      phases: recipe.phases.map(({ name, epochs, trainable, trainableFrom }) => ({ name, epochs, stepsPerEpoch: Math.ceil(pictures.train / recipe.batchSize), trainableFrom: trainable?.[0] ?? trainableFrom }))
    },
    ...results.flatMap((result, phase): Progress[] => {
      const { loss, accuracy, val_loss, val_accuracy } = result.history;
      return [
        ...loss.map((value, epoch): Progress => ({
          kind: 'epoch', phase, epoch, loss: value, accuracy: accuracy[epoch] ?? 0, valLoss: val_loss?.[epoch] ?? null, valAccuracy: val_accuracy?.[epoch] ?? null, seconds: result.epoch_seconds[epoch] ?? 0, secondsLeft: null
        })),
        {
          kind: 'phase_ended', phase, testCount: pictures.test > 0 ? pictures.test : pictures.validation, testedOn: pictures.test > 0 ? 'test' : 'validation',
          result: { ...result, stopped_early: loss.length < (recipe.phases[phase]?.epochs ?? 0) }
        }
      ];
    }),
    { ...finished, testAccuracy: results.at(-1)?.test_accuracy ?? null }
  ];
}

const writeRun = (project: string, run: Run): void => writeJson(runFile(project, run.runId), run);

/** Null when it is not there or damaged. A folder that was copied is a run of its own. */
export function readRun(project: string, runId: string): Run | null {
  const run = readJson(runFile(project, runId), RunSchema);
  return run && { ...run, runId };
}

const runGone = (runId: string): TsugikiError => new TsugikiError('run_gone', `The run ${runId} is not in the project any more.`, { run: runId });

/** @throws TsugikiError run_gone */
export function needRun(project: string, runId: string): Run {
  const run = readRun(project, runId);
  if (!run) throw runGone(runId);
  return run;
}

/** @throws TsugikiError run_gone */
export const changeRun = (project: string, runId: string, { name, note }: { name?: string | null | undefined; note?: string | undefined }): void => {
  const run = needRun(project, runId);
  writeRun(project, { ...run, ...(name !== undefined && { name: name?.trim() || null }), ...(note !== undefined && { note }) });
};

/** Ids of all runs, newest first. */
export const runIds = (project: string): string[] => {
  const folder = runsFolder(project);
  return existsSync(folder) ? readdirSync(folder).filter((name) => v.is(RunIdSchema, name)).sort().reverse() : [];
};

/** Takes away a run that never began: nothing came of it. Answers whether it was one. */
export function dropUnbegun(project: string, runId: string): boolean {
  if (existsSync(historyFile(project, runId))) return false;
  rmSync(runDirectory(project, runId), { recursive: true, force: true });
  return true;
}

/** A point keeps it from being a run. */
const asideDirectory = (project: string, runId = ''): string => join(runsFolder(project), '.deleted', runId);

/** @throws TsugikiError run_gone */
function moveRun(runId: string, from: string, to: string): void {
  if (!existsSync(from)) throw runGone(runId);
  mkdirSync(dirname(to), { recursive: true });
  renameSync(from, to);
}

/** A run that was deleted can be taken back until the project is closed. */
export const setAside = (project: string, runId: string): void => moveRun(runId, runDirectory(project, runId), asideDirectory(project, runId));
export const takeBack = (project: string, runId: string): void => moveRun(runId, asideDirectory(project, runId), runDirectory(project, runId));
export const emptyAside = (project: string): void => rmSync(asideDirectory(project), { recursive: true, force: true });

/** The engine writes it after each epoch; with it a run can go on. */
export const hasCheckpoint = (project: string, runId: string): boolean => existsSync(join(runDirectory(project, runId), 'checkpoint.json'));

/** Steps and stages pass by; the rest is the run's history. */
const isHistory = (progress: Progress): boolean => progress.kind !== 'step' && progress.kind !== 'stage';

/** On disk the model is named from the run's folder: a project may be moved. "" for a run that left none. */
const relative = (progress: Progress): Progress => (progress.kind === 'finished' ? { ...progress, model: basename(progress.model) } : progress);
const absolute = (progress: Progress, directory: string): Progress =>
  progress.kind === 'finished' && progress.model !== '' ? { ...progress, model: join(directory, basename(progress.model)) } : progress;

export function record(project: string, runId: string, progress: Progress): void {
  if (isHistory(progress)) appendFileSync(historyFile(project, runId), `${JSON.stringify(relative(progress))}\n`);
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
  const file = historyFile(project, runId);
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  const told = lines.map(parseLine).filter((progress) => progress !== null);
  const left = told.map((progress) => absolute(progress, directory)).reduce(advance, { ...session, recipe, runId });
  if (left.status !== 'running' && left.status !== 'paused') return left;
  return advance(left, { kind: 'interrupted', resumable: hasCheckpoint(project, runId), epochsDone: left.epochs.length, detail: 'The app was closed.' });
}
