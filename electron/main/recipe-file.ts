/** A recipe as a JSON file, the same that the command line reads. */
import type { BrowserWindow } from 'electron';
import { readFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, resolve } from 'node:path';
import { causeOf, type Recipe, TsugikiError, checkedRecipe } from '../contract';
import { saveFile } from './dialogs';

/** The path that the person chose, or null when they cancel. */
export const saveRecipe = (window: BrowserWindow | null, recipe: Recipe): Promise<string | null> =>
  saveFile(window, 'recipe.json', Buffer.from(`${JSON.stringify(recipe, null, 2)}\n`));

/**
 * `initialWeights` is taken relative to the recipe's own folder.
 * @throws TsugikiError recipe_unreadable, recipe_not_json, recipe_unusable with one sentence a mistake
 */
export async function readRecipe(path: string): Promise<Recipe> {
  const file = basename(path);
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    const reason = causeOf(error);
    throw new TsugikiError('recipe_unreadable', `The recipe ${file} cannot be read: ${reason.message}. Check that the file exists and may be opened.`, { file, reason });
  });
  const { recipe, problems } = checkedRecipe(parse(text, file));
  if (!recipe) throw new TsugikiError('recipe_unusable', `The recipe ${file} cannot be used. ${problems.map(({ message }) => message).join(' ')}`, { file, reason: problems });
  const { initialWeights } = recipe;
  return initialWeights === null || isAbsolute(initialWeights) ? recipe : { ...recipe, initialWeights: resolve(dirname(path), initialWeights) };
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = causeOf(error);
    throw new TsugikiError('recipe_not_json', `The recipe ${file} is not JSON: ${reason.message}. Choose a file that Tsugiki has saved, or one in the form that docs/recipe.md tells.`, { file, reason });
  }
}
