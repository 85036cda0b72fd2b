/**
 * What an int8 file has to know of the numbers that flow through the network, on the person's own pictures: between which they lie, and where their
 * means are to be.
 */
import { bytesOf } from '../../data/bytes-of';
import { type ImageSet, pixelsAt } from '../../data/dataset';
import { spread } from '../../data/sampling';
import type { Graph, Tensor } from '../../graph/graph';
import { add, subtract } from '../../graph/operations/elementwise';
import { FLOAT } from '../../graph/operations/operation';
import { mean } from '../../graph/operations/shapes';
import { resizePixels } from '../parity';
import type { Surroundings } from '../outlet';
import { compileGraph } from '../running';
import { tfliteGraph } from './reader';
import type { TfliteModel, TfliteTensor } from './schema';

/** More say no more. */
const BATCHES = 10;
const BATCH = 20;
/** Batches that means are taken on at 96 x 96: they go through at once, as what is made good in a layer hangs on those before it, and larger pictures take more memory. */
const AVERAGED = 5;

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** What flows through a network, by the name of the tensor that an operation gives. */
export interface Flow {
  readonly ranges: ReadonlyMap<string, Range>;
  /** Of each channel of a product with its bias, before its activation, on the pictures in `averaged`. */
  readonly means: ReadonlyMap<string, Float32Array>;
  readonly averaged: ImageSet;
}

/** @param whole the model with its numbers whole; @param inputSize height and width that the network sees */
export async function measureFlow(whole: TfliteModel, inputSize: number, { pictures, context }: Surroundings): Promise<Flow> {
  const order = spread(Array.from({ length: pictures.count }, (_, i) => i), BATCHES * BATCH);
  // Each batch is spread over all of them: pictures often lie class by class.
  const turns = Math.ceil(order.length / BATCH);
  const batches = Array.from({ length: turns }, (_, turn) => order.filter((_, i) => i % turns === turn));
  const averaged = batches.slice(0, Math.max(1, Math.round(AVERAGED * (96 / inputSize) ** 2)));
  const watched = watching(whole, (g, image, look) =>
    tfliteGraph(g, image, whole, {
      sum: (sum, name) => {
        look('mean', name, channelMeans(g, sum));
        return sum;
      },
      output: (y, name) => {
        look('min', name, extreme(g, 'Min', y));
        look('max', name, extreme(g, 'Max', y));
      }
    })
  );
  const [ranges, sums] = [new Map<string, Range>(), new Map<string, Float64Array>()];
  try {
    for (const [turn, batch] of batches.entries()) {
      await context.breathe();
      const seen = watched.run(among(pictures, batch));
      const highest = seen('max');
      for (const [name, [min = 0]] of seen('min')) {
        const [max = 0] = highest.get(name) ?? [];
        const before = ranges.get(name);
        ranges.set(name, { min: Math.min(min, before?.min ?? min), max: Math.max(max, before?.max ?? max) });
      }
      if (turn >= averaged.length) continue;
      for (const [name, means] of seen('mean')) {
        const before = sums.get(name) ?? new Float64Array(means.length);
        sums.set(name, before.map((sum, i) => sum + batch.length * (means[i] as number)));
      }
    }
  } finally {
    watched.dispose();
  }
  const rows = averaged.flat();
  return { ranges, means: new Map([...sums].map(([name, sum]) => [name, Float32Array.from(sum, (value) => value / rows.length)])), averaged: among(pictures, rows) };
}

/**
 * The model with int8 throughout, its biases making good what rounding moves each channel by on average: layer after layer, with what is made good
 * further down already there (Nagel et al. 2019, "Data-Free Quantization Through Weight Equalization and Bias Correction", here on pictures).
 */
export function corrected(model: TfliteModel, { means, averaged }: Flow): TfliteModel {
  const watched = watching(model, (g, image, look) =>
    tfliteGraph(g, image, model, {
      sum: (sum, name) => {
        const due = means.get(name) ?? new Float32Array();
        const shift = subtract(g, g.constant(due, [due.length]), channelMeans(g, sum));
        look('shift', `${name}/bias`, shift);
        return add(g, sum, shift);
      }
    })
  );
  try {
    const shifts = watched.run(averaged)('shift');
    return { ...model, tensors: model.tensors.map((tensor) => shifted(tensor, shifts.get(tensor.name))) };
  } finally {
    watched.dispose();
  }
}

function shifted(bias: TfliteTensor, shift: Float32Array | undefined): TfliteTensor {
  const { data, quantization } = bias;
  if (!shift || !data || !quantization) return bias;
  const stored = new Int32Array(new Uint8Array(data).buffer);
  return { ...bias, data: bytesOf(stored.map((value, i) => value + Math.round((shift[i] as number) / (quantization.scales[i] as number)))) };
}

type Look = (kind: string, name: string, tensor: Tensor) => void;

/** A file's operations, run for what is looked at on the way. */
function watching({ tensors, input }: TfliteModel, build: (g: Graph, image: Tensor, look: Look) => void) {
  const size = tensors[input]?.shape[1] ?? 0;
  const looked: { kind: string; name: string; tensor: Tensor }[] = [];
  const { run, dispose } = compileGraph(size, (g, image) => {
    build(g, image, (kind, name, tensor) => looked.push({ kind, name, tensor }));
    return looked.map(({ tensor }) => tensor);
  });
  return {
    /** @returns what was seen of a kind, by name */
    run: (pictures: ImageSet): ((kind: string) => Map<string, Float32Array>) => {
      const values = run(resizePixels(pictures.pixels, pictures.count, pictures, size), pictures.count);
      return (kind) => new Map(looked.flatMap((one, i) => (one.kind === kind ? [[one.name, values[i] as Float32Array]] : [])));
    },
    dispose
  };
}

/** Copies of the pictures at these places. */
const among = (pictures: ImageSet, places: readonly number[]): ImageSet =>
  ({ count: places.length, height: pictures.height, width: pictures.width, pixels: pixelsAt(pictures, places), labels: Int32Array.from(places, (place) => pictures.labels[place] ?? -1) });

/** Over all but the last axis. */
const channelMeans = (g: Graph, x: Tensor): Tensor => mean(g, x, x.shape.slice(0, -1).map((_, axis) => axis));

const extreme = (g: Graph, op: 'Min' | 'Max', x: Tensor): Tensor =>
  g.tensor(op, { inputs: [x, g.ints(x.shape.map((_, axis) => axis))], attributes: { ...FLOAT, Tidx: { type: 'int32' }, keep_dims: { b: false } }, outputs: [['float32', []]] });
