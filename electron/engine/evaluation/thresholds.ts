/** What "none of these" costs: the surer an answer has to be, the fewer pictures get one, and the fewer get a wrong one. */
import type { Understanding } from '../../contract';

/** A point for each percent. */
const STEPS = 100;

/** @param confidence highest probability of each picture; @param right whether it names that picture's class */
export function thresholdPoints(confidence: Float32Array, right: (i: number) => boolean): Understanding['thresholds'] {
  const sure = confidence.filter((_, i) => right(i)).sort();
  const mistaken = confidence.filter((_, i) => !right(i)).sort();
  return Array.from({ length: STEPS + 1 }, (_, step) => {
    const threshold = step / STEPS;
    const rightly = sure.length - below(sure, threshold);
    const held = below(mistaken, threshold);
    const answered = rightly + mistaken.length - held;
    return {
      threshold,
      answered: answered / confidence.length,
      accuracy: answered === 0 ? null : rightly / answered,
      wrongHeldBack: held / Math.max(1, mistaken.length)
    };
  });
}

/** How many of these, sorted, are less than `limit`. */
function below(sorted: Float32Array, limit: number): number {
  const first = sorted.findIndex((value) => value >= limit);
  return first < 0 ? sorted.length : first;
}
