/** How well a trained model does on pictures whose classes are known. */
import { type Picture, StoppedError, TsugikiError } from '../../contract';
import type { JobContext } from '../context';
import type { ProjectDataset } from '../data/project-dataset';
import { Stage } from '../data/stage';
import { type Answers, probabilitiesAt } from '../evaluation/answers';
import { type Judgement, judge } from '../evaluation/judgement';
import { Inference, joined, picturesARun } from '../graph/inference';
import { outputLayer } from '../model/layers';
import type { TrainedModel } from '../model/model-folder';

/** Pictures whose answers are kept, and bytes of them. */
const MOST_KEPT = 200_000;
const MOST_BYTES = 128 * 2 ** 20;

/** A picture with the index of its class among the model's. */
export interface Labelled {
  readonly picture: Pick<Picture, 'id' | 'hash'>;
  readonly label: number;
}

/** Gives the pixels of pictures one after the other, `size` x `size`; those that cannot be read are left out. */
interface PictureStream {
  stream(pictures: readonly Labelled['picture'][], size: number, context: JobContext): AsyncIterable<{ picture: Labelled['picture']; square: Uint8Array }>;
}

/** What a network has answered, by what a picture shows: its logits. */
export type KnownAnswers = Map<string, Float32Array>;

/** What is no number is asked anew, and refused then. @param hashes undefined for a picture that is not there any more; @param logits [hashes, classes] */
export function keepAnswers(known: KnownAnswers, hashes: readonly (string | undefined)[], logits: Float32Array): void {
  const classes = logits.length / hashes.length;
  hashes.forEach((hash, i) => {
    const row = logits.slice(i * classes, (i + 1) * classes);
    if (hash !== undefined && row.every(Number.isFinite)) known.set(hash, row);
  });
}

/**
 * A trained model to be tested, as often as one likes; compiled when it is first asked something new. What it has answered is kept before any
 * temperature: a class that was mended or a temperature that was changed costs no second look.
 */
export class Evaluator {
  #compiled: Inference | null = null;
  #disposed = false;

  /** @param known of the same weights; grows with what is answered */
  constructor(readonly model: TrainedModel, readonly known: KnownAnswers = new Map()) {}

  get #inference(): Inference {
    const { network, weights, meta } = this.model;
    return (this.#compiled ??= Inference.compile(network, weights, meta, ['logits', outputLayer(network).name]));
  }

  /**
   * Of pictures that are in memory.
   * @param pixels 0..255, [count, imageSize, imageSize, 3]; @param hashes what they show, where that is known
   * @returns as the app answers, [count, classes]
   */
  probabilities(pixels: Uint8Array, count: number, hashes: readonly string[] = []): Float32Array {
    const { classNames: { length: classes }, temperature } = this.model.meta;
    const rows = hashes.flatMap((hash) => this.known.get(hash) ?? []);
    const logits = rows.length === count ? joined(rows) : (this.#inference.run(pixels, count)[0] as Float32Array);
    keepAnswers(this.known, hashes, logits);
    return probabilitiesAt({ count, classes, logits }, temperature);
  }

  /**
   * Of all that can be read, in their order.
   * @throws TsugikiError no_numbers; StoppedError, also where the model was replaced meanwhile
   */
  async answers(source: PictureStream, asked: readonly Labelled[], context: JobContext): Promise<Answers> {
    const { imageSize, inputSize, classNames: { length: classes } } = this.model.meta;
    const found = new Map(asked.map(({ picture: { id, hash } }) => [id, this.known.get(hash)]));
    const fresh = asked.filter(({ picture }) => !found.get(picture.id)).map(({ picture }) => picture);
    const [bytes, batch] = [imageSize * imageSize * 3, Math.min(picturesARun(inputSize), fresh.length)];
    const stage = fresh.length > 0 ? new Stage(context, 'evaluate', fresh.length, 'pictures') : null;
    const pixels = new Uint8Array(batch * bytes);
    let waiting: Labelled['picture'][] = [];
    const run = async (): Promise<void> => {
      await context.breathe();
      if (this.#disposed) throw new StoppedError();
      const [logits] = this.#inference.run(pixels.subarray(0, waiting.length * bytes), waiting.length) as [Float32Array];
      if (!logits.every(Number.isFinite)) throw new TsugikiError('no_numbers', 'The model answers with something that is no number: its training went astray. Train again, with a smaller learning rate.');
      waiting.forEach(({ id, hash }, i) => {
        const row = logits.slice(i * classes, (i + 1) * classes);
        found.set(id, row);
        this.known.set(hash, row);
      });
      stage?.add(waiting.length);
      waiting = [];
    };
    for await (const { picture, square } of source.stream(fresh, imageSize, context)) {
      pixels.set(square, waiting.length * bytes);
      waiting.push(picture);
      if (waiting.length === batch) await run();
    }
    if (waiting.length > 0) await run();
    if (this.#disposed) throw new StoppedError();
    // Fewer than announced where some could not be read.
    stage?.to(fresh.length);
    this.#forgetOldest(Math.min(MOST_KEPT, Math.floor(MOST_BYTES / (4 * classes))));
    return table(asked, found, classes);
  }

  /** How many of them `answers` would have to look at. */
  unknownAmong(asked: readonly Labelled[]): number {
    return asked.filter(({ picture: { hash } }) => !this.known.has(hash)).length;
  }

  dispose(): void {
    this.#disposed = true;
    this.#compiled?.dispose();
  }

  #forgetOldest(most: number): void {
    for (const hash of this.known.keys()) {
      if (this.known.size <= most) return;
      this.known.delete(hash);
    }
  }
}

function table(asked: readonly Labelled[], found: ReadonlyMap<number, Float32Array | undefined>, classes: number): Answers {
  const answered = asked.filter(({ picture }) => found.get(picture.id));
  const logits = new Float32Array(answered.length * classes);
  answered.forEach(({ picture }, i) => logits.set(found.get(picture.id) ?? [], i * classes));
  return { count: answered.length, classes, ids: Int32Array.from(answered, ({ picture }) => picture.id), labels: Int32Array.from(answered, ({ label }) => label), logits };
}

/**
 * Classes are matched by name; pictures of others are counted and left out.
 * @throws TsugikiError classes_differ where none is left
 */
export function matchClasses(dataset: ProjectDataset, pictures: readonly Picture[], classNames: readonly string[]): { asked: Labelled[]; unknown: number } {
  const { header: { classes, name } } = dataset.project.state;
  const indices = new Map(classes.map((one) => [one.id, classNames.indexOf(one.name)]));
  const asked = pictures.map((picture) => ({ picture, label: indices.get(picture.class) ?? -1 })).filter(({ label }) => label >= 0);
  if (asked.length > 0 || pictures.length === 0) return { asked, unknown: pictures.length - asked.length };
  throw new TsugikiError(
    'classes_differ',
    `The model knows the classes ${classNames.join(', ')}; ${name} has ${classes.map((one) => one.name).join(', ')}. Choose pictures with the model's classes.`,
    { data: name, known: classNames.join(', '), given: classes.map((one) => one.name).join(', ') }
  );
}

export interface Evaluation extends Judgement {
  /** Pictures of classes that the model does not know. */
  readonly unknown: number;
  /** "all": the set has no test part, so the pictures it may have learned from were taken. */
  readonly testedOn: 'test' | 'test_first' | 'all';
}

/**
 * On a data set's test pictures, or on all pictures when it has no test part.
 * @throws TsugikiError classes_differ, no_numbers, empty_set; StoppedError
 */
export async function evaluateModel(model: TrainedModel, dataset: ProjectDataset, context: JobContext): Promise<Evaluation> {
  const { asked, unknown } = matchClasses(dataset, testPart(dataset), model.meta.classNames);
  const evaluator = new Evaluator(model);
  try {
    const answers = await evaluator.answers(dataset, asked, context);
    refuseNothing(answers, dataset);
    const { testedOn } = dataset.summary;
    return { ...judge(answers, model.meta), unknown, testedOn: testedOn === 'validation' ? 'all' : testedOn };
  } finally {
    evaluator.dispose();
  }
}

/** A data set's own test part; all of it where it has none. */
export function testPart({ view: { splits } }: ProjectDataset): readonly Picture[] {
  return splits.test.length > 0 ? splits.test : [...splits.train, ...splits.validation];
}

/** @throws TsugikiError empty_set */
export function refuseNothing({ count }: Pick<Answers, 'count'>, dataset: ProjectDataset): void {
  if (count > 0) return;
  const { name } = dataset.project.state.header;
  throw new TsugikiError('empty_set', `${name} has no picture to test the model on. Add some, or choose other pictures.`, { data: name });
}
