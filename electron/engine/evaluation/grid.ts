/** Small square pictures of brightness, row by row. */

export type Grid = Float32Array;

/** Cells a side of the grids that are kept. */
export const SIDE = 16;

/** Means of 2 x 2 cells. @param grid [size, size] */
export function halved(grid: Grid, size: number): Grid {
  const half = size / 2;
  const means = new Float32Array(half * half);
  for (let i = 0; i < means.length; i++) {
    const at = 2 * (Math.floor(i / half) * size + (i % half));
    means[i] = (grid[at]! + grid[at + 1]! + grid[at + size]! + grid[at + size + 1]!) / 4;
  }
  return means;
}

/** Blurred by [1 2 1] / 4 across and down; the edge goes on as it is. */
export function smoothed(grid: Grid, size: number): Grid {
  const [across, both] = [new Float32Array(grid.length), new Float32Array(grid.length)];
  for (let at = 0; at < grid.length; at++) {
    const [left, right] = [at % size > 0 ? at - 1 : at, at % size < size - 1 ? at + 1 : at];
    across[at] = (grid[left]! + 2 * grid[at]! + grid[right]!) / 4;
  }
  for (let at = 0; at < grid.length; at++) {
    const [above, below] = [at >= size ? at - size : at, at + size < grid.length ? at + size : at];
    both[at] = (across[above]! + 2 * across[at]! + across[below]!) / 4;
  }
  return both;
}

/** Left and right exchanged. */
export const mirrored = (grid: Grid, size: number): Grid => grid.map((_, at) => grid[at - 2 * (at % size) + size - 1]!);

/** Each cell's right neighbour less it, then each cell's lower neighbour less it: [2 * size * (size - 1)]. */
export function differences(grid: Grid, size: number): Float32Array {
  const values = new Float32Array(2 * size * (size - 1));
  let at = 0;
  for (let i = 0; i < grid.length; i++) if (i % size < size - 1) values[at++] = grid[i + 1]! - grid[i]!;
  for (let i = 0; i < grid.length - size; i++) values[at++] = grid[i + size]! - grid[i]!;
  return values;
}
