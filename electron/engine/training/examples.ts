/** What the tail trains on: features cached at the cut, or the pixels themselves when nothing lies below it. */
import type { Cut } from '../graph/cut';
import { Inference, type InputSpec } from '../graph/inference';
import type { Network, Weights } from '../model/layers';
import type { ImageSet } from '../data/dataset';
import type { JobContext } from '../context';
import { Pace } from './pace';

export interface Examples {
  readonly count: number;
  readonly labels: Int32Array;
  /** The examples with these positions, one after the other, as the trainer takes them. */
  gather(positions: ArrayLike<number>): { examples: Float32Array; labels: Int32Array };
}

/** Features beyond this are not kept: the tail then starts at the pixels. Bytes. */
export const FEATURE_BUDGET = 6 * 2 ** 30;

/** Pictures a prefix run, so that its activations stay in some tens of MB. */
const prefixBatch = (inputSize: number): number => Math.max(8, Math.min(256, Math.round(64 * (96 / inputSize) ** 2)));

abstract class Rows<T extends Float32Array | Uint8Array> implements Examples {
  constructor(
    protected readonly rows: T,
    protected readonly rowSize: number,
    readonly labels: Int32Array
  ) {}

  get count(): number {
    return this.labels.length;
  }

  gather(positions: ArrayLike<number>): { examples: Float32Array; labels: Int32Array } {
    const examples = new Float32Array(positions.length * this.rowSize);
    const labels = new Int32Array(positions.length);
    for (let i = 0; i < positions.length; i++) {
      const position = positions[i] as number;
      examples.set(this.rows.subarray(position * this.rowSize, (position + 1) * this.rowSize), i * this.rowSize);
      labels[i] = this.labels[position] as number;
    }
    return { examples, labels };
  }
}

class PixelExamples extends Rows<Uint8Array> {}
class FeatureExamples extends Rows<Float32Array> {}

/** Examples for several sets of pictures at one cut; the prefix is compiled once and runs once a picture. */
export async function makeExamples(
  sets: readonly ImageSet[],
  network: Network,
  weights: Weights,
  input: InputSpec,
  cut: Cut,
  context: JobContext
): Promise<Examples[]> {
  if (cut.atInput) return sets.map((set) => new PixelExamples(set.pixels, set.height * set.width * 3, set.labels));
  const prefix = Inference.prefix(network, weights, input, cut);
  try {
    const pace = new Pace(sets.reduce((sum, set) => sum + set.count, 0));
    const made: Examples[] = [];
    for (const set of sets) {
      const rows = new Float32Array(set.count * cut.size);
      const bytes = set.height * set.width * 3;
      const batch = prefixBatch(input.inputSize);
      for (let from = 0; from < set.count; from += batch) {
        const to = Math.min(set.count, from + batch);
        const outputs = prefix.run(set.pixels.subarray(from * bytes, to * bytes), to - from);
        interleave(outputs, rows.subarray(from * cut.size, to * cut.size), to - from);
        context.report({ kind: 'stage', stage: 'features', unit: 'pictures', ...pace.advance(to - from) });
        await context.breathe();
      }
      made.push(new FeatureExamples(rows, cut.size, set.labels));
    }
    return made;
  } finally {
    prefix.dispose();
  }
}

/** Puts the outputs of one picture beside each other. */
function interleave(outputs: readonly Float32Array[], rows: Float32Array, count: number): void {
  const [only] = outputs;
  if (outputs.length === 1 && only) return rows.set(only);
  const rowSize = rows.length / count;
  let offset = 0;
  for (const output of outputs) {
    const size = output.length / count;
    for (let i = 0; i < count; i++) rows.set(output.subarray(i * size, (i + 1) * size), i * rowSize + offset);
    offset += size;
  }
}
