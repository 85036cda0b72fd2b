/** The lesson's eight steps: where each is done, at what to look there, and whether it has been done. */
import type { Session } from '../../electron/contract';
import { m } from '../m';
import type { Place } from '../state/place.svelte';

/** What is known of where the learner is. */
export interface LessonFacts {
  readonly session: Session;
  /** Steps that have been looked at, from 1. */
  readonly seen: readonly number[];
  /** A picture has been given to the trained model. */
  readonly tried: boolean;
}

export interface LessonStep {
  readonly place: Place;
  /** Test id of the control that the step is about; the first that is there. */
  readonly points: readonly string[];
  readonly text: () => string;
  readonly done: (facts: LessonFacts) => boolean;
}

const seen = (step: number) => (facts: LessonFacts): boolean => facts.session.data !== null && facts.seen.includes(step);
const hasResult = (session: Session, phase: number): boolean => session.results.some((result) => result.phase >= phase);

export const LESSON: readonly LessonStep[] = [
  { place: 'data', points: ['data-counts', 'door-cifar10'], text: m.lesson_1, done: ({ session }) => session.data !== null },
  { place: 'network', points: ['freeze-line'], text: m.lesson_2, done: seen(2) },
  { place: 'network', points: ['head-editor'], text: m.lesson_3, done: seen(3) },
  { place: 'train', points: ['phase-0'], text: m.lesson_4, done: seen(4) },
  { place: 'train', points: ['train-start', 'train-pause', 'chart-accuracy'], text: m.lesson_5, done: ({ session }) => hasResult(session, 0) },
  { place: 'train', points: ['test-accuracy', 'tested-on'], text: m.lesson_6, done: (facts) => seen(6)(facts) && hasResult(facts.session, 0) },
  { place: 'train', points: ['phase-1'], text: m.lesson_7, done: ({ session }) => hasResult(session, 1) },
  { place: 'try', points: ['drop-picture', 'missing'], text: m.lesson_8, done: ({ tried }) => tried }
];
