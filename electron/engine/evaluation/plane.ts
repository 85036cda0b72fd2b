/**
 * Rows of features on a plane, alike ones together: UMAP (McInnes, Healy and Melville 2018, appendix C) as umap-learn does it, from exact neighbours.
 * It begins with the two principal components, so that what lies far apart stays so (Kobak and Linderman 2021), and goes on in small steps: whoever
 * asks something meanwhile is answered.
 */
import type { JobContext } from '../context';
import { Stage } from '../data/stage';
import { Random } from '../model/random';
import { type Belonging, fuzzyNeighbours } from './fuzzy-neighbours';
import { nearestOfAll } from './neighbours';

export interface Places {
  readonly x: Float32Array<ArrayBuffer>;
  readonly y: Float32Array<ArrayBuffer>;
}

/** umap-learn's own: how many of the nearest hold a row in place, itself counted. */
const NEIGHBOURS = 15;
/** Fewer rows than this lie on no manifold. */
const FEWEST = 5;
/** umap-learn takes 500 for small sets; what the last 300 change cannot be seen. */
const EPOCHS = 200;
const SEED = 0;
/** How near rows are at a distance d on the plane: 1 / (1 + A d^(2 B)); umap-learn's `find_ab_params` for spread 1 and min_dist 0.1. */
export const CURVE = { a: 1.5769434602, b: 0.8950608778 };
/** Rows that are pushed away for each one that is pulled. */
const PUSHES = 5;
/** No further along an axis in one step. */
const MOST = 4;
/** Side of the plane that it begins on. */
const SIDE = 10;
const JITTER = 1e-4;
/** How long others wait at most, milliseconds. */
const SLICE = 15;

/**
 * The same rows give the same places. Fewer than five rows stay where they are.
 * @param start where they are: along their two principal components
 * @throws StoppedError when the job is stopped
 */
export async function umap(rows: readonly Float32Array[], start: Places, context: JobContext): Promise<Places> {
  if (rows.length < FEWEST) return start;
  const stage = new Stage(context, 'map', rows.length + EPOCHS, 'parts');
  const near = await nearestOfAll(rows, Math.min(NEIGHBOURS, rows.length - 1), (done) => stage.to(done), context);
  const layout = new Layout(fuzzyNeighbours(near), start);
  let since = performance.now();
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    layout.step(epoch);
    stage.to(rows.length + epoch + 1);
    if (performance.now() - since < SLICE) continue;
    await context.breathe();
    since = performance.now();
  }
  return layout.places;
}

/** Pulls rows that belong together, the more often the more they do, and pushes some others away each time (stochastic gradient descent). */
class Layout {
  readonly #count: number;
  /** [rows, 2] */
  readonly #at: Float64Array;
  readonly #random = new Random(SEED);
  readonly #from: Int32Array;
  readonly #to: Int32Array;
  /** Epochs from one pull of a pair to its next, and the epoch of that; the same of the pushes that come with it. */
  readonly #every: Float64Array;
  readonly #next: Float64Array;
  readonly #nextPush: Float64Array;

  constructor({ from, to, weight }: Belonging, start: Places) {
    this.#count = start.x.length;
    this.#at = new Float64Array(2 * this.#count);
    [start.x, start.y].forEach((values, axis) => {
      const least = values.reduce((a, b) => Math.min(a, b), Infinity);
      const range = values.reduce((a, b) => Math.max(a, b), -Infinity) - least || 1;
      // Rows in one place would never part.
      values.forEach((value, i) => (this.#at[2 * i + axis] = SIDE * ((value - least) / range + JITTER * (this.#random.next() - 0.5))));
    });
    const most = weight.reduce((a, b) => Math.max(a, b), 0);
    // A pair that would be pulled less than once is left out.
    const pulled = Array.from(weight.keys()).filter((pair) => weight[pair]! * EPOCHS >= most);
    this.#from = Int32Array.from(pulled, (pair) => from[pair]!);
    this.#to = Int32Array.from(pulled, (pair) => to[pair]!);
    this.#every = Float64Array.from(pulled, (pair) => most / weight[pair]!);
    this.#next = this.#every.slice();
    this.#nextPush = this.#every.map((every) => every / PUSHES);
  }

  get places(): Places {
    const along = (axis: number): Float32Array<ArrayBuffer> => Float32Array.from({ length: this.#count }, (_, i) => this.#at[2 * i + axis]!);
    return { x: along(0), y: along(1) };
  }

  step(epoch: number): void {
    const rate = 1 - epoch / EPOCHS;
    for (let pair = 0; pair < this.#every.length; pair++) {
      if (this.#next[pair]! > epoch) continue;
      const every = this.#every[pair]!;
      this.#next[pair]! += every;
      this.#pull(this.#from[pair]!, this.#to[pair]!, rate);
      const pushes = Math.floor(((epoch - this.#nextPush[pair]!) * PUSHES) / every);
      this.#nextPush[pair]! += (pushes * every) / PUSHES;
      for (let push = 0; push < pushes; push++) this.#push(this.#from[pair]!, Math.floor(this.#random.next() * this.#count), rate);
    }
  }

  /** Down the gradient of log(1 + a d^(2 b)): both go. */
  #pull(one: number, other: number, rate: number): void {
    const at = this.#at;
    const squared = (at[2 * one]! - at[2 * other]!) ** 2 + (at[2 * one + 1]! - at[2 * other + 1]!) ** 2;
    if (squared === 0) return;
    const power = CURVE.a * squared ** CURVE.b;
    const force = (-2 * CURVE.b * power) / (squared * (power + 1));
    for (let axis = 0; axis < 2; axis++) {
      const way = rate * held(force * (at[2 * one + axis]! - at[2 * other + axis]!));
      at[2 * one + axis]! += way;
      at[2 * other + axis]! -= way;
    }
  }

  /** Down the gradient of log(1 - 1 / (1 + a d^(2 b))), less steep where both nearly touch: only the first goes. */
  #push(one: number, other: number, rate: number): void {
    if (one === other) return;
    const at = this.#at;
    const squared = (at[2 * one]! - at[2 * other]!) ** 2 + (at[2 * one + 1]! - at[2 * other + 1]!) ** 2;
    const force = (2 * CURVE.b) / ((0.001 + squared) * (CURVE.a * squared ** CURVE.b + 1));
    for (let axis = 0; axis < 2; axis++) at[2 * one + axis]! += rate * (squared === 0 ? MOST : held(force * (at[2 * one + axis]! - at[2 * other + axis]!)));
  }
}

const held = (way: number): number => (way > MOST ? MOST : way < -MOST ? -MOST : way);

/** Moved and shrunk into 0..1, both axes alike, the shorter one in the middle. */
export function inSquare({ x, y }: Places): Places {
  const range = (values: Float32Array): [least: number, most: number] => [values.reduce((a, b) => Math.min(a, b), Infinity), values.reduce((a, b) => Math.max(a, b), -Infinity)];
  const ranges = [range(x), range(y)] as const;
  const side = Math.max(...ranges.map(([least, most]) => most - least)) || 1;
  const placed = (values: Float32Array<ArrayBuffer>, [least, most]: [number, number]): Float32Array<ArrayBuffer> => values.map((value) => 0.5 + (value - (least + most) / 2) / side);
  return { x: placed(x, ranges[0]), y: placed(y, ranges[1]) };
}
