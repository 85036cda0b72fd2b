/** The recipe that fits a data set when nothing else is asked for. */
import { tutorialRecipe, type DataSummary, type Recipe } from '../../electron/contract';

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
