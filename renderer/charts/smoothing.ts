/** The exponential average of a curve, corrected for its start, as TensorBoard smooths. */
import type { Point } from './curves';

/** @param memory share of each value that comes from those before; 0 leaves the curve as it is */
export function smoothed(points: readonly Point[], memory: number): Point[] {
  let average = 0;
  // Before anything was added, the average is 0 and counts for nothing: dividing by what has been added takes that out.
  let weight = 0;
  return points.map(({ x, y }) => {
    average = memory * average + (1 - memory) * y;
    weight = memory * weight + (1 - memory);
    return { x, y: average / weight };
  });
}
