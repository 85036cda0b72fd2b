/** Which weights a phase leaves behind: those of its best epoch where it stops early, the averages where it averages, else the last ones. */
import type { Phase } from '../../contract';
import type { Trainer } from '../graph/trainer';
import type { Weights } from '../model/layers';
import type { Position } from './fit';
import { earlyStop } from './learning-rate';

export class BestWeights {
  constructor(
    private readonly phase: Phase,
    /** Of the best epoch so far; empty before the first, or where none are asked for. */
    public weights: Weights = new Map()
  ) {}

  /** After an epoch: takes its weights if it was the best. */
  look(trainer: Trainer, base: Weights, { history, epoch }: Position): void {
    const { earlyStopping: stopping } = this.phase;
    if (!stopping || stopping.restoreBestWeights === false) return;
    if (earlyStop(stopping, history).best === epoch - 1) this.weights = trainer.averagedWeights(base);
  }

  /** When the phase has ended: what it leaves, which the trainer then has too. */
  settle(trainer: Trainer, base: Weights): Weights {
    const left = this.weights.size > 0 ? this.weights : trainer.averagedWeights(base);
    trainer.setState(left, null);
    return left;
  }
}
