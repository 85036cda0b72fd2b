/** Rows of features on a plane, alike ones together: UMAP (McInnes, Healy and Melville 2018), by Google's umap-js, from exact neighbours. */
import { UMAP } from 'umap-js';
import type { Places } from '../../contract';
import type { JobContext } from '../context';
import { Stage } from '../data/stage';
import { Random } from '../model/random';
import { nearestOfAll } from './neighbours';
import { principalComponents } from './principal-components';

/** umap-learn's own: how many of the nearest hold a row in place, itself counted. */
const NEIGHBOURS = 15;
/** Fewer rows than this lie on no manifold. */
const FEWEST = 5;
/** umap-learn takes 500 for small sets; what the last 300 change cannot be seen. */
const EPOCHS = 200;
const SEED = 0;

/**
 * The same rows give the same places. Fewer than five rows lie along their two principal components.
 * @throws StoppedError when the job is stopped
 */
export async function umap(rows: readonly Float32Array[], context: JobContext): Promise<Places> {
  if (rows.length < FEWEST) return principalComponents(rows, context);
  const count = Math.min(NEIGHBOURS, rows.length - 1);
  const stage = new Stage(context, 'map', rows.length + EPOCHS, 'parts');
  const near = await nearestOfAll(rows, count, (done) => stage.to(done), context);
  const random = new Random(SEED);
  const program = new UMAP({ nNeighbors: count, nEpochs: EPOCHS, random: () => random.next() });
  program.setPrecomputedKNN(near.map((list) => list.map(({ row }) => row)), near.map((list) => list.map(({ distance }) => distance)));
  // The rows themselves are looked at no more: the neighbours are known.
  program.initializeFit(rows.map(() => []));
  for (let epoch = 0; epoch < EPOCHS; epoch = program.step()) {
    stage.to(rows.length + epoch);
    await context.breathe();
  }
  stage.to(rows.length + EPOCHS);
  const places = program.getEmbedding();
  return { x: Float32Array.from(places, ([x = 0]) => x), y: Float32Array.from(places, ([, y = 0]) => y) };
}

/** Moved and shrunk into 0..1, both axes alike, the shorter one in the middle. */
export function inSquare({ x, y }: Places): Places {
  const range = (values: Float32Array): [least: number, most: number] => [values.reduce((a, b) => Math.min(a, b), Infinity), values.reduce((a, b) => Math.max(a, b), -Infinity)];
  const ranges = [range(x), range(y)] as const;
  const side = Math.max(...ranges.map(([least, most]) => most - least)) || 1;
  const placed = (values: Float32Array<ArrayBuffer>, [least, most]: [number, number]): Float32Array<ArrayBuffer> => values.map((value) => 0.5 + (value - (least + most) / 2) / side);
  return { x: placed(x, ranges[0]), y: placed(y, ranges[1]) };
}
