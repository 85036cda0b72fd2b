/** Figures of classes in an order that a person chooses; and what a threshold costs. Pure. */
import type { ClassScore, Understanding } from '../../electron/contract';

export const SCORES = ['precision', 'recall', 'f1', 'averagePrecision', 'rocAuc', 'support'] as const;
export type ScoreName = (typeof SCORES)[number];

export interface ScoreOrder {
  readonly by: ScoreName | 'name';
  readonly descending: boolean;
}

export interface ClassRow extends ClassScore {
  /** Index of the model's class. */
  readonly index: number;
  readonly name: string;
}

/** Rows in an order; classes without the figure come last either way. @param locale names sort as it does */
export function classRows({ classNames, classes }: Pick<Understanding, 'classNames' | 'classes'>, { by, descending }: ScoreOrder, locale: string): ClassRow[] {
  const rows = classes.map((score, index) => ({ ...score, index, name: classNames[index] ?? '' }));
  const sign = descending ? -1 : 1;
  if (by === 'name') {
    const { compare } = new Intl.Collator(locale, { numeric: true });
    return rows.sort((a, b) => sign * compare(a.name, b.name));
  }
  return rows.sort((a, b) => {
    const [x, y] = [a[by], b[by]];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return sign * (x - y);
  });
}

export type ThresholdPoint = Understanding['thresholds'][number];

/** The point nearest to a threshold; null where there are none. */
export const pointAt = (points: readonly ThresholdPoint[], threshold: number): ThresholdPoint | null =>
  points.reduce<ThresholdPoint | null>((best, point) => (best && Math.abs(best.threshold - threshold) <= Math.abs(point.threshold - threshold) ? best : point), null);
