/**
 * Keras' JSON of a model as one flat list of layers: models inside of models are taken apart, Sequential ones are chains. In the forms of Keras 2, which
 * tfjs-layers writes too, and of Keras 3.
 */
import * as v from 'valibot';
import { kerasGroups } from '../keras-groups';

export interface KerasNode {
  /** Names of the models it lies in and its own, with slashes. */
  readonly id: string;
  readonly path: readonly string[];
  readonly type: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Ids. */
  readonly inputs: readonly string[];
  /** What a call takes beside tensors: the 127.5 of x / 127.5. */
  readonly numbers: readonly number[];
  /** Where Keras 3 keeps its weights: "layers/functional/layers/conv2d_3". */
  readonly group: string;
}

const Config = v.record(v.string(), v.unknown());
const LayerSchema = v.object({ class_name: v.string(), name: v.optional(v.string()), config: v.union([v.array(v.unknown()), Config]), inbound_nodes: v.optional(v.array(v.unknown()), []) });
type KerasLayer = v.InferOutput<typeof LayerSchema>;

/** Very old files, and TensorFlow.js', have a Sequential's layers as its config. */
function layersOf({ config }: KerasLayer): KerasLayer[] | null {
  const layers = Array.isArray(config) ? config : config['layers'];
  return Array.isArray(layers) ? v.parse(v.array(LayerSchema), layers) : null;
}
const optionsOf = ({ config }: KerasLayer): Readonly<Record<string, unknown>> => (Array.isArray(config) ? {} : config);
const nameOf = (layer: KerasLayer): string => layer.name ?? (typeof optionsOf(layer)['name'] === 'string' ? String(optionsOf(layer)['name']) : layer.class_name);

/** @throws Error or ValiError that says what is not Keras' JSON */
export function kerasNodes(json: unknown): KerasNode[] {
  const nodes: KerasNode[] = [];
  open(nodes, v.parse(LayerSchema, json), { path: [], group: '', given: null });
  return nodes;
}

interface Place {
  readonly path: readonly string[];
  /** Ends with a slash where it is not the outermost model's. */
  readonly group: string;
  /** Id of what is fed into the model; null: it has an input of its own. */
  readonly given: string | null;
}

/** @returns the id of the model's output */
function open(nodes: KerasNode[], model: KerasLayer, { path, group, given }: Place): string {
  const layers = layersOf(model);
  if (!layers || layers.length === 0) throw new Error(`${nameOf(model)} (${model.class_name}) has no list of layers`);
  const names = kerasGroups(layers.map(({ class_name }) => class_name));
  const groups = new Map(layers.map((layer, i) => [layer, `${group}layers/${names[i]}`]));
  const add = (layer: KerasLayer, inputs: readonly string[], numbers: readonly number[]): string => {
    const own = [...path, nameOf(layer)];
    const place = groups.get(layer) ?? '';
    if (layersOf(layer)) return open(nodes, layer, { path: own, group: `${place}/`, given: inputs[0] ?? null });
    const id = own.join('/');
    nodes.push({ id, path: own, type: layer.class_name, config: optionsOf(layer), inputs, numbers, group: place });
    return id;
  };
  return model.class_name === 'Sequential' ? chain(model, layers, given, add) : graph(model, layers, given, add);
}

type Add = (layer: KerasLayer, inputs: readonly string[], numbers: readonly number[]) => string;

function chain(model: KerasLayer, layers: readonly KerasLayer[], given: string | null, add: Add): string {
  let at = given;
  for (const layer of layers) {
    if (layer.class_name === 'InputLayer') at ??= add(layer, [], []);
    // A model that came first brings its own input.
    else at = at === null && layersOf(layer) ? add(layer, [], []) : add(layer, [(at ??= add(impliedInput(model, layer), [], []))], []);
  }
  return at ?? '';
}

/** A Sequential's first layer tells the input's shape, or the model does. */
function impliedInput(model: KerasLayer, first: KerasLayer): KerasLayer {
  const [own, whole] = [optionsOf(first), optionsOf(model)];
  const batch_shape = own['batch_input_shape'] ?? own['batch_shape'] ?? whole['build_input_shape'] ?? null;
  return { class_name: 'InputLayer', name: `${nameOf(model)}_input`, config: { batch_shape }, inbound_nodes: [] };
}

function graph(model: KerasLayer, layers: readonly KerasLayer[], given: string | null, add: Add): string {
  const byName = new Map(layers.map((layer) => [nameOf(layer), layer]));
  const ids = new Map<string, string | null>();
  const idOf = (name: string): string => {
    const known = ids.get(name);
    const layer = byName.get(name);
    if (known === null || !layer) throw new Error(`the model's layers do not lead from one to the next at ${name}`);
    if (known !== undefined) return known;
    ids.set(name, null);
    const { inputs, numbers } = callOf(layer.inbound_nodes[0]);
    const id = layer.class_name === 'InputLayer' && given !== null ? given : add(layer, inputs.map(idOf), numbers);
    ids.set(name, id);
    return id;
  };
  const [output] = callOf(optionsOf(model)['output_layers']).inputs;
  return idOf(output ?? '');
}

/** What a layer is called with. Keras 2 names a tensor ["Conv1", 0, 0], Keras 3 in an object of its own. */
function callOf(node: unknown): { inputs: string[]; numbers: number[] } {
  const [inputs, numbers]: [string[], number[]] = [[], []];
  const walk = (value: unknown): void => {
    if (typeof value === 'number') numbers.push(value);
    else if (Array.isArray(value)) {
      if (typeof value[0] === 'string' && typeof value[1] === 'number') {
        inputs.push(value[0]);
        walk(value[3]);
      } else value.forEach(walk);
    } else if (v.is(Tensor, value)) inputs.push(value.config.keras_history[0]);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk);
  };
  walk(node);
  return { inputs, numbers };
}
const Tensor = v.object({ class_name: v.literal('__keras_tensor__'), config: v.object({ keras_history: v.looseTuple([v.string()]) }) });
