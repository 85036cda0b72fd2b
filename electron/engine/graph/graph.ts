/**
 * A dataflow graph under construction: nodes in the order they were made, tensors with static shapes.
 * Nothing runs here; `saved-model.ts` turns it into TensorFlow's bytes.
 */

export type DType = 'float32' | 'int32' | 'uint8' | 'bool' | 'string' | 'resource';

/** Static shape; null where only the run knows (the batch dimension). */
export type GraphShape = readonly (number | null)[];

export type Attribute =
  | { type: DType }
  | { shape: GraphShape }
  | { i: number }
  | { f: number }
  | { b: boolean }
  | { s: string }
  | { ints: readonly number[] }
  | { shapes: readonly GraphShape[] }
  | { value: Float32Array | Int32Array; shape: GraphShape };

export interface Tensor {
  readonly node: Node;
  readonly index: number;
  readonly dtype: DType;
  readonly shape: GraphShape;
}

export interface Node {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly Tensor[];
  readonly controls: readonly Node[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly outputs: readonly Tensor[];
  /** Set by `customGradient`: where gradients go instead of to the inputs, and how. */
  readonly custom?: { readonly inputs: readonly Tensor[]; readonly gradient: (dy: Tensor) => (Tensor | null)[] };
}

/** A resource variable: `handle` for updates, `read()` for its value (one read node, shared). */
export interface Variable {
  readonly name: string;
  readonly handle: Tensor;
  readonly shape: readonly number[];
  readonly value: Tensor;
}

export interface NodeSpec {
  inputs?: readonly Tensor[];
  controls?: readonly Node[];
  attributes?: Record<string, Attribute>;
  /** dtype and shape of each output. */
  outputs?: readonly (readonly [DType, GraphShape])[];
  name?: string;
}

export class Graph {
  readonly nodes: Node[] = [];
  readonly #names = new Map<string, number>();
  /** Values worth making once a graph, by key. */
  readonly #shared = new Map<string, Tensor>();

  /** Adds a node of TensorFlow operation `op`; its name is made unique. */
  add(op: string, spec: NodeSpec): Node {
    const wanted = spec.name ?? op;
    const count = this.#names.get(wanted) ?? 0;
    this.#names.set(wanted, count + 1);
    const outputs: Tensor[] = [];
    const node: Node = {
      name: count === 0 ? wanted : `${wanted}_${count}`,
      op,
      inputs: spec.inputs ?? [],
      controls: spec.controls ?? [],
      attributes: spec.attributes ?? {},
      outputs
    };
    (spec.outputs ?? []).forEach(([dtype, shape], index) => outputs.push({ node, index, dtype, shape }));
    this.nodes.push(node);
    return node;
  }

  /** `add` for operations with one output. */
  tensor(op: string, spec: NodeSpec): Tensor {
    const [first] = this.add(op, spec).outputs;
    if (!first) throw new Error(`${op} was declared without an output.`);
    return first;
  }

  placeholder(name: string, dtype: DType, shape: GraphShape): Tensor {
    return this.tensor('Placeholder', { name, attributes: { dtype: { type: dtype }, shape: { shape } }, outputs: [[dtype, shape]] });
  }

  /** A constant; equal small constants are not merged here (TensorFlow does). */
  constant(value: ArrayLike<number> | number, shape: GraphShape = [], dtype: 'float32' | 'int32' = 'float32', name = 'Const'): Tensor {
    const values = typeof value === 'number' ? [value] : value;
    const data = dtype === 'float32' ? new Float32Array(values) : new Int32Array(values);
    return this.tensor('Const', { name, attributes: { dtype: { type: dtype }, value: { value: data, shape } }, outputs: [[dtype, shape]] });
  }

  ints(values: readonly number[]): Tensor {
    return this.shared(`ints ${values.join(' ')}`, () => this.constant(values, [values.length], 'int32'));
  }

  variable(name: string, shape: readonly number[]): Variable {
    const handle = this.tensor('VarHandleOp', {
      name,
      attributes: { dtype: { type: 'float32' }, shape: { shape }, shared_name: { s: name }, container: { s: '' } },
      outputs: [['resource', shape]]
    });
    const value = this.tensor('ReadVariableOp', {
      name: `${name}/read`,
      inputs: [handle],
      attributes: { dtype: { type: 'float32' } },
      outputs: [['float32', shape]]
    });
    return { name, handle, shape, value };
  }

  assign(variable: Variable, value: Tensor): Node {
    return this.add('AssignVariableOp', {
      name: `${variable.name}/assign`,
      inputs: [variable.handle, value],
      attributes: { dtype: { type: 'float32' } }
    });
  }

  /** `tensor`, given only once all of `nodes` have run: what to fetch to make updates happen. */
  after(nodes: readonly Node[], tensor: Tensor, name: string): Tensor {
    return this.tensor('Identity', { name, inputs: [tensor], controls: nodes, attributes: { T: { type: tensor.dtype } }, outputs: [[tensor.dtype, tensor.shape]] });
  }

  /**
   * `y`, with its derivative given rather than found: what lies between `inputs` and `y` is not differentiated (as tf.custom_gradient).
   * @param gradient of dLoss/dy: one tensor an input
   */
  customGradient(y: Tensor, inputs: readonly Tensor[], gradient: (dy: Tensor) => (Tensor | null)[]): Tensor {
    const outputs: Tensor[] = [];
    const marked = this.add('Identity', { inputs: [y], attributes: { T: { type: y.dtype } } });
    const node: Node = { ...marked, outputs, custom: { inputs, gradient } };
    outputs.push({ node, index: 0, dtype: y.dtype, shape: y.shape });
    this.nodes[this.nodes.length - 1] = node;
    return outputs[0] as Tensor;
  }

  /** Makes a value once a graph. */
  shared(key: string, make: () => Tensor): Tensor {
    const found = this.#shared.get(key);
    if (found) return found;
    const made = make();
    this.#shared.set(key, made);
    return made;
  }
}

/** "node:0", as feeds and fetches name a tensor. */
export const nameOf = (tensor: Tensor): string => `${tensor.node.name}:${tensor.index}`;

/** The values of a float constant; null for whatever is only known when the graph runs. */
export function valuesOf({ node }: Tensor): Float32Array | null {
  const value = node.attributes['value'];
  return value && 'value' in value && value.value instanceof Float32Array ? value.value : null;
}

/** @throws a sentence with both shapes when two sizes that have to be equal are known and differ */
export function fit(op: string, a: Tensor, axisOfA: number, b: Tensor, axisOfB: number): void {
  const [m, n] = [a.shape[axisOfA] ?? null, b.shape[axisOfB] ?? null];
  if (m === null || n === null || m === n) return;
  const shown = ({ shape }: Tensor): string => `[${shape.map((size) => size ?? '?').join(', ')}]`;
  throw new Error(`${op} got shapes that do not fit: ${shown(a)} and ${shown(b)}.`);
}

/** Dimension `axis` when it is known; otherwise a sentence. */
export function known(shape: GraphShape, axis: number, what: string): number {
  const size = shape[axis < 0 ? shape.length + axis : axis];
  if (typeof size !== 'number') throw new Error(`${what} needs a known size on axis ${axis}, got shape [${shape.map((d) => d ?? '?').join(', ')}].`);
  return size;
}
