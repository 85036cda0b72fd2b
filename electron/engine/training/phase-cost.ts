/** What a phase costs on this machine, and how much of it is still to come: in seconds. */
import { layersBelow } from '../graph/cut';
import { describeNetwork } from '../model/describe';
import type { Grafted, Plan } from './phase-examples';

export interface PhaseCost {
  /** Before the first step: the graph, its first step, which TensorFlow prepares itself for. */
  readonly compile: number;
  /** A picture through the frozen part. */
  readonly picture: number;
  /** A training step on a whole batch. */
  readonly step: number;
  /** A picture that is only measured on. */
  readonly tested: number;
}

export interface PhaseWork {
  /** Pictures that have to go through the frozen part. */
  readonly pictures: number;
  /** Training steps of the whole phase. */
  readonly steps: number;
  readonly epochs: number;
  /** Pictures that each epoch is validated on. */
  readonly validation: number;
  /** Pictures that the phase is tested on in the end. */
  readonly test: number;
}

/** Writing a checkpoint after each epoch. */
const KEEPING = 0.1;

export const secondsBefore = (cost: PhaseCost, { pictures }: PhaseWork): number => cost.compile + pictures * cost.picture;
export const secondsAnEpoch = (cost: PhaseCost, { steps, epochs, validation }: PhaseWork): number => (cost.step * steps) / Math.max(1, epochs) + cost.tested * validation + KEEPING;
export const secondsOf = (cost: PhaseCost, work: PhaseWork): number => secondsBefore(cost, work) + work.epochs * secondsAnEpoch(cost, work) + work.test * cost.tested;

/** An ordinary machine: multiply-adds a second, and what a layer takes beside its arithmetic, in a step and to be compiled. */
const SPEED = 6e10;
const LAYER = 2e-4;
const COMPILED_LAYER = 8e-3;
/** A backward pass costs about two forward passes. */
const TRAINING = 3;

/** Before anything was measured: right to a factor of two or so. */
export function guessedCost({ network }: Grafted, { cut }: Plan, batchSize: number): PhaseCost {
  const layers = describeNetwork(network, '').blocks.flatMap((block) => block.layers);
  const first = layersBelow(network, cut).length;
  const [below = 0, above = 0] = [layers.slice(0, first), layers.slice(first)].map((part) => part.reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0) / SPEED);
  const tail = layers.length - first;
  return { compile: COMPILED_LAYER * tail, picture: below, step: LAYER * tail + TRAINING * above * batchSize, tested: above };
}

/** Steps after which TensorFlow has settled. */
const SETTLED = 2;
/** So many pictures tell how long one takes: with fewer, it is their first run that is measured. */
const TELLING = 1000;
/** The last so many count most: the machine may have become busier. */
const MEMORY = 200;

/** How long a phase still takes: by what was expected, until it has shown its own pace. */
export class PhaseClock {
  #steps = 0;
  #epochs = 0;
  #step: number;
  #tested: number;
  /** Of an epoch, beside its steps. */
  #rest: number;

  /** @param after seconds of the phases behind this one */
  constructor(
    expected: PhaseCost,
    private readonly work: Omit<PhaseWork, 'pictures'>,
    private readonly after: number
  ) {
    this.#step = expected.step;
    this.#tested = expected.tested;
    this.#rest = work.validation * expected.tested + KEEPING;
  }

  stepped(seconds: number): void {
    const n = ++this.#steps - SETTLED;
    if (n > 0) this.#step += (seconds - this.#step) / Math.min(n, MEMORY);
  }

  /** After an epoch. @param testing seconds of its validation; @param keeping of its checkpoint */
  rested(testing: number, keeping: number): void {
    const n = ++this.#epochs;
    const { validation } = this.work;
    this.#rest += (testing + keeping - this.#rest) / n;
    if (validation >= TELLING) this.#tested += (testing / validation - this.#tested) / n;
  }

  /** To the end of the run. @param steps of the phase that are done; @param ended epochs of it that are */
  left(steps: number, ended: number): number {
    const { steps: all, epochs, test } = this.work;
    return (all - steps) * this.#step + (epochs - ended) * this.#rest + test * this.#tested + this.after;
  }
}
