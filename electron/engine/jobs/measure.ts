/** What a phase costs on this machine, from a few steps of it. */
import { type MeasuredCost, type Recipe, TsugikiError } from '../../contract';
import type { JobContext } from '../context';
import type { Dataset } from '../data/dataset';

export interface MeasureInput {
  readonly recipe: Recipe;
  readonly weights: string;
  readonly phase: number;
  /** Null where no pictures are open yet: then for CIFAR-10's 50,000. */
  readonly dataset: Dataset | null;
}

export async function measure(_input: MeasureInput, _context: JobContext): Promise<MeasuredCost> {
  throw new TsugikiError('unexpected', 'Not built yet.');
}
