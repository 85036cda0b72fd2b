/**
 * Keras' legacy HDF5 weights (keras/src/legacy/saving/legacy_h5_format.py): the root's attribute `layer_names` lists groups,
 * each group's `weight_names` lists its data sets in the layer's own order. A whole-model file keeps all that in the group `model_weights`.
 */
import { open as openFile, rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { because, TsugikiError } from '../../contract';
import { createHdf5, type Dataset, type Group, readHdf5, storeFloats, textsOf } from './hdf5';
import { type Layer, type Network, type Shape, sizeOf, weightKey, type Weights, type WeightSpec } from './layers';

export interface LoadWeightsOptions {
  /** Takes only the layers whose names the network has, and leaves out the rest of the network (Keras: `by_name=True`). */
  readonly byName?: boolean;
}

interface StoredWeight {
  readonly shape: Shape;
  read(): Float32Array;
}

interface StoredLayer {
  readonly name: string;
  readonly weights: readonly StoredWeight[];
}

/**
 * Reads the weights that a file has for a network. Layers are matched by name where the file names them all, else in order, as Keras does;
 * weights within a layer always by position.
 * @throws TsugikiError file_not_found, not_hdf5, not_keras_weights, weights_do_not_fit
 */
export async function loadWeights(network: Network, path: string, { byName = false }: LoadWeightsOptions = {}): Promise<Weights> {
  return readHdf5(path, (root) => {
    const stored = storedLayers(root, path, new Set(network.layers.map((layer) => layer.name)));
    const weights: Weights = new Map();
    for (const [layer, source] of matchLayers(network, stored, path, byName)) {
      checkFit(layer, source, path);
      layer.weights.forEach((weight, i) => weights.set(weightKey(layer, weight), source.weights[i]!.read()));
    }
    return weights;
  });
}

/**
 * Writes all weights of a network so that Keras' `load_weights` reads them; the old file stays until the new one is whole.
 * @throws TsugikiError cannot_write; Error when `weights` lacks one of the network's
 */
export const writeWeights = (path: string, network: Network, weights: Weights): Promise<void> => writeFileWhole(path, (root) => writeGroup(root, network, weights));

/** The same with the model's own JSON, as Keras 2's `model.save("name.h5")` writes it. @param config Keras' functional model, as text */
export const writeModelFile = (path: string, network: Network, weights: Weights, config: string): Promise<void> =>
  writeFileWhole(path, (root) => {
    root.create_attribute('backend', 'tensorflow');
    root.create_attribute('keras_version', KERAS_VERSION);
    root.create_attribute('model_config', config);
    writeGroup(root.create_group('model_weights'), network, weights);
  });

const KERAS_VERSION = '2.15.0';

function writeGroup(group: Group, network: Network, weights: Weights): void {
  group.create_attribute('backend', 'tensorflow');
  group.create_attribute('keras_version', KERAS_VERSION);
  group.create_attribute('layer_names', network.layers.map((layer) => layer.name));
  for (const layer of network.layers) writeLayer(group.create_group(layer.name), layer, weights);
}

async function writeFileWhole(path: string, fill: (root: Group) => void): Promise<void> {
  const draft = `${path}.${process.pid}.part`;
  try {
    await createHdf5(draft, fill);
    await flushToDisk(draft);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

function writeLayer(group: Group, layer: Layer, weights: Weights): void {
  const names = layer.weights.map((weight) => `${layer.name}/${fileNameOf(layer, weight)}:0`);
  if (names.length > 0) group.create_attribute('weight_names', names);
  // Keras writes an empty float list where a layer has no weights.
  else group.create_attribute('weight_names', new Float64Array(0), [0]);
  layer.weights.forEach((weight, i) => {
    const data = weights.get(weightKey(layer, weight));
    if (data?.length !== sizeOf(weight.shape)) throw new Error(`There are ${data?.length ?? 'no'} values for ${weightKey(layer, weight)} of shape ${show(weight.shape)}.`);
    storeFloats(group, names[i]!, data, weight.shape);
  });
}

/** Keras 2 calls a depthwise convolution's kernel `depthwise_kernel`. */
const fileNameOf = (layer: Layer, weight: WeightSpec): string => (layer.type === 'DepthwiseConv2D' && weight.name === 'kernel' ? 'depthwise_kernel' : weight.name);

/** The layers of a file that have weights, in file order. */
function storedLayers(root: Group, path: string, known: ReadonlySet<string>): StoredLayer[] {
  const inner = textList(root, 'layer_names') ? root : root.get('model_weights');
  const top = isGroup(inner) ? inner : root;
  const layerNames = textList(top, 'layer_names');
  if (!layerNames) {
    throw new TsugikiError(
      'not_keras_weights',
      `${path} is an HDF5 file, but not Keras weights in the .h5 layout: it has no attribute "layer_names". Save it from Keras with model.save("name.h5"), or choose another file.`,
      { path, reason: because('no_layer_names', 'it has no attribute "layer_names"') }
    );
  }
  const damaged = (what: string, name: string) =>
    new TsugikiError('not_keras_weights', `${path} is damaged: it names ${what}, but does not hold it. Choose another copy of the file.`, { path, reason: because('named_not_held', `it names ${what}, but does not hold it`, { name }) });
  return layerNames.flatMap((name) => {
    const group = top.get(name);
    if (!isGroup(group)) throw damaged(`the layer ${name}`, name);
    const found = (textList(group, 'weight_names') ?? []).map((weightName) => {
      const dataset = group.get(weightName);
      if (!isDataset(dataset)) throw damaged(`the weight ${weightName} of layer ${name}`, weightName);
      return { weightName, weight: { shape: dataset.shape ?? [], read: () => valuesOf(dataset, path, weightName) } };
    });
    if (found.length === 0) return [];
    if (known.has(name)) return [{ name, weights: found.map(({ weight }) => weight) }];
    // A model inside a model keeps all its weights in one group; their names still say which layer each belongs to.
    const layers = new Map<string, StoredWeight[]>();
    for (const { weightName, weight } of found) {
      const owner = weightName.split('/').slice(-2, -1)[0] ?? name;
      const key = known.has(owner) ? owner : name;
      layers.set(key, [...(layers.get(key) ?? []), weight]);
    }
    return [...layers].map(([owner, weights]) => ({ name: owner, weights }));
  });
}

/** Keras splits a list that is too long for one attribute: `layer_names0`, `layer_names1`, … */
export function textList(group: Group, name: string): string[] | null {
  const whole = textsOf(group, name);
  if (whole) return whole;
  const parts: string[] = [];
  for (let i = 0; ; i++) {
    const part = textsOf(group, `${name}${i}`);
    if (!part) return i === 0 ? null : parts;
    parts.push(...part);
  }
}

function matchLayers(network: Network, stored: readonly StoredLayer[], path: string, byName: boolean): (readonly [Layer, StoredLayer])[] {
  const wanted = network.layers.filter((layer) => layer.weights.length > 0);
  const named = new Map(stored.map((layer) => [layer.name, layer]));
  const pairs = wanted.flatMap((layer) => {
    const source = named.get(layer.name);
    return source ? [[layer, source] as const] : [];
  });
  if (byName ? pairs.length > 0 : pairs.length === wanted.length) return pairs;
  if (byName) {
    throw new TsugikiError(
      'weights_do_not_fit',
      `${path} has no layer of this network: it holds ${listOf(stored)}. Give the file that belongs to this network.`,
      { path, layer: stored[0]?.name ?? '', file: listOf(stored), network: listOf(wanted), reason: because('no_layer_of_network', `it holds ${listOf(stored)}`, { layers: listOf(stored) }) }
    );
  }
  if (stored.length === wanted.length) return wanted.map((layer, i) => [layer, stored[i]!] as const);
  const missing = wanted.find((layer) => !named.has(layer.name))!;
  throw new TsugikiError(
    'weights_do_not_fit',
    `${path} does not fit ${network.name}: it has weights for ${stored.length} layers where the network has ${wanted.length}, and none for layer ${missing.name} of shape ${showAll(missing.weights)}. Choose weights of the same network.`,
    {
      path, layer: missing.name, file: `${stored.length}`, network: showAll(missing.weights),
      reason: because('layer_without_weights', `none for layer ${missing.name} of shape ${showAll(missing.weights)}`, { stored: stored.length, wanted: wanted.length, layer: missing.name, shape: showAll(missing.weights) })
    }
  );
}

function checkFit(layer: Layer, source: StoredLayer, path: string): void {
  if (showAll(layer.weights) === showAll(source.weights)) return;
  const theirs = source.name === layer.name ? '' : ` (layer ${source.name} of the file)`;
  const first = layer.weights.findIndex((weight, i) => show(weight.shape) !== show(source.weights[i]?.shape ?? []));
  const sameCount = layer.weights.length === source.weights.length;
  const what = sameCount ? `layer ${layer.name}, ${layer.weights[first]!.name},` : `layer ${layer.name}`;
  const [file, own] = sameCount ? [show(source.weights[first]!.shape), show(layer.weights[first]!.shape)] : [showAll(source.weights), showAll(layer.weights)];
  throw new TsugikiError(
    'weights_do_not_fit',
    `${basename(path)} does not fit this network: ${what} is ${file} in the file${theirs} and ${own} in the network. Choose weights of the same alpha and the same head.`,
    { path, layer: layer.name, file, network: own, reason: because('other_shape', `${what} is ${file} in the file and ${own} in the network`, { layer: layer.name, file, network: own }) }
  );
}

function valuesOf(dataset: Dataset, path: string, name: string): Float32Array {
  const { value } = dataset;
  if (value instanceof Float32Array) return value;
  if (value instanceof Float64Array) return Float32Array.from(value);
  throw new TsugikiError('not_keras_weights', `${path} cannot be used: the weight ${name} is not stored as 32-bit or 64-bit numbers. Save it again as float32.`, { path, reason: because('no_floats', `the weight ${name} is not stored as 32-bit or 64-bit numbers`, { name }) });
}

const isGroup = (entity: unknown): entity is Group => typeof (entity as Group | null)?.keys === 'function';
const isDataset = (entity: unknown): entity is Dataset => typeof (entity as Dataset | null)?.slice === 'function';

const show = (shape: Shape): string => `[${shape.join(', ')}]`;
const showAll = (weights: readonly { readonly shape: Shape }[]): string => weights.map(({ shape }) => show(shape)).join(' ');
const listOf = (layers: readonly { readonly name: string }[]): string =>
  layers.length > 4 ? `${layers.slice(0, 3).map((layer) => layer.name).join(', ')} … (${layers.length} layers)` : layers.map((layer) => layer.name).join(', ') || '–';

/** A rename must not overtake the data. */
async function flushToDisk(path: string): Promise<void> {
  const file = await openFile(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
