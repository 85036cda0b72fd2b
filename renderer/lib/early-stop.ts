/** Why a phase ended before its last epoch, and which weights it left, in a sentence. */
import type { Monitor, Phase, PhaseResult } from '../../electron/contract';
import { m } from '../m';
import { phaseName } from './words';

export const MONITOR_NAMES: Record<Monitor, () => string> = {
  val_loss: m.column_val_loss,
  val_accuracy: m.column_val_accuracy,
  loss: m.monitor_loss,
  accuracy: m.monitor_accuracy
};

/** What early stopping looks at when nothing else is said. */
export const USUAL_MONITOR: Monitor = 'val_loss';

/** Null where there is nothing to say: the phase may not stop early, or its last epoch was its best. */
export function earlyStopSentence({ name, epochs, earlyStopping }: Phase, { history, best_epoch: best, stopped_early: early }: PhaseResult): string | null {
  if (!earlyStopping || best === undefined) return null;
  const epoch = history.loss.length;
  const told = { phase: phaseName(name), epoch, epochs, best, monitor: MONITOR_NAMES[earlyStopping.monitor ?? USUAL_MONITOR]() };
  const restored = earlyStopping.restoreBestWeights !== false;
  if (early) return restored ? m.early_stopped(told) : m.early_stopped_last(told);
  return restored && best < epoch ? m.early_not_stopped(told) : null;
}
