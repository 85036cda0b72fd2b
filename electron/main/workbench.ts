/**
 * What is on the bench: the open project, its session, and the engine that works on it. Keeps the engine supplied: one that was started
 * afresh (or a fresh app) is given the project and the model back before the first question that needs them.
 */
import { rm } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import {
  type DataSource, type DataSummary, type EngineRequest, type ErrorShape, type Imported, type ImportReport, type Opening, type Planned, type Progress, type RunCard, type Scale, type Session, TsugikiError, type Wish, advance,
  emptySession, toErrorShape
} from '../contract';
import { type Answer, EngineHost } from './engine-host';
import { readCurrent, readKept, writeCurrent, writeKept } from './kept';
import { log } from './log';
import { moveFolder } from './move-folder';
import { freePath, slug } from './naming';
import { Once } from './once';
import { userFile } from './paths';
import { isProject, nameOf, newProjectFolder, projectGone, projectName, projectOf } from './projects';
import { forgetProject, noteChanged, noteOpened } from './recent';
import { RunCards } from './run-cards';
import { type Run, changeRun, createOpened, createRun, dateOf, dropUnbegun, emptyAside, hasCheckpoint, modelDirectory, needRun, newRunId, readRun, record, replay, runDirectory, setAside, takeBack, toldOf } from './runs';

type Request<T extends EngineRequest['type']> = Extract<EngineRequest, { type: T }>;

/** A project that was made, and what came in where that is told. */
interface Filled {
  summary: DataSummary;
  report: ImportReport | null;
}

export interface Listener {
  follow(session: Session, progress: Progress): void;
  /** Nothing is being worked on any more. */
  rest(session: Session): void;
  problem(error: ErrorShape): void;
  wish(wish: Wish): void;
  /** The list of recent projects is another one. */
  recent(): void;
}

/** Folder of the project that is spoken of. */
const folderOf = (data: DataSummary | null): string | null => data?.project?.directory ?? null;

/** The project's pictures, and its last run as it was left. */
function sessionOf(data: DataSummary): Session {
  const session = { ...emptySession(), data };
  const project = folderOf(data);
  const runId = (project !== null && readKept(project)?.runId) || null;
  const run = project !== null && runId !== null ? readRun(project, runId) : null;
  return project !== null && run ? replay(session, project, run) : session;
}

const isGone = (error: unknown): boolean => error instanceof TsugikiError && error.code === 'engine_gone';

/** Of an import whose report went with the engine: what is in. */
const brokenOff = ({ trainCount, validationCount, testCount }: DataSummary): ImportReport =>
  ({ added: trainCount + validationCount + testCount, already: 0, moved: 0, skipped: [], loose: 0, stopped: true });

export class Workbench {
  session: Session = emptySession();
  /** Whether the engine that is running has the session's project open, and its model. */
  readonly #data = new Once();
  readonly #model = new Once();
  /** A run is being set up or is going on; there can be one at a time. */
  #busy = false;
  /** Which one, once it is noted in the project's folder. */
  #going: string | null = null;
  /** Runs that begin by themselves, each when the one before has ended. */
  #planned: readonly Planned[] = [];
  readonly #cards = new RunCards();
  /** Projects are opened, closed and moved one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  readonly engine = new EngineHost({ progress: (progress) => this.#report(progress), rest: () => this.#rest(), gone: (detail) => this.#engineGone(detail) });

  constructor(readonly listener: Listener) {}

  /** Folder of the open project. */
  get project(): string | null {
    return folderOf(this.session.data);
  }

  /** Takes up the session that the app was closed with. Opens nothing yet, so that the window is not kept waiting. */
  restore(): void {
    const project = readCurrent();
    const kept = project !== null && isProject(project) ? readKept(project) : null;
    if (kept) this.session = sessionOf(kept.data);
  }

  /** Starts the engine and lets it open what was open, behind the window's back. */
  warmUp(): void {
    this.engine.start();
    const current = readCurrent();
    if (this.project !== null) {
      emptyAside(this.project);
      this.#ensureData().catch((error: unknown) => this.#refused(error));
    } else if (current !== null && isProject(current)) this.listener.wish({ kind: 'open', path: current });
    else if (current !== null) this.#refused(projectGone(current));
  }

  /** Opens a project, or makes one of anything else. What is open already stays as it is. */
  async openData(source: DataSource): Promise<DataSummary> {
    const directory = projectOf(source);
    if (directory === null) {
      const name = nameOf(source);
      const { summary } = await this.#create(name, async (fresh) => ({ summary: await this.engine.ask({ type: 'create_project', directory: fresh, name, source }), report: null }));
      return summary;
    }
    if (directory !== this.project) return this.#inTurn(async () => this.#switchTo(await this.engine.ask({ type: 'open_project', directory })));
    await this.#ensureData();
    return this.#needData();
  }

  /** Adds pictures to the open project. Without one they make a new one, called after `paths`; where they are refused, none. */
  async add(request: Request<'import' | 'add_pictures'>): Promise<Imported> {
    if (this.project !== null) {
      const imported = await this.askAboutData(request);
      this.#changed(imported.summary);
      return imported;
    }
    const name = projectName(request.type === 'import' ? request.paths : []);
    const { summary, report } = await this.#create(name, async (directory) => {
      await this.engine.ask({ type: 'create_project', directory, name, source: null });
      try {
        return await this.engine.ask(request);
      } catch (error) {
        if (!isGone(error)) await this.#discard(directory);
        throw error;
      }
    });
    return { summary, report: report ?? brokenOff(summary) };
  }

  /** Changes the pictures. They may change while a run is going on: it has its own. */
  async change(request: Request<'edit' | 'undo' | 'redo' | 'relocate' | 'collect'>): Promise<DataSummary> {
    const summary = await this.askAboutData(request);
    this.#changed(summary);
    return summary;
  }

  /** Whether pictures' files have gone or come back; null where none has. */
  async look(): Promise<DataSummary | null> {
    const summary = await this.askAboutData({ type: 'look_for_files' });
    if (summary) this.#changed(summary);
    return summary;
  }

  /** Asks something about the pictures of the open project. */
  async askAboutData<R extends EngineRequest>(request: R): Promise<Answer<R['type']>> {
    await this.#ensureData();
    return this.engine.ask(request);
  }

  /** Asks something of the trained model. */
  async askModel<R extends EngineRequest>(request: R): Promise<Answer<R['type']>> {
    await this.#ensureModel();
    return this.engine.ask(request);
  }

  closeData(): Promise<null> {
    return this.#inTurn(async () => {
      await this.engine.ask({ type: 'close_project' });
      if (this.project !== null) emptyAside(this.project);
      this.#leave();
      writeCurrent(null);
      return null;
    });
  }

  /** Moves the open project into a folder. */
  moveData(folder: string): Promise<DataSummary> {
    return this.#inTurn(async () => {
      const from = this.#needProject();
      const data = this.#needData();
      if (dirname(from) === resolve(folder)) return data;
      if (`${resolve(folder)}${sep}`.startsWith(`${from}${sep}`)) {
        throw new TsugikiError('folder_in_project', `${folder} lies inside of the project. Choose a folder outside of it.`, { path: folder });
      }
      const directory = freePath(resolve(folder), slug(data.name));
      await this.engine.ask({ type: 'close_project' });
      this.#data.forget();
      const moved = await moveFolder(from, directory, () => this.engine.ask({ type: 'open_project', directory }));
      forgetProject(from);
      return this.#switchTo(moved);
    });
  }

  /** Trains one run after the other. Answered when the first has begun. */
  async start([first, ...others]: readonly Planned[]): Promise<{ runId: string }> {
    if (!first) throw new Error('There is nothing to train.');
    this.#refuseWhileBusy();
    this.#planned = others;
    try {
      return await this.#begin(first);
    } catch (error) {
      this.#planned = [];
      throw error;
    }
  }

  /** Stops the run that is going on; those that were to follow do not begin. */
  stop(): Promise<null> {
    this.#planned = [];
    return this.engine.ask({ type: 'stop' });
  }

  runs(): RunCard[] {
    const cards = this.project === null ? [] : this.#cards.list(this.project);
    const status = this.session.status === 'paused' ? 'paused' : 'running';
    // On disk, a run that is going on looks as if it had been broken off, and one that is being set up as if it had never begun.
    return this.#busy ? cards.map((card) => (card.runId === this.#going ? { ...card, started: dateOf(card.runId), status, resumable: false } : card)) : cards;
  }

  changeRun(runId: string, change: { name?: string | null | undefined; note?: string | undefined }): RunCard[] {
    changeRun(this.#needProject(), runId, change);
    return this.runs();
  }

  /** The session becomes that run's: its curves are shown, its model is loaded when it is next asked something. */
  openRun(runId: string): Session {
    this.#refuseWhileBusy();
    return this.#show(needRun(this.#needProject(), runId));
  }

  /** A model from elsewhere becomes the session's: a run of the project, or without one the window's until it is closed. */
  async openModel(path: string, scale: Scale | null): Promise<Opening> {
    this.#refuseWhileBusy();
    await this.#turn;
    const { project } = this;
    // Opened once more with other settings, it is the same run.
    const shown = project !== null && this.session.runId !== null ? readRun(project, this.session.runId) : null;
    const again = shown?.opened === path ? shown : null;
    const runId = again?.runId ?? newRunId();
    const directory = project === null ? userFile('opened-model') : modelDirectory(project, runId);
    const { name, recipe, training, notes } = await this.engine.ask({ type: 'open_model', path, directory, scale });
    this.#refuseWhileBusy();
    if (this.project !== project) throw new TsugikiError('other_project_opened', 'Another project was opened meanwhile. Open the model once more.');
    if (project === null) this.session = { ...toldOf(training, '', directory).reduce(advance, { ...emptySession(), recipe }), runId: null };
    else this.#show(createOpened(project, { name, note: '', ...again, runId, recipe, opened: path }, training));
    this.#model.done();
    return { session: this.session, name, notes, path };
  }

  /** Where the session shows this run, it goes to the newest of the others. */
  deleteRun(runId: string): RunCard[] {
    const project = this.#needProject();
    if (runId === this.session.runId) this.#refuseWhileBusy();
    setAside(project, runId);
    const left = this.runs();
    if (runId === this.session.runId) this.#show(left[0] ? needRun(project, left[0].runId) : null);
    return left;
  }

  restoreRun(runId: string): RunCard[] {
    takeBack(this.#needProject(), runId);
    return this.runs();
  }

  #show(run: Run | null): Session {
    const project = this.#needProject();
    const data = this.#needData();
    this.#model.forget();
    const empty = { ...emptySession(), data };
    this.session = run ? replay(empty, project, run) : empty;
    writeKept(project, this.session.runId, data);
    return this.session;
  }

  /** Goes on with the session's run from its last checkpoint. */
  recover(): Promise<{ runId: string }> {
    return this.#train((project) => {
      const { runId } = this.session;
      const run = runId === null ? null : readRun(project, runId);
      if (!run || !hasCheckpoint(project, run.runId)) {
        throw new TsugikiError('nothing_to_recover', 'There is no saved epoch to go on from. Start the training again.');
      }
      return run;
    }, true);
  }

  close(): Promise<void> {
    return this.engine.close();
  }

  #begin(planned: Planned): Promise<{ runId: string }> {
    return this.#train((project) => createRun(project, planned), false);
  }

  /** Begins the next of the planned runs, if there is one. One that is refused takes those behind it along. */
  #beginNext(): void {
    const [next, ...others] = this.#planned;
    this.#planned = others;
    if (!next) return;
    this.#begin(next).catch((error: unknown) => {
      this.session = { ...this.session, stage: null, planned: 0 };
      this.listener.problem(toErrorShape(error));
      this.#dropPlanned();
    });
  }

  /** What was to follow does not begin: the run before it has failed. */
  #dropPlanned(): void {
    const { length: count } = this.#planned;
    this.#planned = [];
    if (count > 0) this.listener.problem({ code: 'runs_dropped', message: `What was to be trained after it did not begin: ${count}.`, params: { count } });
  }

  /** @param make notes the run in the project's folder, or finds it there */
  async #train(make: (project: string) => Run, resume: boolean): Promise<{ runId: string }> {
    this.#refuseWhileBusy();
    this.#busy = true;
    this.#going = null;
    const { recipe, runId } = this.session;
    try {
      await this.#turn;
      await this.#ensureData();
      const project = this.#needProject();
      const run = make(project);
      this.#going = run.runId;
      this.session = { ...this.session, recipe: run.recipe, runId: run.runId };
      writeKept(project, run.runId, this.#needData());
      try {
        await this.engine.ask({
          type: 'train', runId: run.runId, directory: runDirectory(project, run.runId), recipe: run.recipe, weights: run.weights, resume
        });
      } catch (error) {
        // Refused before it began: the session goes on showing the run before.
        if (!resume && dropUnbegun(project, run.runId)) {
          this.session = { ...this.session, recipe, runId };
          writeKept(project, runId, this.#needData());
        }
        throw error;
      }
      return { runId: run.runId };
    } catch (error) {
      this.#busy = false;
      throw error;
    }
  }

  /** Does what changes which project is open, when nothing else does. When it fails, the one before stays. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.#refuseWhileBusy();
    const mine = this.#turn.then(async () => {
      await this.#data.settled();
      try {
        return await work();
      } catch (error) {
        writeCurrent(this.project);
        throw error;
      }
    });
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  /**
   * @param fill makes the project in the folder it is given, opens it, and reports what came in
   * @returns without a report when the engine died meanwhile; what was in by then is open
   */
  #create(name: string, fill: (directory: string) => Promise<Filled>): Promise<Filled> {
    return this.#inTurn(async () => {
      const directory = newProjectFolder(name);
      // Beforehand: when the app ends in the middle, the next start opens what is in by then.
      writeCurrent(directory);
      const filled = await fill(directory).catch((error: unknown) => this.#rescue(directory, error));
      this.#switchTo(filled.summary);
      return filled;
    });
  }

  async #rescue(directory: string, error: unknown): Promise<Filled> {
    if (!isGone(error) || !isProject(directory)) throw error;
    this.listener.problem(toErrorShape(error));
    return { summary: await this.engine.ask({ type: 'open_project', directory }), report: null };
  }

  async #discard(directory: string): Promise<void> {
    await this.engine.ask({ type: 'close_project' });
    await rm(directory, { recursive: true, force: true });
  }

  /** The engine has this project open now, in the place of the one before. */
  #switchTo(data: DataSummary): DataSummary {
    this.#leave();
    this.#data.done();
    this.session = sessionOf(data);
    const project = this.#needProject();
    emptyAside(project);
    writeCurrent(project);
    writeKept(project, this.session.runId, data);
    noteOpened(project, data);
    this.listener.recent();
    return data;
  }

  #leave(): void {
    this.#data.forget();
    this.#model.forget();
    this.session = emptySession();
  }

  /** What was open last cannot be opened. An engine that died says nothing about the project. */
  #refused(error: unknown): void {
    if (!isGone(error)) {
      this.#leave();
      writeCurrent(null);
    }
    this.listener.problem(toErrorShape(error));
  }

  /** The open project is now as `data` says. An answer about another one has come too late. */
  #changed(data: DataSummary): void {
    const { project } = this;
    if (project === null || folderOf(data) !== project) return;
    this.session = { ...this.session, data, stage: this.#busy ? this.session.stage : null };
    writeKept(project, this.session.runId, data);
    if (noteChanged(project, data)) this.listener.recent();
  }

  async #ensureData(): Promise<void> {
    // While another project is being opened, the engine must not be given this one.
    for (let last = null; !this.#data.started && last !== this.#turn; ) await (last = this.#turn);
    const directory = this.#needProject();
    await this.#data.do(async () => this.#changed(await this.engine.ask({ type: 'open_project', directory })));
  }

  async #ensureModel(): Promise<void> {
    this.#needModel();
    // Parity of an export is checked on the project's pictures, so a fresh engine needs both; pictures that are gone do not keep the model from working.
    if (!this.#data.started && this.session.data) await this.#ensureData().catch((error: unknown) => log.warn('Classifying without the pictures', error));
    // Meanwhile another project may have come into its place.
    const directory = this.#needModel();
    await this.#model.do(() => this.engine.ask({ type: 'load_model', directory }));
  }

  #needModel(): string {
    if (this.session.model === null) throw new TsugikiError('no_model', 'There is no trained model yet. Train one first.');
    return this.session.model;
  }

  #needProject(): string {
    if (this.project === null) throw new TsugikiError('no_data', 'No pictures have been chosen yet. Choose a data set first.');
    return this.project;
  }

  #needData(): DataSummary {
    if (!this.session.data) throw new TsugikiError('no_data', 'No pictures have been chosen yet. Choose a data set first.');
    return this.session.data;
  }

  #refuseWhileBusy(): void {
    if (this.#busy) throw new TsugikiError('busy', 'A training is under way. Stop it first, or wait until it has ended.');
  }

  #report(told: Progress): void {
    const progress = this.#completed(told);
    this.session = advance(this.session, progress);
    const { runId } = this.session;
    if (runId !== null && this.#busy) record(this.#needProject(), runId, told);
    // The engine holds the model it has just trained.
    if (progress.kind === 'finished' && progress.model !== '') this.#model.done();
    if (progress.kind === 'finished' || progress.kind === 'failed' || progress.kind === 'interrupted') this.#busy = false;
    this.listener.follow(this.session, progress);
    if (progress.kind === 'finished') this.#beginNext();
    if (progress.kind === 'failed' || progress.kind === 'interrupted') this.#dropPlanned();
  }

  /** What was stopped or refused half-way is under way no longer. */
  #rest(): void {
    if (this.#busy) return;
    this.session = { ...this.session, stage: null };
    this.listener.rest(this.session);
  }

  /** The engine knows of one run at a time. */
  #completed(progress: Progress): Progress {
    const { recipe } = this.session;
    if (progress.kind === 'training_started') return { ...progress, planned: this.#planned.length, ...(recipe && { recipe }) };
    return progress.kind === 'finished' ? { ...progress, planned: this.#planned.length } : progress;
  }

  #engineGone(detail: string): void {
    this.#data.forget();
    this.#model.forget();
    if (!this.#busy) return;
    const { runId, epochs } = this.session;
    this.#report({ kind: 'interrupted', resumable: runId !== null && hasCheckpoint(this.#needProject(), runId), epochsDone: epochs.length, detail });
  }
}
