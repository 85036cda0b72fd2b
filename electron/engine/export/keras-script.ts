/** A recipe as the Keras program that does the same, to be read beside the tutorial. */
import { type DataSummary, type Recipe, TsugikiError } from '../../contract';

export function kerasScript(_recipe: Recipe, _weights: string, _data: DataSummary | null): string {
  throw new TsugikiError('unexpected', 'Not built yet.');
}
