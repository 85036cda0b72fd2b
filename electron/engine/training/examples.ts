/** What the tail trains on: features kept at the cut, or the pixels themselves when nothing lies below it. */
import type { JobContext } from '../context';
import { type ImageSet, pixelsAt } from '../data/dataset';
import { type FeatureCache, featureCache, type Shelf } from '../data/feature-cache';
import { pictureHashes } from '../data/picture-hashes';
import { type Cut, cutsBelow } from '../graph/cut';
import type { InputSpec } from '../graph/inference';
import type { Network, Weights } from '../model/layers';
import { FeatureKeys } from './feature-keys';
import { Pace } from './pace';
import { Prefix } from './prefix';

export interface Examples {
  readonly count: number;
  readonly labels: Int32Array;
  /** The examples with these positions, one after the other, as the trainer takes them. */
  gather(positions: ArrayLike<number>): { examples: Float32Array; labels: Int32Array };
  /** No longer needed: what was kept for them may make room for others. */
  dispose(): void;
}

/** Where pictures come from: a set in memory, or something that makes them as they are asked for. */
export interface PictureSource {
  readonly count: number;
  readonly labels: Int32Array;
  /** Says what was done to the pictures that `hashes` name, and is the same only when the same was done; left out: nothing. */
  readonly variant?: string;
  /** The content of each picture, as `pictureHashes` gives it. */
  hashes(): readonly string[];
  /** 0..255 [positions.length, height, width, 3] */
  pixels(positions: ArrayLike<number>): Uint8Array | Float32Array;
}

/** The pictures of a set as they are. */
export function picturesOf(set: ImageSet): PictureSource {
  const bytes = set.height * set.width * 3;
  return {
    count: set.count,
    labels: set.labels,
    hashes: () => pictureHashes(set),
    pixels: (positions) => {
      const first = positions[0] ?? 0;
      return isRange(positions, first) ? set.pixels.subarray(first * bytes, (first + positions.length) * bytes) : pixelsAt(set, positions);
    }
  };
}

/** Whether it counts up from `first`, as when a whole set is gone through: nothing has to be copied then. */
function isRange(positions: ArrayLike<number>, first: number): boolean {
  for (let i = 0; i < positions.length; i++) if (positions[i] !== first + i) return false;
  return true;
}

/** Whether the features of `count` pictures can be kept at a cut; if not, they had better not be computed at all. */
export const fits = (cut: Cut, count: number, cache = featureCache()): boolean => cut.size * 4 * count <= cache.capacity;

const labelsAt = (labels: Int32Array, positions: ArrayLike<number>): Int32Array => Int32Array.from(positions, (position) => labels[position] as number);

class PixelExamples implements Examples {
  constructor(private readonly source: PictureSource) {}

  get count(): number {
    return this.source.count;
  }

  get labels(): Int32Array {
    return this.source.labels;
  }

  gather(positions: ArrayLike<number>): { examples: Float32Array; labels: Int32Array } {
    return { examples: new Float32Array(this.source.pixels(positions)), labels: labelsAt(this.labels, positions) };
  }

  dispose(): void {}
}

class FeatureExamples implements Examples {
  #open = true;

  constructor(
    private readonly source: PictureSource,
    private readonly hashes: readonly string[],
    private readonly shelf: Shelf,
    private readonly prefix: Prefix
  ) {}

  get count(): number {
    return this.source.count;
  }

  get labels(): Int32Array {
    return this.source.labels;
  }

  gather(positions: ArrayLike<number>): { examples: Float32Array; labels: Int32Array } {
    const { rowSize } = this.shelf;
    const examples = new Float32Array(positions.length * rowSize);
    const lost: number[] = [];
    for (let i = 0; i < positions.length; i++) if (!this.shelf.read(this.hashes[positions[i] as number] as string, examples, i * rowSize)) lost.push(i);
    if (lost.length > 0) {
      // A full or a broken disk: these are computed each time they are asked for.
      const rows = this.prefix.run('pixels', this.source.pixels(lost.map((i) => positions[i] as number)), lost.length);
      lost.forEach((i, row) => examples.set(rows.subarray(row * rowSize, (row + 1) * rowSize), i * rowSize));
    }
    return { examples, labels: labelsAt(this.labels, positions) };
  }

  dispose(): void {
    if (!this.#open) return;
    this.#open = false;
    this.shelf.close();
    this.prefix.dispose();
  }
}

/**
 * Examples for several sets of pictures at one cut. Rows that were kept are taken; the others are computed, from the highest lower cut at which
 * a picture is kept or else from its pixels, and kept.
 */
export async function makeExamples(
  sets: readonly (ImageSet | PictureSource)[],
  network: Network,
  weights: Weights,
  input: InputSpec,
  cut: Cut,
  context: JobContext,
  cache: FeatureCache = featureCache()
): Promise<Examples[]> {
  const sources = sets.map((set) => ('hashes' in set ? set : picturesOf(set)));
  if (cut.atInput) return sources.map((source) => new PixelExamples(source));
  const keys = new FeatureKeys(network, weights, input);
  const prefix = new Prefix(network, weights, input, cut);
  const made: FeatureExamples[] = [];
  const claimed = new Map<Shelf, Set<string>>();
  const tasks: Task[] = [];
  try {
    for (const source of sources) {
      const shelf = cache.open(keys.of(cut, source.variant), cut.size);
      const hashes = source.hashes();
      made.push(new FeatureExamples(source, hashes, shelf, prefix));
      await shelf.load(context.breathe);
      const others = claimed.get(shelf) ?? new Set();
      claimed.set(shelf, others);
      const missing: number[] = [];
      hashes.forEach((hash, position) => {
        // The same picture twice is computed once.
        if (shelf.has(hash) || others.has(hash)) return;
        others.add(hash);
        missing.push(position);
      });
      tasks.push({ source, hashes, shelf, missing });
    }
    const pace = new Pace(tasks.reduce((sum, { missing }) => sum + missing.length, 0));
    for (const task of tasks) if (task.missing.length > 0) await compute(task, prefix, keys, cache, pace, context);
    // What was computed first may have left memory for lower cuts that are closed by now.
    for (const shelf of claimed.keys()) await shelf.load(context.breathe);
    return made;
  } catch (error) {
    for (const examples of made) examples.dispose();
    throw error;
  } finally {
    prefix.dispose();
  }
}

/** The rows of one source that have to be computed. */
interface Task {
  readonly source: PictureSource;
  readonly hashes: readonly string[];
  readonly shelf: Shelf;
  readonly missing: readonly number[];
}

/** Computes rows and puts them on the shelf, until there is no more room; what was done is kept when it is stopped. */
async function compute({ source, hashes, shelf, missing }: Task, prefix: Prefix, keys: FeatureKeys, cache: FeatureCache, pace: Pace, context: JobContext): Promise<void> {
  const hashOf = (position: number): string => hashes[position] as string;
  let wanted = [...missing];
  let room = true;

  const keep = async (from: Cut | 'pixels', positions: readonly number[], rows: Uint8Array | Float32Array): Promise<void> => {
    room = await shelf.add(positions.map(hashOf), prefix.run(from, rows, positions.length));
    context.report({ kind: 'stage', stage: 'features', unit: 'pictures', ...pace.advance(positions.length) });
    await context.breathe();
  };

  /** Takes what a lower shelf has further up. */
  const climb = async (cut: Cut, lower: Shelf): Promise<void> => {
    const held = wanted.filter((position) => lower.has(hashOf(position)));
    for (let at = 0; at < held.length && room; at += prefix.batch) {
      const rows = new Float32Array(prefix.batch * cut.size);
      const read: number[] = [];
      for (const position of held.slice(at, at + prefix.batch)) if (lower.read(hashOf(position), rows, read.length * cut.size)) read.push(position);
      if (read.length > 0) await keep(cut, read, rows.subarray(0, read.length * cut.size));
    }
    wanted = wanted.filter((position) => !shelf.has(hashOf(position)));
  };

  try {
    const present = cache.keys();
    for (const cut of cutsBelow(prefix.network, prefix.cut)) {
      const key = keys.of(cut, source.variant);
      if (wanted.length === 0 || !room || !present.has(key)) continue;
      const lower = cache.open(key, cut.size);
      try {
        await climb(cut, lower);
      } finally {
        lower.close();
      }
    }
    for (let at = 0; at < wanted.length && room; at += prefix.batch) {
      const positions = wanted.slice(at, at + prefix.batch);
      await keep('pixels', positions, source.pixels(positions));
    }
  } finally {
    await shelf.flush();
  }
}
