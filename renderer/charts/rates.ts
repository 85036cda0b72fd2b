/** What the chart of a learning-rate range test draws: numbers only, no canvas. */
import type { LearningRateRange } from '../../electron/contract';
import type { Point } from './curves';
import { smoothed } from './smoothing';

/** Share of the smoothed loss that comes from the steps before, as the engine weighs them for its suggestion. */
const MEMORY = 0.9;

export interface Rates {
  batches: Point[];
  /** Exponential average, corrected for its start. */
  smoothed: Point[];
  suggestion: number | null;
}

export function ratesOf({ points, suggestion }: LearningRateRange): Rates {
  const batches = points.map(({ learningRate, loss }) => ({ x: learningRate, y: loss }));
  return { batches, smoothed: smoothed(batches, MEMORY), suggestion };
}
