/**
 * Who belongs to whom, and how much: the weighted graph that UMAP lays out (McInnes, Healy and Melville 2018, section 3.1), as umap-learn's
 * `fuzzy_simplicial_set` makes it. To row i its nearest neighbour belongs wholly, one at distance d to exp(-(d - rho_i) / sigma_i), where rho_i is the
 * distance of the nearest and sigma_i such that the k weights add up to log2 k. Seen from both ends, a pair belongs together by p + q - p q.
 */
import type { Near } from './neighbours';

/** Pairs of rows, each once in either direction, with weights 0..1. */
export interface Belonging {
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly weight: Float64Array;
}

const STEPS = 64;
const CLOSE_ENOUGH = 1e-5;
/** Of the mean distance: a row whose neighbours are all as near would else have none. */
const LEAST_SPREAD = 1e-3;

/** @param near of each row its nearest, itself first, as many for all */
export function fuzzyNeighbours(near: readonly (readonly Near[])[]): Belonging {
  const meanOf = (list: readonly Near[]): number => list.reduce((sum, { distance }) => sum + distance, 0) / list.length;
  const meanOfAll = near.reduce((sum, list) => sum + meanOf(list), 0) / near.length;
  const one = near.map((list) => {
    const nearest = list.find(({ distance }) => distance > 0)?.distance ?? 0;
    const spread = Math.max(spreadOf(list, nearest), LEAST_SPREAD * (nearest > 0 ? meanOf(list) : meanOfAll));
    return new Map(list.slice(1).map(({ row, distance }) => [row, distance <= nearest || spread === 0 ? 1 : Math.exp((nearest - distance) / spread)]));
  });
  const pairs: [from: number, to: number, weight: number][] = [];
  one.forEach((weights, i) => {
    for (const [j, p] of weights) {
      const q = one[j]!.get(i);
      // A pair that both know of is met twice.
      if (q !== undefined && j < i) continue;
      const weight = p + (q ?? 0) - p * (q ?? 0);
      pairs.push([i, j, weight], [j, i, weight]);
    }
  });
  return { from: Int32Array.from(pairs, ([from]) => from), to: Int32Array.from(pairs, ([, to]) => to), weight: Float64Array.from(pairs, ([, , weight]) => weight) };
}

/** sigma, by halving. */
function spreadOf(list: readonly Near[], nearest: number): number {
  const wanted = Math.log2(list.length);
  let [low, high, spread] = [0, Infinity, 1];
  for (let step = 0; step < STEPS; step++) {
    let sum = 0;
    for (let k = 1; k < list.length; k++) sum += Math.exp(Math.min(0, (nearest - list[k]!.distance) / spread));
    if (Math.abs(sum - wanted) < CLOSE_ENOUGH) break;
    if (sum > wanted) high = spread;
    else low = spread;
    spread = high === Infinity ? 2 * spread : (low + high) / 2;
  }
  return spread;
}
