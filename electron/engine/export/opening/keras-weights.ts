/** Where Keras' files keep a layer's weights: in the order of the layer (Keras 3), by names (Keras' .h5), or in TensorFlow.js' manifest. */
import * as v from 'valibot';
import { type Dataset, type Group, textsOf } from '../../model/hdf5';
import { sizeOf } from '../../model/layers';
import { textList } from '../../model/weight-file';
import { fromHalf } from '../half';
import type { KerasNode } from './keras-nodes';
import type { Stored } from './operations';

/** @param name Keras 3's; @param index its place among the layer's weights. Null where the file has none. */
export type WeightsOf = (node: KerasNode, name: string, index: number) => Stored | null;

const isDataset = (entity: unknown): entity is Dataset => typeof (entity as Dataset | null)?.slice === 'function';
const isGroup = (entity: unknown): entity is Group => typeof (entity as Group | null)?.keys === 'function';

function storedIn(dataset: unknown): Stored | null {
  if (!isDataset(dataset)) return null;
  const { value, shape } = dataset;
  if (!(value instanceof Float32Array || value instanceof Float64Array)) throw new Error('its weights are not stored as 32-bit or 64-bit numbers');
  return { shape: shape ?? [], values: Float32Array.from(value) };
}

/** `model.weights.h5`, as in a `.keras` file. */
export const keras3Weights = (root: Group): WeightsOf => ({ group }, _name, index) => storedIn(root.get(`${group}/vars/${index}`));

/** "layer/weight", as Keras 2 calls a depthwise kernel too. */
const keysOf = ({ path }: KerasNode, name: string): string[] => {
  const layer = path[path.length - 1] ?? '';
  return name === 'kernel' ? [`${layer}/kernel`, `${layer}/depthwise_kernel`] : [`${layer}/${name}`];
};
const endOf = (name: string): string => name.replace(/:\d+$/, '').split('/').slice(-2).join('/');

/** A whole-model `.h5`: each of the outermost layers has a group with all the weights in it, by their names. */
export function h5Weights(root: Group): WeightsOf {
  const inner = root.get('model_weights');
  const top = isGroup(inner) ? inner : root;
  const groups = new Map((textList(top, 'layer_names') ?? []).map((layer) => {
    const group = top.get(layer);
    const names = isGroup(group) ? (textList(group, 'weight_names') ?? []) : [];
    return [layer, { group, names, byEnd: new Map(names.map((name) => [endOf(name), name])) }];
  }));
  return (node, name, index) => {
    const found = groups.get(node.path[0] ?? '');
    if (!found || !isGroup(found.group)) return null;
    const stored = keysOf(node, name).map((key) => found.byEnd.get(key)).find((one) => one !== undefined);
    // A layer that was renamed keeps the names its weights were made with; alone in its group they are found by their place.
    const own = stored ?? (node.path.length === 1 ? found.names[index] : undefined);
    return own === undefined ? null : storedIn(found.group.get(own));
  };
}

/** The model's own JSON inside of a whole-model `.h5`; null where there are weights alone. */
export const h5Config = (root: Group): string | null => textsOf(root, 'model_config')?.[0] ?? null;

const Quantization = v.object({ dtype: v.picklist(['uint8', 'uint16', 'float16']), min: v.optional(v.number(), 0), scale: v.optional(v.number(), 1) });
const Entry = v.object({ name: v.string(), shape: v.array(v.pipe(v.number(), v.integer(), v.minValue(0))), dtype: v.string(), quantization: v.optional(Quantization) });
export const ManifestSchema = v.array(v.object({ paths: v.array(v.pipe(v.string(), v.regex(/^(?!.*\.\.)[^/\\]/))), weights: v.array(Entry) }));
type Shards = v.InferOutput<typeof ManifestSchema>[number];

/** Float weights of a TensorFlow.js manifest, by name in its order. @param groups each with the bytes of its files one after the other */
export function manifestWeights(groups: readonly { readonly group: Shards; readonly bytes: Uint8Array }[]): Map<string, Stored> {
  const weights = new Map<string, Stored>();
  for (const { group, bytes } of groups) {
    let at = 0;
    for (const { name, shape, dtype, quantization } of group.weights) {
      if (dtype !== 'float32' && dtype !== 'int32') throw new Error(`its weight ${name} is stored as ${dtype}`);
      const stored = quantization?.dtype ?? 'float32';
      const end = at + sizeOf(shape) * WIDTHS[stored];
      if (end > bytes.length) throw new Error(`its weights end before ${name}`);
      if (dtype === 'float32') weights.set(name, { shape, values: numbers(new Uint8Array(bytes.subarray(at, end)).buffer, stored, quantization) });
      at = end;
    }
  }
  return weights;
}

/** TensorFlow.js' layers model. */
export function tfjsWeights(weights: ReadonlyMap<string, Stored>): WeightsOf {
  const byEnd = new Map([...weights].map(([name, stored]) => [endOf(name), stored]));
  return (node, name) => keysOf(node, name).map((key) => byEnd.get(key)).find((one) => one !== undefined) ?? null;
}

const WIDTHS = { float32: 4, uint16: 2, float16: 2, uint8: 1 } as const;

/** What is written for a number stands for it * scale + min (tfjs-core/src/io/io_utils.ts). */
function numbers(buffer: ArrayBuffer, stored: keyof typeof WIDTHS, { min, scale }: { min: number; scale: number } = { min: 0, scale: 1 }): Float32Array {
  if (stored === 'float32') return new Float32Array(buffer);
  if (stored === 'float16') return fromHalf(new Uint16Array(buffer));
  return Float32Array.from(stored === 'uint8' ? new Uint8Array(buffer) : new Uint16Array(buffer), (value) => value * scale + min);
}
