/** `model.h5`, the whole-model file of Keras 2, which Keras 3 still reads (keras/src/legacy/saving/legacy_h5_format.py): weights by name, the model's JSON as an attribute. */
import { join } from 'node:path';
import { readHdf5, textsOf } from '../model/hdf5';
import { loadWeights, writeModelFile } from '../model/weight-file';
import { pythonSnippet } from './keras';
import { kerasModel } from './keras-config';
import { readKerasModel, runKeras } from './keras-reader';
import { type LoadedExport, type Outlet, type Wanted, weightCount } from './outlet';

const FILE = 'model.h5';
/** The configs, and HDF5's own bookkeeping. */
const CONFIG_BYTES = 234e3;

async function write({ model: { network, weights, meta } }: Wanted, directory: string): Promise<string[]> {
  await writeModelFile(join(directory, FILE), network, weights, JSON.stringify(kerasModel(network, meta)));
  return [FILE];
}

async function load(directory: string): Promise<LoadedExport> {
  const path = join(directory, FILE);
  const [json = ''] = (await readHdf5(path, (root) => textsOf(root, 'model_config'))) ?? [];
  const keras = readKerasModel(JSON.parse(json));
  return runKeras(keras, await loadWeights(keras.network, path));
}

export const kerasH5: Outlet = {
  format: 'keras_h5',
  title: 'Keras model (.h5)',
  takes: 'imageSize',
  checkedBy: null,
  estimate: ({ model }) => 4 * weightCount(model.network) + CONFIG_BYTES,
  write,
  load,
  snippets: (meta) => [{ language: 'python', code: pythonSnippet(meta, FILE) }]
};
