/** What is said about measured values. */

/** The middle value, or the mean of the two in the middle. NaN of nothing. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return Number.isInteger(middle) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[Math.floor(middle)];
}

/** @returns {{median: number, min: number, max: number, values: number[]}} */
export const summary = (values) => ({ median: median(values), min: Math.min(...values), max: Math.max(...values), values });

/** Ours over theirs, turn by turn: what disturbs the machine for a while disturbs both sides of a pair. */
export function compare(ours, theirs) {
  if (ours.length !== theirs.length) throw new Error(`${ours.length} turns of ours cannot be paired with ${theirs.length} of theirs.`);
  return { ours: summary(ours), theirs: summary(theirs), ratio: summary(ours.map((value, i) => value / theirs[i])) };
}
