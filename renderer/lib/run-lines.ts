/** The curves of several runs, and how they are told apart. */
import { type RunCard, epochPosition } from '../../electron/contract';
import type { Measure, Point } from '../charts/curves';
import { classColour } from './class-colour';

export interface RunLine {
  readonly points: Point[];
  readonly colour: string;
  /** Lengths of line and gap, pixels. */
  readonly dash: readonly number[];
}

const DASHES: readonly (readonly number[])[] = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 2]];

/** By its place among those that are compared: dashes repeat later than eyes need, colours never. */
export const strokeOf = (index: number): Pick<RunLine, 'colour' | 'dash'> => ({ colour: classColour(index), dash: DASHES[index % DASHES.length] ?? [] });

/** An epoch's figure as it is compared: of the validation pictures, where there are any. */
export function figureOf({ accuracy, loss, valAccuracy, valLoss }: RunCard['epochs'][number], measure: Measure): number {
  return measure === 'accuracy' ? (valAccuracy ?? accuracy) : (valLoss ?? loss);
}

/** One point an epoch, counted through the phases. */
export const pointsOf = (run: Pick<RunCard, 'phases' | 'epochs'>, measure: Measure): Point[] =>
  run.epochs.map((epoch) => ({ x: epochPosition(run, epoch.phase, epoch.epoch), y: figureOf(epoch, measure) }));
