/** What another training has changed: the answers before and after it, on the same pictures by the classes that they have now. Pure; classes are indices of the models'. */
import type { Understanding } from '../../electron/contract';
import { answersById, type Cell, countAt, rowTotals } from './confusion';

export type Judged = Pick<Understanding, 'classNames' | 'confusion' | 'accuracy'>;

/**
 * The earlier answers judged by what the later report says of the pictures: some have been put right since, or removed.
 * @returns null where the two cannot be laid side by side: other classes, or a picture that the earlier model was not asked about
 */
export function judgedAnew(earlier: Understanding, later: Understanding): Judged | null {
  const { classNames, pictures } = later;
  if (pictures.id.length === 0 || classNames.join('\n') !== earlier.classNames.join('\n')) return null;
  const find = answersById(earlier);
  const confusion = new Int32Array(classNames.length ** 2);
  let right = 0;
  for (const [at, id] of pictures.id.entries()) {
    const said = find(id)?.predicted;
    if (said === undefined) return null;
    const label = pictures.label[at]!;
    confusion[label * classNames.length + said]!++;
    if (said === label) right++;
  }
  return { classNames, confusion, accuracy: right / pictures.id.length };
}

/** Pictures taken for another class: in a cell of the matrix, of one class, or in all. A right cell stands for its class. */
export function mistakesOf(judged: Judged, where: Cell | null): number {
  if (where && where.label !== where.predicted) return countAt(judged, where);
  const wrong = rowTotals(judged).map((total, label) => total - countAt(judged, { label, predicted: label }));
  return where ? (wrong[where.label] ?? 0) : wrong.reduce((sum, n) => sum + n, 0);
}
