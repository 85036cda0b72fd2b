/** How well a trained model does on a data set's test part. */
import { TsugikiError } from '../../contract';
import type { JobContext } from '../context';
import type { Dataset } from '../data/dataset';
import { Inference, picturesARun } from '../graph/inference';
import type { TrainedModel } from '../model/model-folder';
import { Pace } from '../training/pace';

export interface Evaluation {
  readonly count: number;
  readonly loss: number;
  readonly accuracy: number;
  /** "all": the set has no test part, so the pictures it may have learned from were taken. */
  readonly testedOn: 'test' | 'test_first' | 'all';
}

/** The same floor Keras puts under a probability before its logarithm. */
const EPSILON = 1e-7;

/** A trained model compiled to be tested, as often as one likes. */
export class Evaluator {
  /** By the size that pictures are stored at; compiled when it is first met. */
  readonly #inferences = new Map<number, Inference>();

  constructor(private readonly model: TrainedModel) {}

  /**
   * On the test pictures, or on all pictures when the set has no test part.
   * @throws TsugikiError classes_differ; StoppedError
   */
  async evaluate(dataset: Dataset, context: JobContext): Promise<Evaluation> {
    const { meta } = this.model;
    const known = meta.classNames.join('\n');
    if (dataset.summary.classNames.join('\n') !== known) {
      throw new TsugikiError(
        'classes_differ',
        `The model knows the classes ${meta.classNames.join(', ')}; ${dataset.summary.name} has ${dataset.summary.classNames.join(', ')}. Choose a data set with the model's classes.`,
        { data: dataset.summary.name }
      );
    }
    const test = await dataset.load('test', meta.inputSize, context);
    const { testedOn } = dataset.summary;
    const set = test.count > 0 ? test : await dataset.load('train', meta.inputSize, context);
    const inference = this.#inferenceAt(set.height);
    const pace = new Pace(set.count);
    const [bytes, classes, batch] = [set.height * set.width * 3, meta.classNames.length, picturesARun(meta.inputSize)];
    let [loss, hits] = [0, 0];
    for (let from = 0; from < set.count; from += batch) {
      const to = Math.min(set.count, from + batch);
      const [values] = inference.run(set.pixels.subarray(from * bytes, to * bytes), to - from) as [Float32Array];
      for (let i = from; i < to; i++) {
        const row = values.subarray((i - from) * classes, (i - from + 1) * classes);
        const label = set.labels[i] as number;
        loss -= Math.log(Math.max(row[label] as number, EPSILON));
        if (row.every((p, k) => k === label || p < (row[label] as number))) hits += 1;
      }
      context.report({ kind: 'stage', stage: 'evaluate', unit: 'pictures', ...pace.advance(to - from) });
      await context.breathe();
    }
    return { count: set.count, loss: loss / set.count, accuracy: hits / set.count, testedOn: testedOn === 'validation' ? 'all' : testedOn };
  }

  #inferenceAt(imageSize: number): Inference {
    const { meta, network, weights } = this.model;
    const made = this.#inferences.get(imageSize) ?? Inference.compile(network, weights, { ...meta, imageSize }, [network.layers[network.layers.length - 1]?.name ?? '']);
    this.#inferences.set(imageSize, made);
    return made;
  }

  dispose(): void {
    for (const inference of this.#inferences.values()) inference.dispose();
    this.#inferences.clear();
  }
}

/** As `Evaluator`, once. */
export async function evaluateModel(model: TrainedModel, dataset: Dataset, context: JobContext): Promise<Evaluation> {
  const evaluator = new Evaluator(model);
  try {
    return await evaluator.evaluate(dataset, context);
  } finally {
    evaluator.dispose();
  }
}
