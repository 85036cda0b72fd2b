/** The model that `--model` names: the model's own folder, or the folder of the run it came from. */
import { join } from 'node:path';
import { isModelFolder, loadModelFolder, type TrainedModel } from '../engine/model/model-folder';
import { pathHere } from './places';

export function openModel(word: string): Promise<TrainedModel> {
  const path = pathHere(word);
  const inside = join(path, 'model');
  return loadModelFolder(!isModelFolder(path) && isModelFolder(inside) ? inside : path);
}
