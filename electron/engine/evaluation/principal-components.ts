/**
 * The directions in which rows differ most (principal component analysis): the eigenvectors with the largest eigenvalues of the covariance
 * C = X'X / (n - 1), X being the rows less their mean. Found by subspace iteration (Golub and Van Loan, Matrix Computations, 8.2.4): multiply a few
 * vectors by C, make them orthonormal again, until the first stay where they are. C itself, which is large, is never written down.
 */
import type { JobContext } from '../context';
import { Random } from '../model/random';

export interface Projection {
  /** Of each row, along the first two directions. */
  readonly x: Float32Array<ArrayBuffer>;
  readonly y: Float32Array<ArrayBuffer>;
  /** Share of the variance that both hold. */
  readonly explained: number;
}

/** More than the two that are wanted: an error shrinks by (eigenvalue GUARD + 1) / (eigenvalue 2) each time. */
const GUARD = 8;
const MOST_ITERATIONS = 60;
/** Of the largest eigenvalue; a direction's error is about the root of it. */
const SETTLED = 1e-10;

type Vectors = Float64Array[];

/**
 * As scikit-learn's PCA(2) with each direction's largest entry positive.
 * @param rows all of one length
 */
export async function principalComponents(rows: readonly Float32Array[], context: JobContext): Promise<Projection> {
  const [n, size] = [rows.length, rows[0]?.length ?? 0];
  const mean = new Float64Array(size);
  for (const row of rows) for (let i = 0; i < size; i++) mean[i]! += row[i]! / n;
  const centred = rows.map((row) => Float64Array.from(row, (value, i) => value - mean[i]!));
  const total = centred.reduce((sum, row) => sum + dot(row, row), 0) / Math.max(1, n - 1);
  if (total === 0) return { x: new Float32Array(n), y: new Float32Array(n), explained: 1 };

  const random = new Random(0);
  let basis = orthonormal(Array.from({ length: Math.min(GUARD, size) }, () => Float64Array.from({ length: size }, () => random.next() - 0.5)));
  let values = basis.map(() => 0);
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
    const image = basis.map((vector) => covarianceTimes(centred, vector));
    // Inside the subspace the small problem is solved exactly (Rayleigh and Ritz).
    const inside = basis.map((a) => image.map((b) => dot(a, b)));
    const { values: found, vectors } = symmetricEigen(inside);
    const turned = vectors.map((weights) => combine(weights, image));
    basis = orthonormal(turned);
    const moved = Math.max(...found.slice(0, 2).map((value, i) => Math.abs(value - values[i]!)));
    values = found;
    await context.breathe();
    if (moved < SETTLED * values[0]!) break;
  }
  const along = (axis: number): Float32Array<ArrayBuffer> => {
    const direction = basis[axis];
    if (!direction) return new Float32Array(n);
    const sign = direction[largestAt(direction)]! < 0 ? -1 : 1;
    return Float32Array.from(centred, (row) => sign * dot(row, direction));
  };
  return { x: along(0), y: along(1), explained: (values[0]! + (values[1] ?? 0)) / total };
}

/** C v = X'(X v) / (n - 1) */
function covarianceTimes(rows: Vectors, vector: Float64Array): Float64Array {
  const product = new Float64Array(vector.length);
  for (const row of rows) {
    const share = dot(row, vector) / (rows.length - 1);
    for (let i = 0; i < product.length; i++) product[i]! += share * row[i]!;
  }
  return product;
}

/** Gram and Schmidt, twice: once leaves too much of the others behind. A vector that lies in the others' space becomes 0. */
function orthonormal(vectors: Vectors): Vectors {
  const done: Vectors = [];
  for (const vector of vectors) {
    const rest = Float64Array.from(vector);
    const before = Math.sqrt(dot(rest, rest));
    for (const other of [...done, ...done]) {
      const share = dot(rest, other);
      for (let i = 0; i < rest.length; i++) rest[i]! -= share * other[i]!;
    }
    const length = Math.sqrt(dot(rest, rest));
    done.push(length > 1e-12 * before ? rest.map((value) => value / length) : rest.fill(0));
  }
  return done;
}

/** Eigenvalues, largest first, and eigenvectors of a small symmetric matrix, by Jacobi's rotations (Golub and Van Loan, 8.5). */
export function symmetricEigen(matrix: readonly (readonly number[])[]): { values: number[]; vectors: number[][] } {
  const n = matrix.length;
  const a = matrix.map((row, i) => row.map((value, j) => (value + matrix[j]![i]!) / 2));
  const v = a.map((_, i) => a.map((__, j) => Number(i === j)));
  for (let sweep = 0; sweep < 30; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (a[p]![q] === 0) continue;
        // tan of the angle that makes a_pq zero
        const theta = (a[q]![q]! - a[p]![p]!) / (2 * a[p]![q]!);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta ** 2 + 1));
        const c = 1 / Math.sqrt(t ** 2 + 1);
        for (const row of a) rotate(row, p, q, c, t * c);
        rotateRows(a, p, q, c, t * c);
        for (const row of v) rotate(row, p, q, c, t * c);
      }
    }
  }
  const order = a.map((_, i) => i).sort((i, j) => a[j]![j]! - a[i]![i]!);
  return { values: order.map((i) => a[i]![i]!), vectors: order.map((i) => v.map((row) => row[i]!)) };
}

function rotate(row: number[], p: number, q: number, c: number, s: number): void {
  const [x, y] = [row[p]!, row[q]!];
  row[p] = c * x - s * y;
  row[q] = s * x + c * y;
}

function rotateRows(a: number[][], p: number, q: number, c: number, s: number): void {
  for (let j = 0; j < a.length; j++) {
    const [x, y] = [a[p]![j]!, a[q]![j]!];
    a[p]![j] = c * x - s * y;
    a[q]![j] = s * x + c * y;
  }
}

function combine(weights: readonly number[], vectors: Vectors): Float64Array {
  return Float64Array.from(vectors[0] ?? [], (_, i) => weights.reduce((sum, weight, k) => sum + weight * vectors[k]![i]!, 0));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

const largestAt = (values: Float64Array): number => values.reduce((best, value, i) => (Math.abs(value) > Math.abs(values[best]!) ? i : best), 0);
