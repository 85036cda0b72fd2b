/** Picture files to pixels of one size, in the graph. Nothing trainable lies below: no gradients. */
import type { Graph, Tensor } from '../graph';
import { add, divide } from './elementwise';
import { cast, reshape, reshapeTo, shapeOf } from './shapes';

/** @param file bytes of a JPEG, decoded at 1/`ratio` of its size; @returns uint8 [h, w, 3] */
export const decodeJpeg = (g: Graph, file: Tensor, ratio: number): Tensor =>
  g.tensor('DecodeJpeg', { inputs: [file], attributes: { channels: { i: 3 }, ratio: { i: ratio } }, outputs: [['uint8', [null, null, 3]]] });

/** @param file bytes of a PNG without transparency; @returns uint8 [h, w, 3] */
export const decodePng = (g: Graph, file: Tensor): Tensor =>
  g.tensor('DecodePng', { inputs: [file], attributes: { channels: { i: 3 }, dtype: { type: 'uint8' } }, outputs: [['uint8', [null, null, 3]]] });

/**
 * `tf.image.resize(…, antialias=True)`, rounded: each new pixel draws from a triangle as wide as itself, or as one old pixel where the picture grows.
 * First the rows, then, on its side, the columns: rows are added up as wholes, several times faster than three colours at a time.
 * @param picture uint8 [h, w, 3]; @param size int32 [2], height and width; @returns uint8, its pixels flat
 */
export function resizeToBytes(g: Graph, picture: Tensor, size: Tensor): Tensor {
  const [height, width] = [part(g, size, 0), part(g, size, 1)];
  const rows = resizeRows(g, picture, height);
  const columns = resizeRows(g, onItsSide(g, rows), width);
  // Cut off to bytes: half more rounds to nearest.
  const rounded = add(g, columns, g.shared('half', () => g.constant(0.5)));
  return reshapeTo(g, onItsSide(g, cast(g, rounded, 'uint8')), [null]);
}

/** @param x [h, w, 3]; @param to int32 [1]; @returns float [to, w, 3] */
function resizeRows(g: Graph, x: Tensor, to: Tensor): Tensor {
  const from = part(g, shapeOf(g, x), 0);
  const one = g.ints([1]);
  const scale = concatenated(g, [divide(g, cast(g, to, 'float32'), cast(g, from, 'float32')), g.shared('as it is', () => g.constant([1], [1]))]);
  const resized = g.tensor('ScaleAndTranslate', {
    // Each row is one pixel of as many colours as there are values in it.
    inputs: [reshape(g, x, concatenated(g, [one, from, one, g.ints([-1])]), [1, null, 1, null]), concatenated(g, [to, one]), scale, g.shared('nowhere', () => g.constant([0, 0], [2]))],
    attributes: { T: { type: x.dtype }, kernel_type: { s: 'triangle' }, antialias: { b: true } },
    outputs: [['float32', [1, null, 1, null]]]
  });
  return reshape(g, resized, concatenated(g, [to, g.ints([-1, 3])]), [null, null, 3]);
}

const onItsSide = (g: Graph, x: Tensor): Tensor =>
  g.tensor('Transpose', { inputs: [x, g.ints([1, 0, 2])], attributes: { T: { type: x.dtype }, Tperm: { type: 'int32' } }, outputs: [[x.dtype, [null, null, 3]]] });

/** One number of a list, as a list. */
const part = (g: Graph, list: Tensor, index: number): Tensor =>
  g.tensor('Slice', { inputs: [list, g.ints([index]), g.ints([1])], attributes: { T: { type: 'int32' }, Index: { type: 'int32' } }, outputs: [['int32', [1]]] });

/** The parts of a tensor along its first axis. */
export const unstack = (g: Graph, x: Tensor, count: number): readonly Tensor[] =>
  g.add('Unpack', { inputs: [x], attributes: { T: { type: x.dtype }, num: { i: count }, axis: { i: 0 } }, outputs: Array.from({ length: count }, () => [x.dtype, x.shape.slice(1)] as const) }).outputs;

/** Bytes four by four as whole numbers: tfjs-node's binding hands out no bytes. @param bytes flat, a multiple of four */
export const bytesAsInts = (g: Graph, bytes: Tensor): Tensor =>
  g.tensor('Bitcast', { inputs: [reshapeTo(g, bytes, [null, 4])], attributes: { T: { type: 'uint8' }, type: { type: 'int32' } }, outputs: [['int32', [null]]] });

/** Flat tensors one after the other. */
export const concatenated = (g: Graph, parts: readonly Tensor[]): Tensor =>
  g.tensor('ConcatV2', {
    inputs: [...parts, g.shared('axis 0', () => g.constant(0, [], 'int32'))],
    attributes: { N: { i: parts.length }, T: { type: parts[0]?.dtype ?? 'uint8' }, Tidx: { type: 'int32' } },
    outputs: [[parts[0]?.dtype ?? 'uint8', [null]]]
  });
