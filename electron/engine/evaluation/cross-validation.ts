/** Probabilities for every example by a model that has not learned from it: k-fold cross-validation of a softmax regression on features. */
import type { JobContext } from '../context';
import { Trainer, type TrainerSpec } from '../graph/trainer';
import type { Weights } from '../model/layers';
import { Random } from '../model/random';

export const FOLDS = 4;
const BATCH = 256;
const EPOCHS = 6;
/** Small sets are gone through more often. */
const LEAST_STEPS = 200;
const LEARNING_RATE = 0.001;
/** Some tens of milliseconds' worth of steps. */
const BREATH = 16;

export interface Validated {
  readonly count: number;
  readonly labels: Int32Array;
  gather(positions: Int32Array): { readonly examples: Float32Array; readonly labels: Int32Array };
}

/**
 * @param spec the network with its cut below what learns
 * @param weights what every fold begins with
 * @param onStep called with the share of the work that is done
 * @returns [examples.count, classes]
 */
export async function outOfSample(examples: Validated, classes: number, spec: Pick<TrainerSpec, 'network' | 'cut' | 'input' | 'trainable'>, weights: Weights, seed: number, onStep: (share: number) => void, context: JobContext): Promise<Float32Array> {
  const folds = stratified(examples.labels, seed);
  const all = Int32Array.from(folds, (_, position) => position);
  const probabilities = new Float32Array(examples.count * classes);
  const trainer = new Trainer({ ...spec, optimizer: { name: 'adam', learningRate: LEARNING_RATE } }, weights);
  try {
    for (let fold = 0; fold < FOLDS; fold++) {
      const [others, held] = [all.filter((position) => folds[position] !== fold), all.filter((position) => folds[position] === fold)];
      const random = new Random(seed + fold);
      const steps = Math.max(LEAST_STEPS, Math.ceil((EPOCHS * others.length) / BATCH));
      trainer.setState(weights, null);
      for (let step = 0, at = Infinity; step < steps; step++, at += BATCH) {
        if (at + BATCH > others.length) {
          random.shuffle(others);
          at = 0;
        }
        // Cosine, so that the last steps settle (Loshchilov and Hutter 2017).
        trainer.step(examples.gather(others.subarray(at, at + BATCH)), (LEARNING_RATE * (1 + Math.cos((Math.PI * step) / steps))) / 2);
        if (step % BREATH > 0) continue;
        onStep((fold + step / steps) / FOLDS);
        await context.breathe();
      }
      for (let at = 0; at < held.length; at += BATCH) {
        const positions = held.subarray(at, at + BATCH);
        const rows = trainer.probabilities(examples.gather(positions).examples, positions.length);
        positions.forEach((position, i) => probabilities.set(rows.subarray(i * classes, (i + 1) * classes), position * classes));
      }
    }
  } finally {
    trainer.dispose();
  }
  return probabilities;
}

/** The fold of each example: every fold has its share of every class. */
function stratified(labels: Int32Array, seed: number): Int32Array {
  const order = new Random(seed).shuffle(Int32Array.from(labels, (_, position) => position));
  // Sorting keeps the shuffled order inside a class.
  const byClass = [...order].sort((a, b) => labels[a]! - labels[b]!);
  const folds = new Int32Array(labels.length);
  byClass.forEach((position, i) => (folds[position] = i % FOLDS));
  return folds;
}
