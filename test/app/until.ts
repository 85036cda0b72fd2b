/** Waiting for a condition, outside of a test runner. */
import { setTimeout } from 'node:timers/promises';

const PATIENCE = 240_000;
const LOOK_EVERY = 20;

/** @param what for the sentence when it does not come true in time */
export async function until(condition: () => Promise<boolean> | boolean, what: string, patience = PATIENCE): Promise<void> {
  const end = Date.now() + patience;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Waited ${patience / 1000} s for ${what}.`);
    await setTimeout(LOOK_EVERY);
  }
}
