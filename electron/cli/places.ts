/** From words on the command line to data sources, paths and defaults. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { DataSource, Recipe } from '../contract';
import { tutorialRecipe } from '../contract';
import { embeddedWeights, localImageNetWeights } from '../engine/jobs/weights';
import { readRecipe } from './recipe-file';
import { UsageError } from './usage';

/** npm runs scripts in the package's folder; paths are meant from where the person stands. */
const here = (): string => process.env['INIT_CWD'] ?? process.cwd();

export const pathHere = (path: string): string => resolve(here(), path);

/** "sample", "cifar10", "cifar100", or a path that exists. */
export function dataSource(word: string): DataSource {
  if (word === 'sample' || word === 'cifar10' || word === 'cifar100') return { kind: word };
  const path = pathHere(word);
  if (!existsSync(path)) throw new UsageError(`There is no data at ${path}. Give a folder, an archive, a project, "sample", "cifar10" or "cifar100".`, { path });
  return { kind: 'path', path };
}

/** "auto", "random", or the path of a weight file. */
export function weightsSource(word: string | undefined): string {
  if (word === undefined || word === 'auto' || word === 'random') return word ?? 'auto';
  const path = pathHere(word);
  if (!existsSync(path)) throw new UsageError(`There is no weight file ${path}. Give a Keras .h5, "auto" or "random".`, { path });
  return path;
}

/**
 * The recipe asked for, or the tutorial's. Where no ImageNet weights for the tutorial's alpha 1 are at hand, the embedded backbone (alpha 0.35) takes their place.
 * @returns `note`: the sentence that says so
 */
export function recipeFor(file: string | undefined, weights: string): { recipe: Recipe; note: string | null } {
  if (file !== undefined) return { recipe: readRecipe(pathHere(file)), note: null };
  const recipe = tutorialRecipe();
  if (weights !== 'auto' || localImageNetWeights(recipe.alpha) || !embeddedWeights(0.35)) return { recipe, note: null };
  return {
    // Trained on 64 x 64: at the tutorial's 32 x 32 it reaches little more than half of its accuracy on the sample.
    recipe: { ...recipe, alpha: 0.35, inputSize: 64 },
    note: 'No ImageNet weights for the tutorial\'s network (alpha 1) are on this machine: the built-in backbone, alpha 0.35 for 64 x 64 pixels, is used instead.'
  };
}

/** Where a run is kept when nobody says: a folder of its own, named after the time. */
export const runDirectory = (now: Date): string => join(here(), 'tsugiki-runs', now.toISOString().slice(0, 19).replace(/:/g, '-'));
