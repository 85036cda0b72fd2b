/** The lesson as it is, and the same with pictures in which the network has something to see: two runs to be compared. */
import { type DataSummary, type Planned, type Recipe, type Session, tutorialRecipe } from '../../electron/contract';
import { betterRecipe } from './presets';

export interface WhyNames {
  readonly small: (size: number) => string;
  readonly large: (size: number) => string;
}

/** Whether the lesson's fault concerns a run: one on small pictures, as the lesson's are, or one that trains as the lesson does. */
export function lessonsFault(recipe: Recipe, data: DataSummary | null): boolean {
  const { inputSize, scale } = betterRecipe(recipe);
  return (data !== null && data.pictureSize !== null) || recipe.inputSize !== inputSize || recipe.scale !== scale;
}

const written = (recipe: Recipe): string => JSON.stringify(Object.entries(recipe).sort());

/** @param now the run that is open: where it is the first of the two already, the second is left to train */
export function whyRuns(now: Session, recipe: Recipe, weights: string, names: WhyNames): Planned[] {
  const small = { ...tutorialRecipe(), alpha: recipe.alpha, limit: limitOf(now.data, recipe) };
  const large = betterRecipe(small);
  const done = now.status === 'finished' && !now.resumable && now.recipe !== null && written(now.recipe) === written(small);
  return [...(done ? [] : [{ recipe: small, weights, name: names.small(small.inputSize) }]), { recipe: large, weights, name: names.large(large.inputSize) }];
}

const limitOf = (data: DataSummary | null, recipe: Recipe): number => (data ? Math.min(recipe.limit, Math.max(1, data.trainCount)) : recipe.limit);
