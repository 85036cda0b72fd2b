/** What a report says of mistakes: which classes are taken for which, and the pictures behind it. Pure; classes are indices of the model's. */
import type { Understanding } from '../../electron/contract';

type Matrix = Pick<Understanding, 'classNames' | 'confusion'>;
type Answers = Pick<Understanding, 'pictures'>;

export interface Cell {
  /** The class that the pictures have: the row. */
  readonly label: number;
  /** What the model says: the column. */
  readonly predicted: number;
}

/** Which pictures a person wants to see. */
export type Choice = ({ readonly kind: 'cell' } & Cell) | { readonly kind: 'hardest' | 'confident' };

export interface Pair extends Cell {
  readonly count: number;
  /** Of the pictures that have the class. */
  readonly share: number;
}

export const countAt = ({ classNames, confusion }: Matrix, { label, predicted }: Cell): number => confusion[label * classNames.length + predicted] ?? 0;

/** Pictures of each class. */
export const rowTotals = ({ classNames, confusion }: Matrix): number[] =>
  classNames.map((_, label) => confusion.subarray(label * classNames.length, (label + 1) * classNames.length).reduce((sum, n) => sum + n, 0));

/** Classes taken for others, most often first. */
export function confusedPairs(matrix: Matrix, most: number): Pair[] {
  const totals = rowTotals(matrix);
  const pairs: Pair[] = [];
  matrix.confusion.forEach((count, at) => {
    const label = Math.floor(at / totals.length);
    const predicted = at % totals.length;
    if (count > 0 && label !== predicted) pairs.push({ label, predicted, count, share: count / (totals[label] ?? 1) });
  });
  return pairs.sort((a, b) => b.count - a.count || b.share - a.share).slice(0, most);
}

/** The classes with the most mistakes, as rows or as columns, in their own order: all of them where there are no more than `most`. */
export function classesToShow(matrix: Matrix, most: number): number[] {
  const all = matrix.classNames.map((_, index) => index);
  if (all.length <= most) return all;
  const mistakes = all.map(() => 0);
  for (const { label, predicted, count } of confusedPairs(matrix, Infinity)) for (const one of [label, predicted]) mistakes[one]! += count;
  return all.sort((a, b) => mistakes[b]! - mistakes[a]!).slice(0, most).sort((a, b) => a - b);
}

/**
 * Where an arrow key leads from a cell of a table: on to the next one in its direction that holds pictures; null where there is none, and for other keys.
 * Home and End lead along the row.
 * @param filled whether the cell at a row and column holds any
 */
export function nextFilled(key: string, { row, column }: { row: number; column: number }, size: number, filled: (row: number, column: number) => boolean): { row: number; column: number } | null {
  const steps: Record<string, readonly [number, number]> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  const step = steps[key];
  if (step) {
    for (let r = row + step[0], c = column + step[1]; r >= 0 && c >= 0 && r < size && c < size; r += step[0], c += step[1]) if (filled(r, c)) return { row: r, column: c };
    return null;
  }
  const columns = Array.from({ length: size }, (_, c) => c).filter((c) => filled(row, c));
  const to = key === 'Home' ? columns[0] : key === 'End' ? columns.at(-1) : undefined;
  return to === undefined ? null : { row, column: to };
}

/** Places of pictures in the report, ordered by a figure, the highest first. */
function ranked({ pictures }: Answers, wanted: (at: number) => boolean, figure: (at: number) => number): number[] {
  const found: number[] = [];
  for (let at = 0; at < pictures.id.length; at++) if (wanted(at)) found.push(at);
  return found.sort((a, b) => figure(b) - figure(a));
}

/** Ids of the pictures, the worst first: the surest of a wrong answer, the least sure of a right one. @param most of the two that rank all pictures */
export function chosenIds(answers: Answers, choice: Choice, most: number): number[] {
  const { id, label, predicted, probability, labelProbability } = answers.pictures;
  const loss = (at: number): number => -(labelProbability[at] ?? 0);
  const sure = (at: number): number => probability[at] ?? 0;
  const places = (): number[] => {
    switch (choice.kind) {
      case 'cell': {
        const right = choice.label === choice.predicted;
        return ranked(answers, (at) => label[at] === choice.label && predicted[at] === choice.predicted, right ? loss : sure);
      }
      case 'hardest':
        return ranked(answers, () => true, loss).slice(0, most);
      case 'confident':
        return ranked(answers, (at) => label[at] !== predicted[at], sure).slice(0, most);
    }
  };
  return places().map((at) => id[at]!);
}

/** What a report says of one picture. */
export interface PictureAnswer extends Cell {
  readonly probability: number;
  readonly labelProbability: number;
}

/** Finds a picture's answer by its id. */
export function answersById({ pictures }: Answers): (id: number) => PictureAnswer | null {
  const places = new Map(Array.from(pictures.id, (id, at) => [id, at]));
  return (id) => {
    const at = places.get(id);
    if (at === undefined) return null;
    return { label: pictures.label[at]!, predicted: pictures.predicted[at]!, probability: pictures.probability[at]!, labelProbability: pictures.labelProbability[at]! };
  };
}
