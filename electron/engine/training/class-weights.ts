/** How much the examples of each class count in the loss. */
import { type Recipe, TsugikiError } from '../../contract';

/**
 * Weights in class order, or null when all count the same.
 * "balanced" is n / (classes * n of the class), so that every class weighs the same as a whole (King and Zeng 2001, as scikit-learn has it).
 * @param labels of the pictures to train on
 * @throws TsugikiError unknown_class
 */
export function classWeights({ classWeight }: Recipe, classNames: readonly string[], labels: Int32Array): Float32Array | null {
  if (classWeight === undefined) return null;
  if (classWeight === 'balanced') {
    const counts = new Float32Array(classNames.length);
    for (const label of labels) counts[label]! += 1;
    // A class without pictures is never asked for.
    return counts.map((count) => (count > 0 ? labels.length / (classNames.length * count) : 1));
  }
  const unknown = Object.keys(classWeight).find((name) => !classNames.includes(name));
  if (unknown !== undefined) {
    throw new TsugikiError('class_weight_unknown', `classWeight names the class "${unknown}", which the pictures do not have. Their classes are ${classNames.join(', ')}.`, { class: unknown, known: classNames.join(', ') });
  }
  return Float32Array.from(classNames, (name) => classWeight[name] ?? 1);
}
