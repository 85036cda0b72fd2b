/** Which class is taken for which. */
import type { ClassScore } from '../../contract';

/** How often a picture of class `row` was named `column`, [classes, classes] row by row. */
export function confusionMatrix(labels: Int32Array, predicted: Int32Array, classes: number): Int32Array<ArrayBuffer> {
  const matrix = new Int32Array(classes * classes);
  labels.forEach((label, i) => (matrix[label * classes + (predicted[i] as number)] = (matrix[label * classes + (predicted[i] as number)] as number) + 1));
  return matrix;
}

/**
 * What a confusion matrix says of one class: of the pictures that were given its name, how many rightly (precision); of those that have it, how
 * many were found (recall); and the harmonic mean of both (F1). Null where there is nothing to divide by (scikit-learn: `zero_division=nan`).
 */
export function scoresOf(matrix: Int32Array, index: number, classes: number): Pick<ClassScore, 'precision' | 'recall' | 'f1' | 'support'> {
  const at = (row: number, column: number): number => matrix[row * classes + column] as number;
  let [support, named] = [0, 0];
  for (let k = 0; k < classes; k++) {
    support += at(index, k);
    named += at(k, index);
  }
  const right = at(index, index);
  return { precision: share(right, named), recall: share(right, support), f1: share(2 * right, named + support), support };
}

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** Of the classes that have a figure. */
export function meanOf(values: readonly (number | null)[]): number {
  const known = values.filter((value) => value !== null);
  return known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length);
}
