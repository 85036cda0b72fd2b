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

/** Evaluates on the test pictures, or on all pictures when the set has no test part. */
export async function evaluateModel(model: TrainedModel, dataset: Dataset, context: JobContext): Promise<Evaluation> {
  const { meta, network, weights } = model;
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
  const last = network.layers[network.layers.length - 1];
  const inference = Inference.compile(network, weights, { ...meta, imageSize: set.height }, [last?.name ?? '']);
  const pace = new Pace(set.count);
  const [bytes, classes] = [set.height * set.width * 3, meta.classNames.length];
  let [loss, hits] = [0, 0];
  try {
    const batch = picturesARun(meta.inputSize);
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
  } finally {
    inference.dispose();
  }
  return { count: set.count, loss: loss / set.count, accuracy: hits / set.count, testedOn: testedOn === 'validation' ? 'all' : testedOn };
}
