/** What a learning-rate range test says: the rate at which the loss falls most steeply, before it turns. */

interface Point {
  readonly learningRate: number;
  readonly loss: number;
}

/** Share of the smoothed loss that comes from the steps before. */
const MEMORY = 0.9;
/** Points on either side from which a slope is taken. */
const REACH = 5;

/** Losses of single batches are noisy: their exponential average, corrected for its start (as Adam corrects its moments). */
export function smoothed(points: readonly Point[]): number[] {
  let average = 0;
  return points.map(({ loss }, i) => {
    average = MEMORY * average + (1 - MEMORY) * loss;
    return average / (1 - MEMORY ** (i + 1));
  });
}

/**
 * The rate where the smoothed loss, over the logarithm of the rate, falls most steeply up to its lowest point; null when it never falls.
 * Steepest rather than lowest: at the lowest point the steps are already as large as they may be.
 */
export function suggestRate(points: readonly Point[]): number | null {
  const losses = smoothed(points);
  const lowest = losses.indexOf(Math.min(...losses));
  let [best, steepest] = [-1, 0];
  for (let i = REACH; i + REACH < losses.length && i <= lowest; i++) {
    const slope = (losses[i + REACH] as number) - (losses[i - REACH] as number);
    if (slope < steepest) [best, steepest] = [i, slope];
  }
  return points[best]?.learningRate ?? null;
}
