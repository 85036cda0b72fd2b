/** How far the lesson has come. */
import { LESSON, type LessonStep } from '../lib/lesson';
import { place } from './place.svelte';
import { session } from './session.svelte';
import { trying } from './trying.svelte';

let current = $state(1);
let seen = $state.raw<readonly number[]>([1]);

const facts = $derived({ session: session.now, seen, tried: trying.view !== 'start' });
const done = $derived(LESSON.map((step) => step.done(facts)));

export const lesson = {
  /** From 1. */
  get step(): number {
    return current;
  },
  get now(): LessonStep {
    return LESSON[current - 1]!;
  },
  /** Whether each step has been done. */
  get done(): readonly boolean[] {
    return done;
  },
  /** Opens the place where the step is done. */
  go(step: number): void {
    current = Math.max(1, Math.min(LESSON.length, step));
    seen = [...seen, current];
    place.go(lesson.now.place);
  }
};
