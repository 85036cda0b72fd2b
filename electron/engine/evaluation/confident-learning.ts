/**
 * Labels that are likely wrong, by confident learning (Northcutt, Jiang and Chuang 2021, "Confident Learning: Estimating Uncertainty in
 * Dataset Labels", https://arxiv.org/abs/1911.00068, section 3): a picture counts as one of a class when its probability for it is at least what
 * is usual among the pictures that bear the label. Usual is each class's own mean, so a model that is surer of cats than of dogs does no harm.
 */

export interface Doubt {
  /** Which example. */
  readonly position: number;
  /** The class it rather is. */
  readonly suggested: number;
  /** Probability of its label less the largest other one, -1..1: the lower, the more doubtful. */
  readonly margin: number;
}

/**
 * The examples off the diagonal of the confident joint, the most doubtful first.
 * @param probabilities [labels.length, classes], each row by a model that has not learned from its example
 */
export function confidentLearning(probabilities: Float32Array, labels: Int32Array, classes: number): Doubt[] {
  const thresholds = selfConfidence(probabilities, labels, classes);
  const doubts: Doubt[] = [];
  labels.forEach((label, position) => {
    const row = probabilities.subarray(position * classes, (position + 1) * classes);
    const largest = row.reduce((best, p, k) => (k !== label && p > (row[best] ?? -1) ? k : best), -1);
    const margin = row[label]! - (row[largest] ?? 0);
    const confident = row.reduce((best, p, k) => (p >= thresholds[k]! && p > (row[best] ?? -1) ? k : best), -1);
    // A label that is the model's own first choice is no doubt, however usual a higher probability may be.
    if (confident >= 0 && confident !== label && margin < 0) doubts.push({ position, suggested: confident, margin });
  });
  return doubts.sort((a, b) => a.margin - b.margin || a.position - b.position);
}

/** For each class the mean probability of it among the examples that bear its label (equation 2); out of reach where there are none. */
function selfConfidence(probabilities: Float32Array, labels: Int32Array, classes: number): Float64Array {
  const [sums, counts] = [new Float64Array(classes), new Float64Array(classes)];
  labels.forEach((label, position) => {
    sums[label]! += probabilities[position * classes + label]!;
    counts[label]! += 1;
  });
  return sums.map((sum, k) => (counts[k]! > 0 ? sum / counts[k]! : Infinity));
}
