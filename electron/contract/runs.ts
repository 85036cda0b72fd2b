/** The runs that a project keeps, as the window lists and compares them. */
import type { EpochProgress } from './progress';
import type { Recipe } from './recipe';
import type { Session } from './session';

/** One run: what was asked, what came of it. All of it is read from the run's folder. */
export interface RunCard {
  runId: string;
  /** What the person called it; null until they do. */
  name: string | null;
  note: string;
  /** ISO 8601; null for a run that never began to train. */
  started: string | null;
  status: Session['status'];
  recipe: Recipe;
  weights: string;
  phases: Session['phases'];
  trainCount: number;
  validationCount: number;
  /** The curves, one point an epoch. */
  epochs: EpochProgress[];
  /** Of all epochs so far, without pauses. */
  seconds: number;
  testAccuracy: number | null;
  testLoss: number | null;
  testedOn: Session['results'][number]['testedOn'] | null;
  /** Folder of its model; null for a run that left none. */
  model: string | null;
  resumable: boolean;
  /** The file that its model came from, for one that was not trained here. */
  opened?: string | undefined;
}

/** What to train next: several one after the other, as for a comparison. */
export interface Planned {
  recipe: Recipe;
  weights: string;
  name: string | null;
}
