/** The recipe that fits a data set when nothing else is asked for. */
import * as v from 'valibot';
import { RecipeSchema, tutorialRecipe, type DataSummary, type Phase, type Recipe } from '../../electron/contract';
import best from '../../resources/recipes/best.json';
import recommended from '../../resources/recipes/recommended.json';
import { passes } from './splits';

/** Smallest picture the backbone takes, and a size at which photographs give it something to see. */
const SMALLEST_INPUT = 32;
const PHOTOGRAPH_INPUT = 96;
/** The width of the backbone that comes with the app. */
export const EMBEDDED_ALPHA = 0.35 satisfies Recipe['alpha'];

const isCifar10 = (data: DataSummary): boolean =>
  data.source.kind === 'cifar10' || (data.pictureSize === 32 && data.classNames.length === 10 && data.classNames.includes('airplane'));

/** @param alpha of the best pretrained backbone at hand */
export function presetFor(data: DataSummary, alpha: Recipe['alpha']): Recipe {
  const tutorial = { ...tutorialRecipe(), alpha };
  if (data.source.kind === 'sample') {
    return {
      ...tutorial,
      alpha: EMBEDDED_ALPHA,
      inputSize: Math.max(SMALLEST_INPUT, data.pictureSize ?? PHOTOGRAPH_INPUT),
      scale: '-1..1',
      limit: data.trainCount,
      // Short, so that the first model is there within a minute.
      phases: tutorial.phases.map((phase, index) =>
        index === 0 ? { ...phase, epochs: 8 } : { ...phase, epochs: 3, optimizer: { name: 'adam', learningRate: 0.0001 } }
      )
    };
  }
  if (isCifar10(data)) return tutorial;
  const size = data.pictureSize === null ? PHOTOGRAPH_INPUT : Math.max(SMALLEST_INPUT, data.pictureSize);
  return { ...tutorial, inputSize: Math.min(320, size), scale: '-1..1', limit: Math.max(1, data.trainCount) };
}

/** The same lesson where the network has something to see: larger pictures, pixels scaled as the backbone was trained. */
export function betterRecipe(recipe: Recipe): Recipe {
  return { ...recipe, inputSize: Math.max(recipe.inputSize, PHOTOGRAPH_INPUT), scale: '-1..1' };
}

/** Recipes to choose from, the plainest first. */
export const PRESETS = ['tutorial', 'recommended', 'most_accurate'] as const;
export type Preset = (typeof PRESETS)[number];

/** As found by experiment on CIFAR-10. */
const BETTER: Record<Exclude<Preset, 'tutorial'>, Recipe> = {
  recommended: v.parse(RecipeSchema, recommended),
  most_accurate: v.parse(RecipeSchema, best)
};

/** Pictures of the set that the recipes were found on. */
const FOUND_ON = 50_000;
/** Fewer pictures are gone through more often, at most so many times as often. */
const MOST_REPEATS = 10;
/** Below this, moving averages would still hold much of the weights that a phase began with. */
const AVERAGING_STEPS = 1000;

/**
 * A recipe for fewer pictures than it was found on: more epochs, a warm-up of at most a tenth of the steps, averages only where there are
 * steps to average over. On the sample's 3,000 pictures: 0.50 instead of 0.40.
 */
function fitted(recipe: Recipe, pictures: number): Recipe {
  const repeats = Math.min(MOST_REPEATS, Math.max(1, Math.round(FOUND_ON / pictures)));
  const phases = recipe.phases.map((phase): Phase => {
    const epochs = phase.epochs * repeats;
    const steps = epochs * passes(recipe, pictures).steps;
    const { emaMomentum, learningRateSchedule: schedule, ...optimizer } = phase.optimizer;
    const warmed = schedule?.name === 'cosine' ? { ...schedule, warmupSteps: Math.min(schedule.warmupSteps ?? 0, Math.floor(steps / 10)) } : schedule;
    return {
      ...phase,
      epochs,
      optimizer: { ...optimizer, ...(warmed && { learningRateSchedule: warmed }), ...(emaMomentum !== undefined && steps >= AVERAGING_STEPS && { emaMomentum }) }
    };
  });
  return { ...recipe, phases };
}

/** @param alpha of the network it is to train */
export function presetRecipe(preset: Preset, data: DataSummary, alpha: Recipe['alpha']): Recipe {
  const tutorial = presetFor(data, alpha);
  if (preset === 'tutorial') return tutorial;
  const better = { ...BETTER[preset], alpha: tutorial.alpha };
  if (isCifar10(data)) return better;
  // What is left for validation may be all that such a set is tested on.
  return fitted({ ...better, limit: tutorial.limit, validationSplit: tutorial.validationSplit }, tutorial.limit);
}

/** The preset that a recipe is, to the last value; null when something of it has been changed. */
export function presetOf(recipe: Recipe, data: DataSummary): Preset | null {
  const written = (whose: Recipe): string => JSON.stringify(v.parse(RecipeSchema, whose));
  return PRESETS.find((preset) => written(presetRecipe(preset, data, recipe.alpha)) === written(recipe)) ?? null;
}
