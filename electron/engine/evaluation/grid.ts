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
  const along = (from: Grid, step: number, place: (at: number) => number): Grid =>
    from.map((value, at) => ((place(at) > 0 ? from[at - step]! : value) + 2 * value + (place(at) < size - 1 ? from[at + step]! : value)) / 4);
  return along(along(grid, 1, (at) => at % size), size, (at) => Math.floor(at / size));
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
