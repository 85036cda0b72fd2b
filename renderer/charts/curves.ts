/** What the two charts draw, from the session: numbers only, no canvas. */
import { epochPosition, type Session } from '../../electron/contract';
import { smoothed } from './smoothing';

export type Measure = 'accuracy' | 'loss';

export interface Point {
  x: number;
  y: number;
}

export interface Curves {
  /** Each batch: the fine curve inside the epochs. */
  batches: Point[];
  training: Point[];
  validation: Point[];
  /** Ends of all phases but the last, with the name of the phase that begins there. */
  boundaries: { x: number; name: string }[];
  /** Epochs of the whole run. */
  epochs: number;
}

/** @param smoothing of the batches, 0 up to 1 */
export function curvesOf(session: Session, measure: Measure, smoothing = 0): Curves {
  const position = (epoch: Session['epochs'][number]) => epochPosition(session, epoch.phase, epoch.epoch);
  const boundaries: Curves['boundaries'] = [];
  let x = 0;
  for (const [index, phase] of session.phases.entries()) {
    if (index > 0) boundaries.push({ x, name: phase.name });
    x += phase.epochs;
  }
  return {
    batches: smoothed(session.curve.map((point) => ({ x: point.x, y: point[measure] })), smoothing),
    training: session.epochs.map((epoch) => ({ x: position(epoch), y: epoch[measure] })),
    validation: session.epochs.flatMap((epoch) => {
      const y = measure === 'accuracy' ? epoch.valAccuracy : epoch.valLoss;
      return y === null ? [] : [{ x: position(epoch), y }];
    }),
    boundaries,
    epochs: x
  };
}
