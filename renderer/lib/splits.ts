/** Which pictures are trained on, validated on and tested on: in figures, and by which rule. */
import type { DataSummary, Recipe, Splits } from '../../electron/contract';

/** What one epoch goes through, where validation takes its share of the training pictures. */
export const passes = (recipe: Recipe, pictures: number): { training: number; validation: number; steps: number } => {
  const training = Math.floor(pictures * (1 - recipe.validationSplit));
  return { training, validation: pictures - training, steps: Math.ceil(training / recipe.batchSize) };
};

export interface Shares {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

/** As a recipe uses them; of the training part it may use only the first. */
export function sharesOf(data: Pick<DataSummary, 'trainCount' | 'validationCount' | 'testCount'>, recipe: Recipe): Shares {
  const used = Math.min(recipe.limit, data.trainCount);
  const { training, validation } = passes(recipe, used);
  if (data.validationCount > 0) return { train: used, validation: data.validationCount, test: data.testCount };
  return { train: training, validation, test: data.testCount };
}

/** What the validation pictures are: a part of their own, the last in file order, or a share of each class. */
export type ValidationRule = 'own' | 'last' | 'mixed';
export const validationRule = (data: DataSummary, splits: Splits): ValidationRule =>
  data.validationCount > 0 ? 'own' : splits.order === 'given' ? 'last' : 'mixed';

/** What the test pictures are: none, a part of their own, or a share of the others. */
export type TestRule = 'none' | 'own' | 'share';
export const testRule = (data: DataSummary, splits: Splits): TestRule => (splits.testShare > 0 ? 'share' : data.testCount > 0 ? 'own' : 'none');
