/** What one phase trains, validates and tests on: where the network is cut for it, and what is done to its pictures. */
import { type Augmentation, changesPictures } from '../../contract';
import type { JobContext } from '../context';
import type { ImageSet } from '../data/dataset';
import { type Cut, cutAtInput, cutBelow } from '../graph/cut';
import type { InputSpec } from '../graph/inference';
import type { Network, Weights } from '../model/layers';
import { Augmenter, drawAugmentation, pictureRandom } from './augmentation';
import { type Examples, FEATURE_BUDGET, makeExamples } from './examples';

/** Examples that may differ from epoch to epoch. */
export interface EpochExamples {
  readonly count: number;
  gather(positions: Int32Array, epoch: number): ReturnType<Examples['gather']>;
}

export interface PhaseExamples {
  readonly cut: Cut;
  readonly examples: { readonly training: EpochExamples; readonly validation: EpochExamples; readonly test: EpochExamples | null; dispose(): void };
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
  sets: { training: ImageSet; validation: ImageSet; test?: ImageSet },
  weights: Weights,
  { augmentation, seed }: View,
  context: JobContext
): Promise<PhaseExamples> {
  const { training, validation, test } = sets;
  const changes = augmentation !== undefined && changesPictures(augmentation) ? augmentation : null;
  const variants = changes?.variants ?? 1;
  const numbers = training.count * variants + validation.count + (test?.count ?? 0);
  const highest = cutBelow(network, trainable);
  const cut = variants > 0 && highest.size * numbers * 4 <= FEATURE_BUDGET ? highest : cutAtInput(network);

  const augmenter = changes && Augmenter.compile(changes, training.height, training.width);
  const changed = (pixels: Uint8Array | Float32Array, positions: Int32Array, epoch: number): Float32Array =>
    (augmenter as Augmenter).run(pixels, positions.length, drawAugmentation(changes as Augmentation, positions.length, (place) => pictureRandom(seed, epoch, positions[place] as number)));
  const make = (of: readonly ImageSet[]): Promise<Examples[]> => makeExamples(of, network, weights, input, cut, context);
  const [kept, validating, testing = null] = (await make([training, validation, ...(test ? [test] : [])])) as [Examples, Examples, Examples?];
  if (!changes) return { cut, examples: { training: kept, validation: validating, test: testing, dispose: () => undefined } };
  const anew: EpochExamples = {
    count: kept.count,
    gather: (positions, epoch) => {
      const batch = kept.gather(positions);
      return { ...batch, examples: changed(batch.examples, positions, epoch) };
    }
  };
  return { cut, examples: { training: anew, validation: validating, test: testing, dispose: () => augmenter?.dispose() } };
}
