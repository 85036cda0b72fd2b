/** Rows that point the same way: nearest neighbours by cosine distance, all compared, none guessed. */
import type { JobContext } from '../context';
import { Graph, nameOf } from '../graph/graph';
import { matMul } from '../graph/operations/dense';
import { encodeSavedModel } from '../graph/saved-model';
import { Session } from '../runtime/session';

export interface Near {
  /** Row of the neighbour. */
  readonly row: number;
  readonly distance: number;
}

/** 1 - a b / (|a| |b|), 0 to 2. A row of zeros points nowhere: its distance from all is 1. */
export function cosineDistance(a: Float32Array, b: Float32Array): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
  }
  return dot === 0 ? 1 : Math.max(0, 1 - dot / Math.sqrt(aa * bb));
}

/** The `count` rows that lie nearest to `query`, nearest first, of those that `may` be. */
export function nearestTo(query: Float32Array, rows: readonly Float32Array[], count: number, may: (row: number) => boolean): Near[] {
  const found: Near[] = [];
  rows.forEach((vector, row) => {
    if (!may(row)) return;
    const distance = cosineDistance(query, vector);
    if (found.length === count && distance >= (found[count - 1] as Near).distance) return;
    const at = found.findIndex((other) => other.distance > distance);
    found.splice(at < 0 ? found.length : at, 0, { row, distance });
    found.length = Math.min(found.length, count);
  });
  return found;
}

/** Rows compared at a time with all others. */
const BLOCK = 256;

/**
 * For every row the `count` nearest, itself among them and first: one matrix product for the cosines, TensorFlow's TopK for the best of them.
 * @param onRows called with the rows that are done
 */
export async function nearestOfAll(rows: readonly Float32Array[], count: number, onRows: (done: number) => void, context: JobContext): Promise<Near[][]> {
  const size = rows[0]?.length ?? 0;
  const unit = new Float32Array(rows.length * size);
  rows.forEach((row, i) => unit.set(normalised(row), i * size));
  const g = new Graph();
  const cosines = matMul(g, g.placeholder('block', 'float32', [null, size]), g.placeholder('all', 'float32', [rows.length, size]), false, true);
  const [largest, places] = g.add('TopKV2', {
    inputs: [cosines, g.constant(count, [], 'int32')],
    attributes: { T: { type: 'float32' }, Tk: { type: 'int32' }, index_type: { type: 'int32' }, sorted: { b: true } },
    outputs: [['float32', [null, count]], ['int32', [null, count]]]
  }).outputs;
  const session = new Session(encodeSavedModel(g));
  try {
    const near: Near[][] = [];
    for (let from = 0; from < rows.length; from += BLOCK) {
      const to = Math.min(rows.length, from + BLOCK);
      const feeds = [{ name: 'block:0', shape: [to - from, size], data: unit.subarray(from * size, to * size) }, { name: 'all:0', shape: [rows.length, size], data: unit }];
      const [cosine, row] = session.run(feeds, [nameOf(largest!), nameOf(places!)]) as [Float32Array, Int32Array];
      for (let i = from; i < to; i++) near.push(selfFirst(i, Array.from({ length: count }, (_, k) => ({ row: row[(i - from) * count + k]!, distance: Math.max(0, 1 - cosine[(i - from) * count + k]!) }))));
      onRows(to);
      await context.breathe();
    }
    return near;
  } finally {
    session.dispose();
  }
}

/** Equal rows come in any order, and a row of zeros is not near itself. */
function selfFirst(self: number, near: Near[]): Near[] {
  const others = near.filter(({ row }) => row !== self);
  return [{ row: self, distance: 0 }, ...others.slice(0, near.length - 1)];
}

function normalised(row: Float32Array): Float32Array {
  const length = Math.sqrt(row.reduce((sum, value) => sum + value ** 2, 0));
  return length > 0 ? row.map((value) => value / length) : row;
}
