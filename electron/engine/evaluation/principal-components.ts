/**
 * The directions in which rows differ most (principal component analysis): the eigenvectors with the largest eigenvalues of the covariance
 * C = X'X / (n - 1), X being the rows less their mean. Found by subspace iteration (Golub and Van Loan, Matrix Computations, 8.2.4): multiply a few
 * vectors by C, make them orthonormal again, until the first stay where they are. C itself, which is large, is never written down; TensorFlow multiplies.
 */
import type { JobContext } from '../context';
import { Graph, nameOf } from '../graph/graph';
import { matMul } from '../graph/operations/dense';
import { encodeSavedModel } from '../graph/saved-model';
import { Random } from '../model/random';
import { Session } from '../runtime/session';

export interface Projection {
  /** Of each row, along the first two directions. */
  readonly x: Float32Array<ArrayBuffer>;
  readonly y: Float32Array<ArrayBuffer>;
  /** Share of the variance that both hold. */
  readonly explained: number;
}

/** Many more than the two that are wanted: an error shrinks by (eigenvalue GUARD + 1) / (eigenvalue 2) each time. */
const GUARD = 16;
const MOST_ITERATIONS = 40;
/** How far a direction of length 1 may still turn. */
const SETTLED = 3e-6;

type Vectors = Float64Array[];

/**
 * As scikit-learn's PCA(2) with each direction's largest entry positive.
 * @param rows all of one length
 */
export async function principalComponents(rows: readonly Float32Array[], context: JobContext): Promise<Projection> {
  const [n, size] = [rows.length, rows[0]?.length ?? 0];
  const mean = new Float64Array(size);
  for (const row of rows) for (let i = 0; i < size; i++) mean[i]! += row[i]! / n;
  const centred = new Float32Array(n * size);
  rows.forEach((row, at) => {
    for (let i = 0; i < size; i++) centred[at * size + i] = row[i]! - mean[i]!;
  });
  const total = dot(centred, centred) / Math.max(1, n - 1);
  if (total === 0) return { x: new Float32Array(n), y: new Float32Array(n), explained: 1 };

  const product = new Product(centred, n, size);
  try {
    const random = new Random(0);
    let basis = orthonormal(Array.from({ length: Math.min(GUARD, size) }, () => Float64Array.from({ length: size }, () => random.next() - 0.5)));
    let values: readonly number[] = [];
    for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
      const image = product.covarianceTimes(basis);
      // Inside the subspace the small problem is solved exactly (Rayleigh and Ritz).
      const inside = basis.map((a) => image.map((b) => dot(a, b)));
      const { values: found, vectors } = symmetricEigen(inside);
      const turned = orthonormal(vectors.map((weights) => combine(weights, image)));
      const moved = Math.max(...turned.slice(0, 2).map((vector, i) => turn(vector, basis[i]!)));
      [basis, values] = [turned, found];
      await context.breathe();
      if (moved < SETTLED) break;
    }
    const [x, y] = product.along([basis[0]!, basis[1] ?? new Float64Array(size)].map(upright)) as [Float32Array<ArrayBuffer>, Float32Array<ArrayBuffer>];
    return { x, y, explained: (values[0]! + (values[1] ?? 0)) / total };
  } finally {
    product.dispose();
  }
}

/** Rows [n, size] times vectors of `size` each, which TensorFlow takes as [size, k]. */
class Product {
  readonly #session: Session;
  readonly #names: { readonly along: string; readonly covariance: string };

  constructor(private readonly rows: Float32Array, private readonly n: number, private readonly size: number) {
    const g = new Graph();
    const x = g.placeholder('rows', 'float32', [n, size]);
    const along = matMul(g, x, g.placeholder('vectors', 'float32', [size, null]));
    this.#names = { along: nameOf(along), covariance: nameOf(matMul(g, x, along, true)) };
    this.#session = new Session(encodeSavedModel(g));
  }

  /** C v = X'(X v) / (n - 1) */
  covarianceTimes(vectors: Vectors): Vectors {
    return this.#run(vectors, this.#names.covariance, this.size).map((column) => Float64Array.from(column).map((value) => value / (this.n - 1)));
  }

  /** X v */
  along(vectors: Vectors): Float32Array[] {
    return this.#run(vectors, this.#names.along, this.n);
  }

  dispose(): void {
    this.#session.dispose();
  }

  #run(vectors: Vectors, fetch: string, length: number): Float32Array[] {
    const k = vectors.length;
    const columns = new Float32Array(this.size * k);
    vectors.forEach((vector, at) => {
      for (let i = 0; i < this.size; i++) columns[i * k + at] = vector[i]!;
    });
    const [out] = this.#session.run([{ name: 'rows:0', shape: [this.n, this.size], data: this.rows }, { name: 'vectors:0', shape: [this.size, k], data: columns }], [fetch]) as [Float32Array];
    return vectors.map((_, at) => {
      const column = new Float32Array(length);
      for (let i = 0; i < length; i++) column[i] = out[i * k + at]!;
      return column;
    });
  }
}

/** Distance between two directions of length 1, whichever way they point. */
function turn(a: Float64Array, b: Float64Array): number {
  const sign = Math.sign(dot(a, b));
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - sign * b[i]!) ** 2, 0));
}

const upright = (direction: Float64Array): Float64Array => (direction[largestAt(direction)]! < 0 ? direction.map((value) => -value) : direction);

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
  const nothing = 1e-16 * Math.max(...a.map((row) => Math.max(...row.map(Math.abs))));
  for (let [sweep, rotated] = [0, true]; rotated && sweep < 30; sweep++) {
    rotated = false;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (Math.abs(a[p]![q]!) <= nothing) continue;
        rotated = true;
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
  const sum = new Float64Array(vectors[0]?.length ?? 0);
  weights.forEach((weight, k) => {
    for (let i = 0; i < sum.length; i++) sum[i]! += weight * vectors[k]![i]!;
  });
  return sum;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

const largestAt = (values: Float64Array): number => values.reduce((best, value, i) => (Math.abs(value) > Math.abs(values[best]!) ? i : best), 0);
