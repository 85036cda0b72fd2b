/** The Keras program of a recipe and the pictures at hand, with the list of these beside the project where the program reads one. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Recipe } from '../../contract';
import { quietContext } from '../context';
import type { ProjectDataset } from '../data/project-dataset';
import { userCache } from '../data/user-cache';
import { kerasScript } from '../export/keras-script';
import { readsList } from '../export/keras-script/data';
import { findPlaces, listOf } from '../export/keras-script/places';
import { writeWhole } from '../project/files';

const LIST = 'pictures.csv';

/** The list that was written last, and of which pictures: the program is asked for at each change of the recipe, and they stay the same. */
let written: { readonly list: string; readonly view: unknown } | null = null;

/** @throws TsugikiError cannot_write, and those of reading a packed set */
export async function kerasCode(recipe: Recipe, weights: string, dataset: ProjectDataset | null): Promise<string> {
  if (!dataset || dataset.summary.trainCount === 0) return kerasScript(recipe, weights, null, null);
  const list = join(dataset.project.directory ?? userCache(), LIST);
  const places = await findPlaces(dataset, list, quietContext());
  const { summary, view } = dataset;
  if (readsList(recipe, summary, places) && (written?.list !== list || written.view !== view || !existsSync(list))) {
    writeWhole(list, listOf(dataset));
    written = { list, view };
  }
  return kerasScript(recipe, weights, summary, places);
}
