/** How the open model does on pictures of the open project, or on a test set of one's own that lies beside it. */
import { type ClassCurves, type ModelSettings, type Picture, type PictureSet, StoppedError, TsugikiError, type Understanding } from '../contract';
import type { JobContext } from './context';
import { openDataset } from './data/open';
import type { ProjectDataset } from './data/project-dataset';
import type { Desk } from './desk';
import { type Answers, probabilitiesAt } from './evaluation/answers';
import { judge, passedOf } from './evaluation/judgement';
import { curvesOf } from './evaluation/ranking';
import type { Tested } from './export/model-card';
import { Evaluator, keepAnswers, type KnownAnswers, matchClasses, refuseNothing, testPart } from './jobs/evaluate';
import { saveModelMeta } from './model/model-folder';
import type { AnsweredPictures } from './jobs/train';
import { testWithin } from './jobs/test-within';
import { readKeptBack } from './training/kept-back';

/** That an export may take for its model card: the lesson's 10,000 test pictures, about. */
const TEST_SECONDS = 1.5;

/** Pictures to ask the model about. */
export interface Chosen {
  /** "test" falls back to what there is: the validation part, then what was trained on. */
  readonly set: PictureSet;
  readonly dataset: ProjectDataset;
  readonly pictures: readonly Picture[];
}

/** For a model card, on what the evaluator knows already and what it can be asked meanwhile. @returns null where it knows none of the pictures' classes */
export function testForCard(evaluator: Evaluator, { set, dataset, pictures }: Chosen, context: JobContext): Promise<Tested | null> {
  const on = set === 'test' && dataset.summary.testedOn === 'test_first' ? 'test_first' : set === 'own' ? 'all' : set;
  return testWithin(TEST_SECONDS, evaluator, { dataset, pictures, on }, { ...context, report: () => undefined });
}

export class Understander {
  #own: ProjectDataset | null = null;
  #evaluator: Evaluator | null = null;
  /** Of the set that was evaluated last. */
  #last: Answers | null = null;
  /** One after the other: two drafts of one file would be in each other's way. */
  #settings: Promise<unknown> = Promise.resolve();

  constructor(readonly desk: Desk) {}

  /** The project, or the own test set. @throws TsugikiError no_own_set */
  dataset(own: boolean | undefined): ProjectDataset {
    if (!own) return this.desk.dataset;
    if (!this.#own) throw new TsugikiError('no_own_set', 'No test set of your own is open. Choose one first.');
    return this.#own;
  }

  /**
   * The pictures of a set as they are now. What the run kept for validation is known by name, whatever has happened to the pictures since.
   * @throws TsugikiError no_own_set, no_data, no_model
   */
  async choose(set: PictureSet): Promise<Chosen> {
    const dataset = this.dataset(set === 'own');
    if (set === 'own') return { set, dataset, pictures: testPart(dataset) };
    const { splits } = dataset.view;
    const kept = await readKeptBack(this.desk.modelDirectory);
    const isKept = ({ id }: Picture): boolean => kept.has(id);
    const parts = {
      test: splits.test,
      validation: [...splits.validation, ...splits.train.filter(isKept)],
      train: splits.train.filter((picture) => !isKept(picture))
    };
    const order: (keyof typeof parts)[] = set === 'test' ? ['test', 'validation', 'train'] : [set];
    const there = order.find((part) => parts[part].length > 0) ?? set;
    return { set: there, dataset, pictures: parts[there] };
  }

  /** @throws TsugikiError no_own_set, no_data, no_model, empty_set, classes_differ, no_numbers; StoppedError */
  async evaluate(set: PictureSet, context: JobContext): Promise<Understanding> {
    const { revision } = this.desk.dataset.project;
    const { dataset, pictures, set: chosen } = await this.choose(set);
    const { model } = this.desk.classifier;
    const { classNames } = model.meta;
    const { asked, unknown } = matchClasses(dataset, pictures, classNames);
    const answers = await this.#opened.answers(dataset, asked, context);
    refuseNothing(answers, dataset);
    this.#last = answers;
    return { ...judge(answers, this.desk.classifier.model.meta), set: chosen, name: dataset.project.state.header.name, revision, classNames, unknown };
  }

  /** What the open model has answered so far. */
  get known(): KnownAnswers {
    return this.#opened.known;
  }

  /** A training's last test: its pictures need no second look. */
  remember({ ids, logits }: AnsweredPictures, dataset: ProjectDataset): void {
    const { pictures } = dataset.project.state;
    keepAnswers(this.known, Array.from(ids, (id) => pictures.get(id)?.hash), logits);
  }

  get #opened(): Evaluator {
    return (this.#evaluator ??= new Evaluator(this.desk.classifier.model));
  }

  /**
   * Opens pictures as a test set, in memory; its name. One that cannot be used leaves the one before.
   * @throws TsugikiError data_not_found, no_pictures and the like, own_without_classes; StoppedError
   */
  async openOwn(path: string, context: JobContext): Promise<string> {
    const dataset = await openDataset({ kind: 'path', path }, context);
    const { name } = dataset.project.state.header;
    const isUsable = dataset.project.pictures.length > 0;
    if (!isUsable || context.signal.aborted) {
      dataset.close();
      if (isUsable) throw new StoppedError();
      throw new TsugikiError('own_without_classes', `The pictures in ${path} have no classes to compare with. Put them into one folder for each class, named as the model names them.`, { path });
    }
    this.#own?.close();
    this.#own = dataset;
    return name;
  }

  /** Of the set that was evaluated last. @throws TsugikiError not_evaluated, unknown_class */
  curves(index: number): ClassCurves {
    if (!this.#last) throw new TsugikiError('not_evaluated', 'The model has not been tested yet. Evaluate it first.');
    if (index >= this.#last.classes) throw new TsugikiError('unknown_class', `The model has no class ${index}. Choose one of its ${this.#last.classes} classes.`, { id: index });
    return curvesOf(passedOf(this.#last, probabilitiesAt(this.#last, this.desk.classifier.model.meta.temperature), index));
  }

  /** Kept with the model; from now on it answers so everywhere. @throws TsugikiError no_model, not_a_model, cannot_write */
  set(settings: ModelSettings): Promise<ModelSettings> {
    const mine = this.#settings.then(() => this.#set(settings));
    this.#settings = mine.catch(() => undefined);
    return mine;
  }

  async #set(settings: ModelSettings): Promise<ModelSettings> {
    const { desk } = this;
    const { model } = desk.classifier;
    const meta = { ...model.meta, ...settings };
    await saveModelMeta(desk.modelDirectory, meta);
    // Another run may have ended meanwhile.
    if (desk.classifier.model === model) desk.use({ ...model, meta }, desk.modelDirectory);
    return settings;
  }

  /** The desk has another model: what the one before has answered is forgotten, unless it was only told to answer otherwise. */
  modelChanged(): void {
    if (this.#evaluator?.model.weights === this.desk.classifier.model.weights) return;
    this.#evaluator?.dispose();
    this.#evaluator = this.#last = null;
  }

  /** The project is closed, and with it what lay beside it. */
  close(): void {
    this.#own?.close();
    this.#evaluator?.dispose();
    this.#own = this.#evaluator = this.#last = null;
  }
}
