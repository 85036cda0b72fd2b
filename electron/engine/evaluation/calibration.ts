/** Whether a model that is 80 % sure is right in 80 % of the cases (Guo et al. 2017, "On Calibration of Modern Neural Networks"). */
import type { Calibration } from '../../contract';

/** As in the paper. */
const BINS = 15;

/**
 * Pictures sorted into equal bins by the highest probability: in each how sure the model is on average, and how often it is right. A bin
 * without pictures has 0 for both.
 * @param confidence highest probability of each picture; @param right whether it names that picture's class
 */
export function calibrationOf(confidence: Float32Array, right: (i: number) => boolean): Calibration {
  const [counts, sums, hits] = [new Float64Array(BINS), new Float64Array(BINS), new Float64Array(BINS)];
  confidence.forEach((probability, i) => {
    const bin = Math.min(BINS - 1, Math.floor(probability * BINS));
    counts[bin]! += 1;
    sums[bin]! += probability;
    hits[bin]! += right(i) ? 1 : 0;
  });
  const bins = Array.from(counts, (count, bin) => ({
    from: bin / BINS, to: (bin + 1) / BINS, count, confidence: (sums[bin] as number) / Math.max(1, count), accuracy: (hits[bin] as number) / Math.max(1, count)
  }));
  // Σ |B| / n · |accuracy(B) - confidence(B)|, section 2
  const expectedCalibrationError = bins.reduce((sum, { count, accuracy, confidence: sure }) => sum + (count / confidence.length) * Math.abs(accuracy - sure), 0);
  return { bins, expectedCalibrationError };
}
