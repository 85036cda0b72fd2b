/**
 * What is on the bench: the session, and the engine that works on it. Keeps the engine supplied: one that was started afresh
 * (or a fresh app) is given the data set and the model back before the first question that needs them.
 */
import {
  type DataSource, type DataSummary, type EngineRequest, type ErrorShape, type Progress, type Recipe, type Session, TsugikiError, advance, emptySession, toErrorShape
} from '../contract';
import { type Answer, EngineHost } from './engine-host';
import { log } from './log';
import { runDirectory } from './paths';
import { type Run, createRun, hasCheckpoint, readCurrent, readRun, record, replay, writeCurrent } from './runs';

/** Remembers a piece of work that is under way or done, and forgets it when it failed. */
class Once {
  #work: Promise<unknown> | null = null;

  get started(): boolean {
    return this.#work !== null;
  }
  /** Does `work` unless it is done or under way. */
  async do(work: () => Promise<unknown>): Promise<void> {
    const mine = (this.#work ??= work());
    try {
      await mine;
    } catch (error) {
      if (this.#work === mine) this.#work = null;
      throw error;
    }
  }
  forget(): void {
    this.#work = null;
  }
}

export class Workbench {
  session: Session = emptySession();
  /** Whether the engine that is running has the session's data set open, and its model. */
  readonly #data = new Once();
  readonly #model = new Once();
  /** A run is being set up or is going on; there can be one at a time. */
  #busy = false;
  readonly engine = new EngineHost({ progress: (progress) => this.#report(progress), gone: (detail) => this.#engineGone(detail) });

  constructor(readonly listener: { follow(session: Session, progress: Progress): void; problem(error: ErrorShape): void }) {}

  /** Takes up the session that the app was closed with. Opens nothing yet, so that the window is not kept waiting. */
  restore(): void {
    const { data, runId } = readCurrent();
    this.session = { ...this.session, data };
    const run = runId === null ? null : readRun(runId);
    if (run) this.session = replay({ ...this.session, recipe: run.recipe, runId: run.runId }, run.runId);
  }

  /** Starts the engine and lets it open what was open, behind the window's back. */
  warmUp(): void {
    this.engine.start();
    if (this.session.data) this.#ensureData().catch((error: unknown) => this.listener.problem(toErrorShape(error)));
  }

  async openData(source: DataSource): Promise<DataSummary> {
    this.#refuseWhileBusy();
    const summary = await this.engine.ask({ type: 'open_data', source });
    this.#data.forget();
    await this.#data.do(() => Promise.resolve());
    this.session = { ...this.session, data: summary, stage: null };
    this.#remember();
    return summary;
  }

  /** Asks something about the pictures of the open data set. */
  async askAboutData<R extends EngineRequest>(request: R): Promise<Answer<R['type']>> {
    await this.#ensureData();
    return this.engine.ask(request);
  }

  /** Asks something of the trained model. */
  async askModel<R extends EngineRequest>(request: R): Promise<Answer<R['type']>> {
    await this.#ensureModel();
    return this.engine.ask(request);
  }

  async start(recipe: Recipe, weights: string): Promise<{ runId: string }> {
    this.#refuseWhileBusy();
    const source = this.#needSource();
    return this.#train(() => createRun(recipe, weights, source), false);
  }

  /** Goes on with the session's run from its last checkpoint, on the data it was started with. */
  async recover(): Promise<{ runId: string }> {
    this.#refuseWhileBusy();
    const { runId } = this.session;
    const run = runId === null ? null : readRun(runId);
    if (!run || !hasCheckpoint(run.runId)) {
      throw new TsugikiError('nothing_to_recover', 'There is no saved epoch to go on from. Start the training again.');
    }
    if (JSON.stringify(run.source) !== JSON.stringify(this.session.data?.source)) await this.openData(run.source);
    return this.#train(() => run, true);
  }

  close(): void {
    this.engine.close();
  }

  async #train(make: () => Run, resume: boolean): Promise<{ runId: string }> {
    this.#busy = true;
    try {
      await this.#ensureData();
      const run = make();
      this.session = { ...this.session, recipe: run.recipe, runId: run.runId };
      this.#remember();
      await this.engine.ask({
        type: 'train', runId: run.runId, directory: runDirectory(run.runId), recipe: run.recipe, weights: run.weights, resume
      });
      return { runId: run.runId };
    } catch (error) {
      this.#busy = false;
      throw error;
    }
  }

  #ensureData(): Promise<void> {
    const source = this.#needSource();
    return this.#data.do(async () => {
      const data = await this.engine.ask({ type: 'open_data', source });
      this.session = { ...this.session, data, stage: null };
    });
  }

  async #ensureModel(): Promise<void> {
    const { model } = this.session;
    if (model === null) throw new TsugikiError('no_model', 'There is no trained model yet. Train one first.');
    // Parity of an export is checked on the data set's pictures, so a fresh engine needs both; a data set that is gone does not keep the model from working.
    if (!this.#data.started && this.session.data) await this.#ensureData().catch((error: unknown) => log.warn('Classifying without the data set', error));
    await this.#model.do(() => this.engine.ask({ type: 'load_model', directory: model }));
  }

  #needSource(): DataSource {
    if (!this.session.data) throw new TsugikiError('no_data', 'No pictures have been chosen yet. Choose a data set first.');
    return this.session.data.source;
  }

  #refuseWhileBusy(): void {
    if (this.#busy) throw new TsugikiError('busy', 'A training is under way. Stop it first, or wait until it has ended.');
  }

  #report(progress: Progress): void {
    this.session = advance(this.session, progress);
    const { runId } = this.session;
    if (runId !== null && this.#busy) record(runId, progress);
    if (progress.kind === 'finished') {
      // The engine holds the model it has just trained.
      this.#model.forget();
      void this.#model.do(() => Promise.resolve());
    }
    if (progress.kind === 'finished' || progress.kind === 'failed' || progress.kind === 'interrupted') this.#busy = false;
    this.listener.follow(this.session, progress);
  }

  #engineGone(detail: string): void {
    this.#data.forget();
    this.#model.forget();
    if (!this.#busy) return;
    const { runId, epochs } = this.session;
    this.#report({ kind: 'interrupted', resumable: runId !== null && hasCheckpoint(runId), epochsDone: epochs.length, detail });
  }

  #remember(): void {
    writeCurrent({ data: this.session.data, runId: this.session.runId });
  }
}
