/**
 * Augmentation of pictures [n, h, w, 3] in 0..255, each by its own parameters. Keras' formulas where Keras has the layer.
 * No gradients: nothing trainable lies below.
 */
import type { Augmentation } from '../../../contract';
import { type DType, type Graph, type GraphShape, known, type Tensor } from '../graph';
import { add, multiply, squaredDifference, subtract } from './elementwise';
import { FLOAT } from './operation';
import { mean, reshapeTo } from './shapes';

/** What a hole is filled with: 0 once pixels are scaled to -1..1, as in the paper; and near the mean of most data sets, so that batch statistics stay. */
export const MID_GREY = 127.5;

const ONE_EACH: GraphShape = [null, 1, 1];

/** What is fed for each picture; the first dimension counts pictures. */
export const PARAMETERS = {
  /** The picture's width where left and right change places, 0 where not. */
  flippedColumns: { dtype: 'int32', shape: [null] },
  /** The same for height, top and bottom. */
  flippedRows: { dtype: 'int32', shape: [null] },
  /** Where each pixel comes from: a0 a1 a2 b0 b1 b2 c0 c1 of `warp`. */
  transforms: { dtype: 'float32', shape: [null, 8] },
  /** Added, in units of 0..255. */
  brightness: { dtype: 'float32', shape: ONE_EACH },
  /** Factor of the distance from the mean. */
  contrast: { dtype: 'float32', shape: ONE_EACH },
  /** Row and column of the hole's centre. */
  holeRow: { dtype: 'float32', shape: ONE_EACH },
  holeColumn: { dtype: 'float32', shape: ONE_EACH }
} as const satisfies Record<string, { dtype: DType; shape: GraphShape }>;

export type ParameterName = keyof typeof PARAMETERS;

/** The parameters an augmentation needs: only the parts that are on get into the graph. */
export function parametersOf({ flip, shift, crop, rotation, zoom, brightness, contrast, cutout }: Augmentation): ParameterName[] {
  const resampled = shift > 0 || crop > 0 || rotation > 0 || zoom > 0;
  const on: Record<ParameterName, boolean> = {
    // Flips alone move whole pixels, several times faster than resampling; otherwise they are part of the transform.
    flippedColumns: !resampled && (flip === 'horizontal' || flip === 'both'),
    flippedRows: !resampled && (flip === 'vertical' || flip === 'both'),
    transforms: resampled,
    brightness: brightness > 0,
    contrast: contrast > 0,
    holeRow: cutout > 0,
    holeColumn: cutout > 0
  };
  return (Object.keys(PARAMETERS) as ParameterName[]).filter((name) => on[name]);
}

/**
 * All of it in one order: geometry in one resampling, brightness, contrast, hole.
 * @param parameters the tensors of `parametersOf`; what is missing does not happen
 */
export function augment(g: Graph, pixels: Tensor, parameters: Partial<Record<ParameterName, Tensor>>, augmentation: Augmentation): Tensor {
  const { flippedColumns, flippedRows, transforms, brightness, contrast, holeRow, holeColumn } = parameters;
  let x = pixels;
  if (flippedRows) x = reverse(g, x, flippedRows, 1);
  if (flippedColumns) x = reverse(g, x, flippedColumns, 2);
  if (transforms) x = warp(g, x, transforms);
  // Colours are worked on line by line, [n, h, w * 3]: one parameter broadcast over an innermost axis of 3 takes several times longer.
  const [height, width, channels] = [known(x.shape, 1, 'Augmentation'), known(x.shape, 2, 'Augmentation'), known(x.shape, 3, 'Augmentation')];
  let lines = reshapeTo(g, x, [null, height, width * channels]);
  if (brightness) lines = clip(g, add(g, lines, brightness));
  if (contrast) lines = stretchContrast(g, lines, contrast, channels);
  if (holeRow && holeColumn) lines = cutOut(g, lines, holeRow, holeColumn, augmentation.cutout, channels);
  return reshapeTo(g, lines, [null, height, width, channels]);
}

/** The first `lengths` [n] rows (axis 1) or columns (axis 2) of each picture in reverse order. */
const reverse = (g: Graph, x: Tensor, lengths: Tensor, axis: 1 | 2): Tensor =>
  g.tensor('ReverseSequence', {
    inputs: [x, lengths],
    attributes: { ...FLOAT, Tlen: { type: 'int32' }, seq_dim: { i: axis }, batch_dim: { i: 0 } },
    outputs: [['float32', x.shape]]
  });

/**
 * Pixel (x, y) becomes what lies at ((a0 x + a1 y + a2) / k, (b0 x + b1 y + b2) / k), k = c0 x + c1 y + 1: bilinear between pixels, mirrored
 * beyond the edge (d c b a | a b c d | d c b a), as Keras' layers do by default.
 */
const warp = (g: Graph, x: Tensor, transforms: Tensor): Tensor =>
  g.tensor('ImageProjectiveTransformV3', {
    inputs: [x, transforms, g.ints([known(x.shape, 1, 'Augmentation'), known(x.shape, 2, 'Augmentation')]), g.constant(0)],
    attributes: { dtype: { type: 'float32' }, interpolation: { s: 'BILINEAR' }, fill_mode: { s: 'REFLECT' } },
    outputs: [['float32', x.shape]]
  });

/** (x - mean) * factor + mean = x * factor + mean * (1 - factor), the mean being that of each picture's channel. */
function stretchContrast(g: Graph, lines: Tensor, factor: Tensor, channels: number): Tensor {
  const pixels = known(lines.shape, 2, 'Contrast') / channels;
  const average = mean(g, reshapeTo(g, lines, [null, known(lines.shape, 1, 'Contrast'), pixels, channels]), [1, 2]);
  const offset = multiply(g, reshapeTo(g, average, [null, 1, channels]), subtract(g, g.constant(1), factor));
  const tiled = g.tensor('Tile', {
    inputs: [offset, g.ints([1, 1, pixels])],
    attributes: { ...FLOAT, Tmultiples: { type: 'int32' } },
    outputs: [['float32', [null, 1, pixels * channels]]]
  });
  return clip(g, add(g, multiply(g, lines, factor), tiled));
}

/**
 * A square hole around each picture's centre pixel, cut off where it hangs over the edge (DeVries and Taylor 2017). A hole of `side` pixels
 * covers [centre - floor(side / 2), centre - floor(side / 2) + side) on both axes.
 */
function cutOut(g: Graph, lines: Tensor, row: Tensor, column: Tensor, share: number, channels: number): Tensor {
  const [height, width] = [known(lines.shape, 1, 'Cutout'), known(lines.shape, 2, 'Cutout') / channels];
  const side = Math.round(share * Math.min(height, width));
  // An even hole's middle lies between two pixels.
  const toMiddle = side % 2 === 0 ? 0.5 : 0;
  /** Whether each place along an axis is nearer to the middle than half a side. */
  const within = (centre: Tensor, places: readonly number[], shape: readonly number[]): Tensor => {
    const distance = squaredDifference(g, centre, g.constant(places.map((place) => place + toMiddle), shape));
    return g.tensor('Less', { inputs: [distance, g.constant(side ** 2 / 4)], attributes: FLOAT, outputs: [['bool', distance.shape]] });
  };
  const rows = within(row, Array.from({ length: height }, (_, i) => i), [1, height, 1]);
  const columns = within(column, Array.from({ length: width * channels }, (_, i) => Math.floor(i / channels)), [1, 1, width * channels]);
  const hole = g.tensor('LogicalAnd', { inputs: [rows, columns], outputs: [['bool', lines.shape]] });
  return g.tensor('SelectV2', { inputs: [hole, g.constant(MID_GREY), lines], attributes: FLOAT, outputs: [['float32', lines.shape]] });
}

const clip = (g: Graph, x: Tensor): Tensor =>
  g.tensor('ClipByValue', { inputs: [x, g.constant(0), g.constant(255)], attributes: FLOAT, outputs: [['float32', x.shape]] });
