/** A recipe from a JSON file, and every mistake in it as a sentence that names the key. */
import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { type Recipe, checkedRecipe, tutorialRecipe } from '../contract';
import { UsageError } from './usage';

/** The tutorial's recipe, or the one in `path`; `initialWeights` is taken relative to the recipe's own folder. */
export function readRecipe(path: string | null): Recipe {
  if (path === null) return tutorialRecipe();
  let source: string;
  try {
    source = readFileSync(path, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : String((error as Error).message);
    throw new UsageError(`The recipe ${path} cannot be read: ${reason}.`, { path });
  }
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (error) {
    throw new UsageError(`The recipe ${path} is not JSON: ${(error as Error).message}.`, { path });
  }
  const recipe = checkRecipe(value, path);
  const { initialWeights } = recipe;
  return initialWeights === null || isAbsolute(initialWeights) ? recipe : { ...recipe, initialWeights: resolve(dirname(path), initialWeights) };
}

/** @throws UsageError with one sentence a mistake */
export function checkRecipe(value: unknown, path = 'recipe'): Recipe {
  const { recipe, problems } = checkedRecipe(value);
  if (recipe) return recipe;
  throw new UsageError(`The recipe ${path} cannot be used.\n${problems.map(({ message }) => `  ${message}`).join('\n')}`, { path });
}
