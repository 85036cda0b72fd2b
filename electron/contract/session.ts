/**
 * The run that the window shows, as a pure function of the progress told so far. Main keeps one (so that a reloaded window
 * finds everything again) and the window keeps one by the same function.
 */
import type { DataSummary } from './data';
import type { ErrorShape } from './errors';
import type { EpochProgress, Progress, StageProgress, StepProgress } from './progress';
import type { Recipe } from './recipe';
import type { PhaseResult } from './results';

export type RunStatus = 'idle' | 'running' | 'paused' | 'finished' | 'interrupted' | 'failed';

/** A point of the fine curve inside the epochs; x in epochs since the run's start. */
export interface CurvePoint {
  x: number;
  loss: number;
  accuracy: number;
}

export interface Session {
  data: DataSummary | null;
  recipe: Recipe | null;
  status: RunStatus;
  runId: string | null;
  /** Runs that begin by themselves when this one has ended. */
  planned: number;
  phases: { name: string; epochs: number; stepsPerEpoch: number; trainableFrom: string | null; variants?: number | null; deadFeatures?: number | null }[];
  trainCount: number;
  validationCount: number;
  stage: StageProgress | null;
  step: StepProgress | null;
  epochs: EpochProgress[];
  curve: CurvePoint[];
  results: { phase: number; result: PhaseResult; testCount: number; testedOn: DataSummary['testedOn'] }[];
  testAccuracy: number | null;
  /** Folder of the trained model to classify and export with. */
  model: string | null;
  resumable: boolean;
  error: ErrorShape | null;
}

export const emptySession = (): Session => ({
  data: null, recipe: null, status: 'idle', runId: null, planned: 0, phases: [], trainCount: 0, validationCount: 0, stage: null, step: null,
  epochs: [], curve: [], results: [], testAccuracy: null, model: null, resumable: false, error: null
});

/** Points kept of the fine curve; beyond it every second one goes, so that the drawing stays cheap for long runs. */
const CURVE_LIMIT = 4000;

/** Epochs of all phases before `phase`. */
const epochsBefore = (session: Pick<Session, 'phases'>, phase: number): number =>
  session.phases.slice(0, phase).reduce((sum, p) => sum + p.epochs, 0);

/** Place on the x axis of the end of an epoch, in epochs since the run's start. */
export const epochPosition = (session: Pick<Session, 'phases'>, phase: number, epoch: number): number => epochsBefore(session, phase) + epoch + 1;

/** The session after one more piece of progress. Never changes its argument. */
export function advance(session: Session, progress: Progress): Session {
  switch (progress.kind) {
    case 'stage':
      return { ...session, stage: progress.total > 0 && progress.done >= progress.total ? null : progress };
    case 'training_started': {
      const resumed = progress.from.phase > 0 || progress.from.epoch > 0 || progress.from.step > 0;
      const kept = resumed && session.runId === progress.runId;
      const isBefore = (phase: number, epoch: number) =>
        phase < progress.from.phase || (phase === progress.from.phase && epoch < progress.from.epoch);
      const next: Session = { ...session, phases: progress.phases.map((phase, i) => (kept && i < progress.from.phase && session.phases[i]) || phase) };
      const start = epochsBefore(next, progress.from.phase) + progress.from.epoch + progress.from.step / (progress.phases[progress.from.phase]?.stepsPerEpoch ?? 1);
      return {
        ...next,
        status: 'running', runId: progress.runId, trainCount: progress.trainCount, validationCount: progress.validationCount,
        recipe: progress.recipe ?? session.recipe, planned: progress.planned ?? 0,
        stage: null, step: null, error: null, resumable: false,
        epochs: kept ? session.epochs.filter((e) => isBefore(e.phase, e.epoch)) : [],
        curve: kept ? session.curve.filter((p) => p.x <= start) : [],
        results: kept ? session.results.filter((r) => r.phase < progress.from.phase) : [],
        testAccuracy: kept ? session.testAccuracy : null
      };
    }
    case 'phase_started':
      return { ...session, phases: session.phases.map((phase, i) => (i === progress.phase ? { ...phase, variants: progress.variants, deadFeatures: progress.deadFeatures ?? null } : phase)) };
    case 'step': {
      const point = {
        x: epochsBefore(session, progress.phase) + progress.epoch + progress.step / progress.steps,
        loss: progress.batchLoss,
        accuracy: progress.batchAccuracy
      };
      const curve = session.curve.length >= CURVE_LIMIT ? session.curve.filter((_, i) => i % 2 === 0) : session.curve;
      return { ...session, status: session.status === 'paused' ? 'paused' : 'running', stage: null, step: progress, curve: [...curve, point] };
    }
    case 'epoch':
      return { ...session, stage: null, epochs: [...session.epochs, progress] };
    case 'phase_ended':
      return {
        ...session,
        stage: null,
        // One that stopped early is as long as it was: the next begins where it ended.
        phases: session.phases.map((phase, i) => (i === progress.phase && progress.result.stopped_early ? { ...phase, epochs: progress.result.history.loss.length } : phase)),
        results: [...session.results, { phase: progress.phase, result: progress.result, testCount: progress.testCount, testedOn: progress.testedOn }],
        testAccuracy: progress.result.test_accuracy
      };
    case 'finished':
      return {
        // A run stopped before its first epoch ended leaves no model and nothing to go on from; an earlier model stays usable.
        ...session, status: 'finished', stage: null, model: progress.model || session.model, resumable: progress.stopped && progress.model !== '',
        testAccuracy: progress.testAccuracy ?? session.testAccuracy, planned: progress.planned ?? 0
      };
    case 'failed':
      return { ...session, status: 'failed', stage: null, planned: 0, error: progress.error };
    case 'paused':
      return { ...session, status: 'paused' };
    case 'continued':
      return { ...session, status: 'running' };
    case 'interrupted':
      return {
        ...session, status: 'interrupted', stage: null, planned: 0, resumable: progress.resumable,
        error: { code: 'engine_gone', message: 'The training process ended unexpectedly.', params: { detail: progress.detail, epochs: progress.epochsDone } }
      };
  }
}
