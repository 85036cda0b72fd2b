/**
 * Labels that are likely wrong, by confident learning (Northcutt, Jiang and Chuang 2021, "Confident Learning: Estimating Uncertainty in
 * Dataset Labels", https://arxiv.org/abs/1911.00068, section 3): a picture counts as one of a class when its probability for it is at least what
 * is usual among the pictures that bear the label. Usual is each class's own mean, so a model that is surer of cats than of dogs does no harm.
 */

export interface Doubt {
  /** Which example. */
  readonly position: number;
  /** The likeliest class. */
  readonly suggested: number;
  /** Probability of its label less that of the likeliest, -1..0: the lower, the more doubtful. */
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
    const confident = likeliest(row.map((p, k) => (p >= thresholds[k]! ? p : -1)));
    const suggested = likeliest(row);
    // A label that is the model's own first choice is no doubt, however usual a higher probability may be.
    if (row[confident]! >= thresholds[confident]! && confident !== label && suggested !== label) doubts.push({ position, suggested, margin: row[label]! - row[suggested]! });
  });
  return doubts.sort((a, b) => a.margin - b.margin || a.position - b.position);
}

const likeliest = (row: Float32Array): number => row.indexOf(Math.max(...row));

/** For each class the mean probability of it among the examples that bear its label (equation 2); out of reach where there are none. */
function selfConfidence(probabilities: Float32Array, labels: Int32Array, classes: number): Float64Array {
  const [sums, counts] = [new Float64Array(classes), new Float64Array(classes)];
  labels.forEach((label, position) => {
    sums[label]! += probabilities[position * classes + label]!;
    counts[label]! += 1;
  });
  return sums.map((sum, k) => (counts[k]! > 0 ? sum / counts[k]! : Infinity));
}
