/** The temperature at which a model's answers are as sure as they are right: the one that minimises the loss (Guo et al. 2017, section 4.2). */
import { type Answers, rowOf } from './answers';

/** A model that is always right would ask for 0, one that knows nothing for infinity. */
const [COLDEST, HOTTEST] = [0.05, 20];

/**
 * Newton's method on β = 1/T. The loss is convex in β:
 *   L(β)  = mean( log Σ exp(β z) - β z_label )
 *   L'(β) = mean( E[z] - z_label ),  L''(β) = mean( Var[z] ),  E and Var under softmax(β z)
 * so a step that leaves the bracket in which L' changes its sign is replaced by halving it.
 */
export function fitTemperature(answers: Answers): number {
  let [low, high] = [1 / HOTTEST, 1 / COLDEST];
  if (slopes(answers, high)[0] <= 0) return COLDEST;
  if (slopes(answers, low)[0] >= 0) return HOTTEST;
  let beta = 1;
  for (let i = 0; i < 60; i++) {
    const [slope, curvature] = slopes(answers, beta);
    if (slope > 0) high = beta;
    else low = beta;
    const step = beta - slope / curvature;
    const next = step > low && step < high ? step : (low + high) / 2;
    const moved = Math.abs(next - beta);
    beta = next;
    if (moved <= 1e-9 * beta) break;
  }
  return 1 / beta;
}

/** L' and L'' at β. */
function slopes({ count, classes, labels, logits }: Answers, beta: number): [first: number, second: number] {
  let [first, second] = [0, 0];
  for (let i = 0; i < count; i++) {
    const row = rowOf(logits, i, classes);
    const highest = Math.max(...row);
    let [sum, sumZ, sumZ2] = [0, 0, 0];
    for (const logit of row) {
      const z = logit - highest;
      const power = Math.exp(beta * z);
      sum += power;
      sumZ += power * z;
      sumZ2 += power * z * z;
    }
    const mean = sumZ / sum;
    first += mean - ((row[labels[i] as number] as number) - highest);
    second += sumZ2 / sum - mean * mean;
  }
  return [first / count, second / count];
}
