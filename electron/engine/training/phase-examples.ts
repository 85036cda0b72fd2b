/** What one phase trains, validates and tests on: where the network is cut for it, and what is done to its pictures. */
import { type Augmentation, changesPictures } from '../../contract';
import type { JobContext } from '../context';
import type { ImageSet } from '../data/dataset';
import { type Cut, cutAtInput, cutBelow } from '../graph/cut';
import type { InputSpec } from '../graph/inference';
import type { Network, Weights } from '../model/layers';
import { Augmenter, drawAugmentation, pictureRandom } from './augmentation';
import { type Examples, fits, makeExamples, type PictureSource, picturesOf } from './examples';

/** Examples that may differ from epoch to epoch. */
export interface EpochExamples {
  readonly count: number;
  gather(positions: Int32Array, epoch: number): ReturnType<Examples['gather']>;
}

export interface PhaseExamples {
  readonly cut: Cut;
  readonly training: EpochExamples;
  /** Of the sets that are only measured on, in their order. */
  readonly others: readonly EpochExamples[];
  /** Changed variants of each picture that are kept; 0 where they are changed anew in each epoch, null where they are not changed. */
  readonly variants: number | null;
  dispose(): void;
}

/** A phase's network at its input size, and what of it trains. */
export interface Grafted {
  readonly network: Network;
  readonly input: InputSpec;
  readonly trainable: ReadonlySet<string>;
}

/** How the phase sees its pictures. */
interface View {
  readonly augmentation?: Augmentation;
  readonly seed: number;
}

/**
 * Without augmentation, features at the highest cut there is. With it, either some variants of each picture go through the prefix once and
 * take turns, or pictures are changed anew in each epoch and the whole network runs in each step.
 */
export async function makePhaseExamples(
  { network, input, trainable }: Grafted,
  training: ImageSet,
  others: readonly ImageSet[],
  weights: Weights,
  { augmentation, seed }: View,
  context: JobContext
): Promise<PhaseExamples> {
  const changes = augmentation !== undefined && changesPictures(augmentation) ? augmentation : null;
  const variants = changes ? changes.variants : 1;
  const kept = others.reduce((sum, set) => sum + set.count, training.count * variants);
  const highest = cutBelow(network, trainable);
  const cut = variants > 0 && fits(highest, kept) ? highest : cutAtInput(network);

  const augmented = changes && new Augmented(training, changes, seed);
  const fresh = augmented !== null && cut.atInput;
  const sources = augmented && !fresh ? Array.from({ length: variants }, (_, variant) => augmented.variant(variant)) : [training];
  const made = await makeExamples([...sources, ...others], network, weights, input, cut, context);
  const turns = made.slice(0, sources.length);
  const dispose = (): void => {
    made.forEach((examples) => examples.dispose());
    augmented?.dispose();
  };
  const { count } = training;
  const gather = (positions: Int32Array, epoch: number): ReturnType<Examples['gather']> => {
    const batch = (turns[epoch % turns.length] as Examples).gather(positions);
    return fresh ? { ...batch, examples: augmented.change(batch.examples, positions, epoch) } : batch;
  };
  return { cut, training: { count, gather }, others: made.slice(sources.length), variants: changes && (fresh ? 0 : variants), dispose };
}

/** The pictures of a set, changed. */
class Augmented {
  readonly #augmenter: Augmenter;

  constructor(
    private readonly set: ImageSet,
    private readonly augmentation: Augmentation,
    private readonly seed: number
  ) {
    this.#augmenter = Augmenter.compile(augmentation, set.height, set.width);
  }

  /** @param pixels of the pictures at `positions`; @param turn epoch or variant */
  change(pixels: Uint8Array | Float32Array, positions: ArrayLike<number>, turn: number): Float32Array {
    const drawn = drawAugmentation(this.augmentation, positions.length, (place) => pictureRandom(this.seed, turn, positions[place] as number));
    return this.#augmenter.run(pixels, positions.length, drawn);
  }

  /** All pictures, each changed once: what goes through the frozen part and is kept. */
  variant(variant: number): PictureSource {
    const { mixup: _mixup, variants: _variants, ...how } = this.augmentation;
    const pictures = picturesOf(this.set);
    return { ...pictures, variant: JSON.stringify({ ...how, seed: this.seed, variant }), pixels: (positions) => this.change(pictures.pixels(positions), positions, variant) };
  }

  dispose(): void {
    this.#augmenter.dispose();
  }
}
