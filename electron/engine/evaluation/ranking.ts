/**
 * One class against the rest: how well a score puts the pictures that have the class above those that do not. A threshold runs from above
 * all scores to below them; what it lets through is counted at each score.
 */
import type { ClassCurves } from '../../contract';
import { thin } from './thin';

/** At a threshold: pictures of the class that reach it, and others that do. */
export interface Passed {
  readonly right: number;
  readonly wrong: number;
}

/** Points of a drawn curve. */
const MOST_POINTS = 200;

/** From none to all, one step for each distinct score (scikit-learn: `_binary_clf_curve`). */
export function passedByThreshold(scores: Float32Array, has: (i: number) => boolean): Passed[] {
  // Sorted as numbers by the engine itself: many times faster than indices by a comparison.
  const positives = scores.filter((_, i) => has(i)).sort();
  const negatives = scores.filter((_, i) => !has(i)).sort();
  const steps: Passed[] = [{ right: 0, wrong: 0 }];
  let [p, n] = [positives.length, negatives.length];
  while (p + n > 0) {
    const threshold = Math.max(positives[p - 1] ?? -Infinity, negatives[n - 1] ?? -Infinity);
    while (positives[p - 1] === threshold) p--;
    while (negatives[n - 1] === threshold) n--;
    steps.push({ right: positives.length - p, wrong: negatives.length - n });
  }
  return steps;
}

const all = (steps: readonly Passed[]): Passed => steps[steps.length - 1] as Passed;

/** Area under true over false positive rate, by trapezoids: the chance that a picture of the class scores higher than another. Null without both. */
export function rocAuc(steps: readonly Passed[]): number | null {
  const { right, wrong } = all(steps);
  if (right === 0 || wrong === 0) return null;
  const area = steps.slice(1).reduce((sum, step, i) => sum + ((step.wrong - (steps[i] as Passed).wrong) * (step.right + (steps[i] as Passed).right)) / 2, 0);
  return area / (right * wrong);
}

/** Σ (R_n - R_n-1) P_n: precision, each time weighted by the recall gained; no interpolation. Null where none has the class. */
export function averagePrecision(steps: readonly Passed[]): number | null {
  const { right } = all(steps);
  if (right === 0) return null;
  return steps.slice(1).reduce((sum, step, i) => sum + ((step.right - (steps[i] as Passed).right) / right) * (step.right / (step.right + step.wrong)), 0);
}

/** Both curves as they are drawn. A class that all pictures have, or none, has no ROC; one that none has, no precision over recall. */
export function curvesOf(steps: readonly Passed[]): ClassCurves {
  const { right, wrong } = all(steps);
  const roc = right === 0 || wrong === 0 ? [] : thin(steps.map((step) => ({ x: step.wrong / wrong, y: step.right / right })), MOST_POINTS);
  // Beyond the first threshold that all of the class pass, precision only falls, at the same recall.
  const gaining = steps.slice(1, steps.findIndex((step) => step.right === right) + 1);
  const precisions = gaining.map((step) => ({ x: step.right / right, y: step.right / (step.right + step.wrong) }));
  // scikit-learn begins at precision 1, too: nothing was named wrongly yet.
  const precisionRecall = right === 0 ? [] : thin([{ x: 0, y: 1 }, ...precisions], MOST_POINTS);
  return {
    roc: roc.map(({ x, y }) => ({ falsePositiveRate: x, truePositiveRate: y })),
    precisionRecall: precisionRecall.map(({ x, y }) => ({ recall: x, precision: y }))
  };
}
