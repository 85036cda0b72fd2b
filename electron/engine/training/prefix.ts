/** Everything below a cut, run on pictures or taken further from a lower cut. */
import type { Cut } from '../graph/cut';
import { Inference, type InputSpec, picturesARun } from '../graph/inference';
import type { Network, Weights } from '../model/layers';

export class Prefix {
  /** By what they start from; compiled when they are first needed. */
  readonly #programs = new Map<Cut | 'pixels', Inference>();

  constructor(
    readonly network: Network,
    readonly weights: Weights,
    readonly input: InputSpec,
    readonly cut: Cut
  ) {}

  /** Pictures a run. */
  get batch(): number {
    return picturesARun(this.input.inputSize);
  }

  /**
   * @param rows pixels 0..255 [count, imageSize, imageSize, 3], or rows at a lower cut [count, from.size]
   * @returns rows at the cut [count, cut.size]
   */
  run(from: Cut | 'pixels', rows: Uint8Array | Float32Array, count: number): Float32Array {
    const program = this.#programs.get(from) ?? this.#compile(from);
    this.#programs.set(from, program);
    return interleave(program.run(rows, count), count);
  }

  #compile(from: Cut | 'pixels'): Inference {
    const { network, weights, input, cut } = this;
    return from === 'pixels' ? Inference.prefix(network, weights, input, cut) : Inference.between(network, weights, from, cut);
  }

  dispose(): void {
    for (const program of this.#programs.values()) program.dispose();
    this.#programs.clear();
  }
}

/** Puts the outputs of one picture beside each other. */
function interleave(outputs: readonly Float32Array[], count: number): Float32Array {
  const [only] = outputs;
  if (outputs.length === 1 && only) return only;
  const rowSize = outputs.reduce((sum, output) => sum + output.length, 0) / count;
  const rows = new Float32Array(count * rowSize);
  let offset = 0;
  for (const output of outputs) {
    const size = output.length / count;
    for (let i = 0; i < count; i++) rows.set(output.subarray(i * size, (i + 1) * size), i * rowSize + offset);
    offset += size;
  }
  return rows;
}
