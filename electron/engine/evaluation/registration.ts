/**
 * Lays one small picture over another and tells how well they agree, whatever was done to brightness and contrast and though one was moved
 * or trimmed by some per cent.
 *
 * Lucas and Kanade 1981, with brightness among the unknowns (Baker and Matthews 2004 review the family). A picture moved a little is, to first
 * order, itself and its slopes:
 *     b(x, y) = offset + gain * a(x, y) + (moveX + stretchX * x) * da/dx + (moveY + stretchY * y) * da/dy
 * All six unknowns are linear, so least squares find them; a is moved, and what is left is found once more.
 */
import { type Grid, SIDE } from './grid';

const TURNS = 2;
/** Farthest a side may have been trimmed or moved, as a share of the picture. */
const FARTHEST = 0.08;
/** Where so little agrees to begin with, no small move helps. */
const HOPELESS = 0.5;
const CENTRE = (SIDE - 1) / 2;
const UNKNOWNS = 6;

/** How a is moved: x becomes x + moveX + stretchX * (x - CENTRE), in cells; y alike. */
interface Move {
  readonly moveX: number;
  readonly stretchX: number;
  readonly moveY: number;
  readonly stretchY: number;
}

/** Agreement of two grids, -1..1, 1 for the same picture: each is laid over the other, the better counts. */
export const agreement = (a: Grid, b: Grid): number => Math.max(laidOver(a, b), laidOver(b, a));

function laidOver(a: Grid, b: Grid): number {
  let best = correlation(a, b);
  let move: Move = { moveX: 0, stretchX: 0, moveY: 0, stretchY: 0 };
  let moved = a;
  for (let turn = 0; turn < TURNS && best > HOPELESS; turn++) {
    const more = remaining(moved, b);
    if (!more) break;
    move = {
      moveX: within(move.moveX + more.moveX, (FARTHEST * SIDE) / 2),
      stretchX: within(move.stretchX + more.stretchX, FARTHEST),
      moveY: within(move.moveY + more.moveY, (FARTHEST * SIDE) / 2),
      stretchY: within(move.stretchY + more.stretchY, FARTHEST)
    };
    moved = apply(move, a);
    best = Math.max(best, correlation(moved, b));
  }
  return best;
}

const within = (value: number, limit: number): number => Math.max(-limit, Math.min(limit, value));

/**
 * Correlation of the differences between neighbours: of outlines and texture, where in plain brightness one sky is like another. The edge,
 * over which something else may have come in, does not count.
 */
function correlation(a: Grid, b: Grid): number {
  let [aa, bb, ab] = [0, 0, 0];
  for (let y = 1; y < SIDE - 2; y++) {
    for (let x = 1; x < SIDE - 2; x++) {
      for (const step of [1, SIDE]) {
        const at = y * SIDE + x;
        const [da, db] = [a[at + step]! - a[at]!, b[at + step]! - b[at]!];
        aa += da * da;
        bb += db * db;
        ab += da * db;
      }
    }
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

/** How a has still to be moved to lie over b; null when nothing can be told, as of a plain picture. */
function remaining(a: Grid, b: Grid): Move | null {
  // Normal equations of the least squares, the right side in the last column.
  const equations = Array.from({ length: UNKNOWNS }, () => new Float64Array(UNKNOWNS + 1));
  for (let y = 1; y < SIDE - 1; y++) {
    for (let x = 1; x < SIDE - 1; x++) {
      const at = y * SIDE + x;
      const [across, down] = [(a[at + 1]! - a[at - 1]!) / 2, (a[at + SIDE]! - a[at - SIDE]!) / 2];
      const terms = [1, a[at]!, across, (x - CENTRE) * across, down, (y - CENTRE) * down, b[at]!];
      for (let i = 0; i < UNKNOWNS; i++) for (let j = i; j <= UNKNOWNS; j++) equations[i]![j]! += terms[i]! * terms[j]!;
    }
  }
  for (let i = 0; i < UNKNOWNS; i++) for (let j = 0; j < i; j++) equations[i]![j] = equations[j]![i]!;
  const [, gain = 0, moveX = 0, stretchX = 0, moveY = 0, stretchY = 0] = solve(equations) ?? [];
  // The slopes count gain times as much.
  return gain > 0 ? { moveX: moveX / gain, stretchX: stretchX / gain, moveY: moveY / gain, stretchY: stretchY / gain } : null;
}

/** Gauss and Jordan, without exchanging rows: the matrix is symmetric and not negative. Null when it is singular. */
function solve(equations: readonly Float64Array[]): number[] | null {
  for (const [i, row] of equations.entries()) {
    const pivot = row[i]!;
    if (pivot < 1e-6) return null;
    for (let k = i; k < row.length; k++) row[k]! /= pivot;
    for (const other of equations) {
      const factor = other[i]!;
      if (other !== row) for (let k = i; k < row.length; k++) other[k]! -= factor * row[k]!;
    }
  }
  return equations.map((row) => row[row.length - 1]!);
}

/** The grid moved, bilinear; beyond the edge it goes on as it is. */
function apply({ moveX, stretchX, moveY, stretchY }: Move, grid: Grid): Grid {
  const places = (move: number, stretch: number): Float64Array =>
    Float64Array.from({ length: SIDE }, (_, i) => Math.max(0, Math.min(SIDE - 1, i + move + stretch * (i - CENTRE))));
  const [columns, rows] = [places(moveX, stretchX), places(moveY, stretchY)];
  const moved = new Float32Array(SIDE * SIDE);
  for (let y = 0; y < SIDE; y++) {
    const top = Math.min(SIDE - 2, Math.floor(rows[y]!));
    const below = rows[y]! - top;
    for (let x = 0; x < SIDE; x++) {
      const left = Math.min(SIDE - 2, Math.floor(columns[x]!));
      const right = columns[x]! - left;
      const at = top * SIDE + left;
      const [upper, lower] = [mix(grid[at]!, grid[at + 1]!, right), mix(grid[at + SIDE]!, grid[at + SIDE + 1]!, right)];
      moved[y * SIDE + x] = mix(upper, lower, below);
    }
  }
  return moved;
}

const mix = (a: number, b: number, share: number): number => a + share * (b - a);
