/** Operations that move, cut, pad or sum without touching values. */
import { type DType, type Graph, type GraphShape, known, type Tensor } from '../graph';
import { FLOAT, first, type Gradient, input } from './operation';
import { divide, multiply } from './elementwise';

export const shapeOf = (g: Graph, x: Tensor): Tensor =>
  g.shared(`shape ${x.node.name}:${x.index}`, () =>
    g.tensor('Shape', { inputs: [x], attributes: { T: { type: x.dtype }, out_type: { type: 'int32' } }, outputs: [['int32', [x.shape.length]]] })
  );

export const reshape = (g: Graph, x: Tensor, size: Tensor, shape: GraphShape): Tensor =>
  g.tensor('Reshape', { inputs: [x, size], attributes: { T: { type: x.dtype }, Tshape: { type: 'int32' } }, outputs: [[x.dtype, shape]] });

/** Reshape to a shape with at most one unknown size. */
export const reshapeTo = (g: Graph, x: Tensor, shape: GraphShape): Tensor => reshape(g, x, g.ints(shape.map((size) => size ?? -1)), shape);

export const sum = (g: Graph, x: Tensor, axes: readonly number[]): Tensor =>
  g.tensor('Sum', {
    inputs: [x, g.ints(axes)],
    attributes: { ...FLOAT, Tidx: { type: 'int32' }, keep_dims: { b: false } },
    outputs: [['float32', x.shape.filter((_, axis) => !axes.includes(axis))]]
  });

export const mean = (g: Graph, x: Tensor, axes: readonly number[]): Tensor =>
  g.tensor('Mean', {
    inputs: [x, g.ints(axes)],
    attributes: { ...FLOAT, Tidx: { type: 'int32' }, keep_dims: { b: false } },
    outputs: [['float32', x.shape.filter((_, axis) => !axes.includes(axis))]]
  });

export const cast = (g: Graph, x: Tensor, to: DType): Tensor =>
  x.dtype === to ? x : g.tensor('Cast', { inputs: [x], attributes: { SrcT: { type: x.dtype }, DstT: { type: to } }, outputs: [[to, x.shape]] });

/** @param paddings [before, after] for each axis */
export const pad = (g: Graph, x: Tensor, paddings: readonly (readonly [number, number])[]): Tensor =>
  g.tensor('Pad', {
    inputs: [x, g.constant(paddings.flat(), [paddings.length, 2], 'int32')],
    attributes: { ...FLOAT, Tpaddings: { type: 'int32' } },
    outputs: [['float32', x.shape.map((size, axis) => (size === null ? null : size + (paddings[axis]?.[0] ?? 0) + (paddings[axis]?.[1] ?? 0)))]]
  });

/** @param size -1: to the end */
export const slice = (g: Graph, x: Tensor, begin: readonly number[], size: readonly number[]): Tensor =>
  g.tensor('Slice', {
    inputs: [x, g.ints(begin), g.ints(size)],
    attributes: { T: { type: x.dtype }, Index: { type: 'int32' } },
    outputs: [[x.dtype, x.shape.map((whole, axis) => (size[axis] === -1 ? (whole === null ? null : whole - (begin[axis] ?? 0)) : (size[axis] ?? null)))]]
  });

/** The rows of `x` at `indices`; no gradient: used on what is fed. */
export const gather = (g: Graph, x: Tensor, indices: Tensor): Tensor =>
  g.tensor('GatherV2', {
    inputs: [x, indices, g.constant(0, [], 'int32')],
    attributes: { Tparams: { type: x.dtype }, Tindices: { type: 'int32' }, Taxis: { type: 'int32' }, batch_dims: { i: 0 } },
    outputs: [[x.dtype, [indices.shape[0] ?? null, ...x.shape.slice(1)]]]
  });

const constantInts = (tensor: Tensor): number[] => {
  const value = tensor.node.attributes['value'];
  if (!value || !('value' in value)) throw new Error(`${tensor.node.name} must be a constant.`);
  return Array.from(value.value);
};

export const gradients: Record<string, Gradient> = {
  Identity: (_, __, dy) => [first(dy)],
  // back to the old shape
  Reshape: (g, node, dy) => {
    const x = input(node, 0);
    return [x.shape.includes(null) ? reshape(g, first(dy), shapeOf(g, x), x.shape) : reshapeTo(g, first(dy), x.shape), null];
  },
  // the padding's own gradient is dropped
  Pad: (g, node, dy) => {
    const x = input(node, 0);
    const paddings = constantInts(input(node, 1));
    return [slice(g, first(dy), x.shape.map((_, axis) => paddings[2 * axis] ?? 0), x.shape.map((size) => size ?? -1)), null];
  },
  // zeros where nothing was taken
  Slice: (g, node, dy) => {
    const x = input(node, 0);
    const begin = constantInts(input(node, 1));
    const size = node.outputs[0]?.shape ?? [];
    const after = (axis: number, before: number): number => (size[axis] === null ? 0 : known(x.shape, axis, 'The gradient of Slice') - before - (size[axis] ?? 0));
    return [pad(g, first(dy), begin.map((before, axis) => [before, after(axis, before)] as const)), null, null];
  },
  // every element counted once
  Sum: (g, node, dy) => {
    const x = input(node, 0);
    const axes = constantInts(input(node, 1));
    const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
    return [
      g.tensor('BroadcastTo', { inputs: [reshapeTo(g, first(dy), kept), shapeOf(g, x)], attributes: { ...FLOAT, Tidx: { type: 'int32' } }, outputs: [['float32', x.shape]] }),
      null
    ];
  },
  // every element had the same share 1 / count
  Mean: (g, node, dy) => {
    const x = input(node, 0);
    const axes = constantInts(input(node, 1));
    if (axes.length === x.shape.length) {
      const count = cast(g, g.tensor('Size', { inputs: [x], attributes: { ...FLOAT, out_type: { type: 'int32' } }, outputs: [['int32', []]] }), 'float32');
      const share = divide(g, first(dy), count);
      return [g.tensor('Fill', { inputs: [shapeOf(g, x), share], attributes: { ...FLOAT, index_type: { type: 'int32' } }, outputs: [['float32', x.shape]] }), null];
    }
    const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
    const share = kept.map((_, axis) => (axes.includes(axis) ? known(x.shape, axis, 'The gradient of Mean') : 1));
    const count = share.reduce((product, size) => product * size, 1);
    return [multiply(g, reshapeTo(g, first(dy), kept), g.constant(new Float32Array(count).fill(1 / count), share)), null];
  }
};
