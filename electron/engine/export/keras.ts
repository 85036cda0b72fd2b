/**
 * Keras 3's own file, `model.keras`: a zip of the model's JSON and its weights in HDF5 (keras/src/saving/saving_lib.py).
 * It loads in Keras with any backend, and trains on there.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { createHdf5, type Dataset, readHdf5, storeFloats } from '../model/hdf5';
import { type Network, type Weights, weightKey } from '../model/layers';
import type { ModelMeta } from '../model/model-folder';
import { keras3Model } from './keras-config';
import { readKerasModel, runKeras } from './keras-reader';
import { type LoadedExport, type Outlet, type Wanted, weightCount } from './outlet';

const FILE = 'model.keras';
const WEIGHTS = 'model.weights.h5';
/** The configs, and HDF5's own bookkeeping of some 260 data sets. */
const CONFIG_BYTES = 234e3;
/** What Keras' reader is told, and what it goes by: the layout of the file has been the same since 3.0. */
const KERAS_VERSION = '3.15.1';

async function write({ model: { network, weights, meta } }: Wanted, directory: string): Promise<string[]> {
  const draft = join(directory, WEIGHTS);
  await createHdf5(draft, (root) => {
    for (const { path, key, shape } of variables(network)) storeFloats(root, path, valuesOf(weights, key), shape);
  });
  const text = (value: object) => new TextEncoder().encode(JSON.stringify(value));
  const files = {
    'metadata.json': text({ keras_version: KERAS_VERSION, date_saved: meta.trained.date.slice(0, 19).replace('T', '@') }),
    'config.json': text(keras3Model(network, meta)),
    [WEIGHTS]: new Uint8Array(await readFile(draft))
  };
  await rm(draft);
  // Stored, not deflated: Keras reads the weights in place, and weights hardly shrink.
  await writeFile(join(directory, FILE), zipSync(files, { level: 0 }));
  return [FILE];
}

const valuesOf = (weights: Weights, key: string): Float32Array => {
  const values = weights.get(key);
  if (!values) throw new Error(`The model has no weight ${key}.`);
  return values;
};

/** Where Keras 3 keeps each weight: not by the layer's name but by its class and number, `layers/conv2d_3/vars/0`. */
function variables(network: Network): { path: string; key: string; shape: readonly number[] }[] {
  const counts = new Map<string, number>();
  return network.layers.flatMap((layer) => {
    const kind = snakeCase(layer.type);
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    const group = count === 0 ? kind : `${kind}_${count}`;
    return layer.weights.map((weight, i) => ({ path: `layers/${group}/vars/${i}`, key: weightKey(layer, weight), shape: weight.shape }));
  });
}

/** Keras' `to_snake_case`: Conv2D -> conv2d, DepthwiseConv2D -> depthwise_conv2d. */
export const snakeCase = (name: string): string =>
  name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();

async function load(directory: string): Promise<LoadedExport> {
  const files = unzipSync(new Uint8Array(await readFile(join(directory, FILE))));
  const [config, hdf5] = [files['config.json'], files[WEIGHTS]];
  if (!config || !hdf5) throw new Error(`${FILE} lacks its config or its weights.`);
  const keras = readKerasModel(JSON.parse(new TextDecoder().decode(config)));
  const draft = join(directory, `read-${WEIGHTS}`);
  await writeFile(draft, hdf5);
  const weights = await readHdf5(draft, (root): Weights => new Map(variables(keras.network).map(({ path, key }) => [key, Float32Array.from((root.get(path) as Dataset).value as Float32Array)])));
  await rm(draft);
  return runKeras(keras, weights);
}

export const pythonSnippet = ({ imageSize }: ModelMeta, file: string): string => `
import json, keras, numpy as np
model = keras.saving.load_model("${file}")
labels = json.load(open("labels.json", encoding="utf-8"))
picture = keras.utils.load_img("picture.jpg").resize((${imageSize}, ${imageSize}), resample=2)  # bilinear
probabilities = model.predict(np.asarray(picture, "float32")[None], verbose=0)[0]
print(labels[probabilities.argmax()], probabilities.max())`;

export const keras: Outlet = {
  format: 'keras',
  title: 'Keras model',
  takes: 'imageSize',
  checkedBy: null,
  estimate: ({ model }) => 4 * weightCount(model.network) + CONFIG_BYTES,
  write,
  load,
  snippets: (meta) => [{ language: 'python', code: pythonSnippet(meta, FILE) }]
};
