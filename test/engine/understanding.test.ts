/** How a model does on the parts of a project and on a test set of one's own: counted anew only where something has changed. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Progress, type Understanding } from '../../electron/contract';
import { JobControl, quietContext } from '../../electron/engine/context';
import { createProject } from '../../electron/engine/data/open';
import type { ProjectDataset } from '../../electron/engine/data/project-dataset';
import type { Desk } from '../../electron/engine/desk';
import { Classifier } from '../../electron/engine/jobs/classify';
import { evaluateModel } from '../../electron/engine/jobs/evaluate';
import { type RunOutcome, train } from '../../electron/engine/jobs/train';
import { loadModelFolder, type TrainedModel } from '../../electron/engine/model/model-folder';
import { Understander } from '../../electron/engine/understanding';
import { checkRecipe } from '../../electron/cli/recipe-file';
import { plain, png, recordingContext, temporaryFolder } from './fixtures';
import { CIFAR, hasShared, WEIGHTS } from './shared';

const root = temporaryFolder();

/** What the engine keeps for its requests. */
class SmallDesk implements Desk {
  readonly understander = new Understander(this);
  #classifier: Classifier | null = null;
  modelDirectory = '';

  constructor(readonly dataset: ProjectDataset) {}

  get classifier(): Classifier {
    if (!this.#classifier) throw new Error('No model yet.');
    return this.#classifier;
  }

  use(model: TrainedModel, directory: string): void {
    if (!this.#classifier?.takesOver(model)) {
      this.#classifier?.dispose();
      this.#classifier = new Classifier(model);
    }
    this.modelDirectory = directory;
    this.understander.modelChanged();
  }
}

/** Pictures of single colours, each of its own, in folders of `classes`; every class has its channel. */
async function folderOf(name: string, classes: readonly string[], count: number): Promise<string> {
  const folder = join(root, name);
  for (const [k, label] of classes.entries()) {
    mkdirSync(join(folder, label), { recursive: true });
    for (let i = 0; i < count; i++) {
      const colour = [0, 1, 2].map((channel) => (channel === k ? 255 - 5 * i : 6 * i));
      writeFileSync(join(folder, label, `${i}.png`), await png(plain(32, 32, ...colour)));
    }
  }
  return folder;
}

const CLASSES = ['blue', 'green', 'red'];
let dataset: ProjectDataset;
let outcome: RunOutcome;
beforeAll(async () => {
  const folder = await folderOf('pictures', CLASSES, 20);
  dataset = await createProject(join(root, 'project'), 'Colours', { kind: 'path', path: folder }, quietContext());
  dataset.edit({ kind: 'set_splits', splits: { order: 'shuffled', seed: 0, testShare: 0.2 } });
  const recipe = checkRecipe({ alpha: 0.35, batchSize: 8, head: [{ units: 8 }], phases: [{ name: 'frozen', epochs: 2, optimizer: { name: 'adam', learningRate: 0.03 } }] });
  outcome = await train({ recipe, weights: 'random', dataset, directory: join(root, 'project', 'runs', 'one'), runId: 'one', resume: false }, quietContext());
});

async function desk(): Promise<SmallDesk> {
  const made = new SmallDesk(dataset);
  made.use(await loadModelFolder(outcome.modelDirectory!), outcome.modelDirectory!);
  return made;
}

/** How many pictures the model was run on. */
async function counting(work: (context: ReturnType<JobControl['context']>) => Promise<Understanding>): Promise<{ ran: number; answer: Understanding }> {
  const { context, reports } = recordingContext();
  const answer = await work(context);
  const stages = reports.filter((report): report is Extract<Progress, { kind: 'stage' }> => report.kind === 'stage' && report.stage === 'evaluate');
  return { ran: Math.max(0, ...stages.map(({ total }) => total)), answer };
}

describe('the test part', () => {
  it('gives the run\'s own accuracy and loss, and the same as the command line\'s job', async () => {
    const { understander, classifier } = await desk();
    const { result } = outcome.results[0]!;
    const answer = await understander.evaluate('test', quietContext());
    expect(answer).toMatchObject({ set: 'test', name: 'Colours', count: 12, unknown: 0, classNames: CLASSES, revision: dataset.project.revision, accuracy: result.test_accuracy });
    expect(answer.loss).toBeCloseTo(result.test_loss!, 5);
    const { testedOn, ...evaluated } = await evaluateModel(classifier.model, dataset, quietContext());
    expect(testedOn).toBe('test');
    expect(answer).toMatchObject(evaluated);
  });

  it('says of each picture what the classifier says', async () => {
    const { understander, classifier } = await desk();
    const { pictures, classNames } = await understander.evaluate('test', quietContext());
    for (const [i, id] of pictures.id.entries()) {
      const { pixels, width, height } = await dataset.look(id, 32, quietContext());
      const { top, probabilities } = classifier.look({ pixels, width, height });
      expect(classNames[pictures.predicted[i]!]).toBe(top[0]!.label);
      expect(pictures.probability[i]).toBeCloseTo(top[0]!.probability, 4);
      expect(pictures.labelProbability[i]).toBeCloseTo(probabilities[pictures.label[i]!]!, 4);
      expect(dataset.project.state.header.classes.find(({ id: own }) => own === dataset.picture(id).class)!.name).toBe(classNames[pictures.label[i]!]);
    }
  });
});

describe('the parts that the run was trained and validated on', () => {
  it('are those of its recipe, also after the pictures were edited', async () => {
    const { understander } = await desk();
    const { history } = outcome.results[0]!.result;
    const validation = await understander.evaluate('validation', quietContext());
    expect(validation).toMatchObject({ set: 'validation', count: 10, accuracy: history.val_accuracy![1] });
    expect(validation.loss).toBeCloseTo(history.val_loss![1]!, 5);
    const [first] = dataset.view.splits.train;
    dataset.edit({ kind: 'exclude', pictures: [first!.id] });
    const again = await understander.evaluate('validation', quietContext());
    expect([...again.pictures.id].sort()).toEqual([...validation.pictures.id].sort());
    const { pictures } = await understander.evaluate('train', quietContext());
    expect(pictures.id).toHaveLength(37);
    for (const id of validation.pictures.id) expect(pictures.id).not.toContain(id);
    dataset.undo();
  });

  it('stand in for a test part where there is none', async () => {
    const { understander } = await desk();
    dataset.edit({ kind: 'set_splits', splits: { order: 'shuffled', seed: 0, testShare: 0 } });
    const { set, pictures } = await understander.evaluate('test', quietContext());
    expect(set).toBe('validation');
    expect(pictures.id).toHaveLength(10);
    expect(pictures).toEqual((await understander.evaluate('validation', quietContext())).pictures);
    dataset.undo();
  });
});

describe('what was answered already', () => {
  it('is also what the training has tested last', async () => {
    const { understander, classifier } = await desk();
    const fresh = await understander.evaluate('test', quietContext());
    const after = new SmallDesk(dataset);
    after.use(classifier.model, outcome.modelDirectory!);
    after.understander.remember(outcome.answered!, dataset);
    const { ran, answer } = await counting((context) => after.understander.evaluate('test', context));
    expect(ran).toBe(0);
    expect(answer.pictures.predicted).toEqual(fresh.pictures.predicted);
    answer.pictures.probability.forEach((probability, i) => expect(probability).toBeCloseTo(fresh.pictures.probability[i]!, 5));
  });

  it('is nothing where the last phase has tested the network at another size', async () => {
    const adam = { name: 'adam', learningRate: 0.01 };
    const recipe = checkRecipe({ alpha: 0.35, batchSize: 16, head: [{ units: 8 }], phases: [{ name: 'frozen', epochs: 1, optimizer: adam }, { name: 'larger', epochs: 1, optimizer: adam, inputSize: 64 }] });
    const { answered } = await train({ recipe, weights: 'random', dataset, directory: join(root, 'larger'), runId: 'larger', resume: false }, quietContext());
    expect(answered).toBeNull();
  });

  it('is nothing of a training that went astray, whose model is refused when it is asked', async () => {
    const { understander, classifier } = await desk();
    understander.remember({ ids: outcome.answered!.ids, logits: outcome.answered!.logits.map(() => NaN) }, dataset);
    expect(understander.known.size).toBe(0);
    const [key, bias] = [...classifier.model.weights].reverse().find(([name]) => name.endsWith('/bias'))!;
    const astray = new SmallDesk(dataset);
    astray.use({ ...classifier.model, weights: new Map(classifier.model.weights).set(key, bias.map(() => NaN)) }, outcome.modelDirectory!);
    await expect(astray.understander.evaluate('test', quietContext())).rejects.toMatchObject({ code: 'no_numbers' });
  });

  it('is not computed again after a class was mended, a picture excluded or the temperature changed', async () => {
    const { understander } = await desk();
    const before = await counting((context) => understander.evaluate('test', context));
    expect(before.ran).toBe(12);
    const [id] = before.answer.pictures.id;
    const [red, other] = ['red', 'blue'].map((name) => dataset.project.state.header.classes.find((one) => one.name === name)!.id);
    dataset.edit({ kind: 'move', pictures: [id!], class: dataset.picture(id!).class === red ? other! : red! });
    const moved = await counting((context) => understander.evaluate('test', context));
    expect(moved.ran).toBeLessThanOrEqual(1);
    expect(moved.answer.revision).toBe(before.answer.revision + 1);
    const place = moved.answer.pictures.id.indexOf(id!);
    expect(moved.answer.pictures.label[place]).not.toBe(before.answer.pictures.label[0]);
    dataset.edit({ kind: 'exclude', pictures: [id!] });
    const excluded = await counting((context) => understander.evaluate('test', context));
    expect(excluded.ran).toBeLessThanOrEqual(1);
    expect(excluded.answer.pictures.id).not.toContain(id);
    await understander.set({ temperature: 2, threshold: null });
    expect((await counting((context) => understander.evaluate('test', context))).ran).toBe(0);
    await understander.set({ temperature: 1, threshold: null });
    dataset.undo();
    dataset.undo();
  });

  it('is forgotten with the model', async () => {
    const table = await desk();
    await table.understander.evaluate('test', quietContext());
    table.use(await loadModelFolder(outcome.modelDirectory!), outcome.modelDirectory!);
    expect(() => table.understander.curves(0)).toThrowError(expect.objectContaining({ code: 'not_evaluated' }));
    expect((await counting((context) => table.understander.evaluate('test', context))).ran).toBe(12);
  });

  it('is of no model that was replaced meanwhile', async () => {
    const table = await desk();
    const model = await loadModelFolder(outcome.modelDirectory!);
    const { context } = recordingContext();
    const going = table.understander.evaluate('train', { ...context, report: (progress) => progress.kind === 'stage' && progress.stage === 'evaluate' && table.use(model, outcome.modelDirectory!) });
    await expect(going).rejects.toMatchObject({ code: 'stopped' });
  });

  it('is nothing yet when the job is cancelled at once, and all the next time', async () => {
    const { understander } = await desk();
    const control = new JobControl();
    const cancelled = understander.evaluate('train', control.context(() => control.stop()));
    await expect(cancelled).rejects.toMatchObject({ code: 'stopped' });
    expect((await understander.evaluate('train', quietContext())).count).toBe(38);
  });
});

describe('temperature and threshold', () => {
  it('are kept with the model and take effect at once, here and where it classifies', async () => {
    const table = await desk();
    const plainly = await table.understander.evaluate('test', quietContext());
    const picture = await png(plain(32, 32, 90, 120, 40));
    const before = table.classifier.classify(picture);
    expect(before.unknown).toBe(false);
    const settings = { temperature: 5, threshold: 0.99 };
    expect(await table.understander.set(settings)).toEqual(settings);
    expect((await loadModelFolder(outcome.modelDirectory!)).meta).toMatchObject(settings);
    const after = table.classifier.classify(picture);
    expect(after.unknown).toBe(true);
    expect(after.top[0]!.probability).toBeLessThan(before.top[0]!.probability);
    const set = await table.understander.evaluate('test', quietContext());
    expect(set.settings).toEqual(settings);
    expect(set.accuracy).toBe(plainly.accuracy);
    expect(Math.max(...set.pictures.probability)).toBeLessThan(Math.max(...plainly.pictures.probability));
    expect(set.scaled).toEqual(plainly.scaled);
    expect((await evaluateModel(table.classifier.model, dataset, quietContext())).loss).toBe(set.loss);
    await table.understander.set({ temperature: 1, threshold: null });
  });

  it('may be asked for several at once; the last stays, and a threshold alone compiles nothing', async () => {
    const { understander, classifier, modelDirectory } = await desk();
    const settings = [0.9, 0.5, 0.2].map((threshold) => ({ temperature: 1, threshold }));
    await Promise.all(settings.map((one) => understander.set(one)));
    expect((await loadModelFolder(modelDirectory)).meta).toMatchObject({ temperature: 1, threshold: 0.2 });
    expect(understander.desk.classifier).toBe(classifier);
    expect(classifier.model.meta.threshold).toBe(0.2);
    await understander.set({ temperature: 2, threshold: 0.2 });
    expect(understander.desk.classifier).not.toBe(classifier);
    await understander.set({ temperature: 1, threshold: null });
  });
});

describe('a test set of one\'s own', () => {
  it('is opened beside the project, matched by the names of its classes, and looked at like the project', async () => {
    const { understander } = await desk();
    await expect(understander.evaluate('own', quietContext())).rejects.toMatchObject({ code: 'no_own_set' });
    const folder = await folderOf('mine', ['red', 'zebra', 'blue'], 4);
    expect(await understander.openOwn(folder, quietContext())).toBe('mine');
    const answer = await understander.evaluate('own', quietContext());
    expect(answer).toMatchObject({ set: 'own', name: 'mine', count: 8, unknown: 4, revision: dataset.project.revision });
    expect(answer.classes.map(({ support }) => support)).toEqual([4, 0, 4]);
    expect(answer.classes[1]).toMatchObject({ recall: null, rocAuc: null, averagePrecision: null });
    const query = { part: 'all', class: null, text: '', only: [...answer.pictures.id], own: true } as const;
    const { pictures } = await understander.dataset(query.own).thumbnails({ ...query, only: [...query.only] }, 0, 10, quietContext());
    expect(pictures.map(({ file }) => file.split('/')[0])).toEqual(Array.from(answer.pictures.label, (label) => CLASSES[label]));
  });

  it('that is refused leaves the one before', async () => {
    const { understander } = await desk();
    await understander.openOwn(await folderOf('kept', CLASSES, 2), quietContext());
    await expect(understander.openOwn(join(root, 'nowhere'), quietContext())).rejects.toMatchObject({ code: 'data_not_found' });
    const loose = mkdtempSync(join(root, 'loose'));
    writeFileSync(join(loose, 'a.png'), await png(plain(8, 8, 1, 2, 3)));
    await expect(understander.openOwn(loose, quietContext())).rejects.toMatchObject({ code: 'own_without_classes' });
    expect(await understander.evaluate('own', quietContext())).toMatchObject({ name: 'kept', count: 6 });
  });

  it('with none of the model\'s classes is refused with both lists', async () => {
    const { understander } = await desk();
    await understander.openOwn(await folderOf('other', ['zebra', 'gnu'], 2), quietContext());
    await expect(understander.evaluate('own', quietContext())).rejects.toMatchObject({ code: 'classes_differ', message: expect.stringMatching(/knows the classes blue, green, red; other has gnu, zebra/) as string });
  });

  it('goes with the project', async () => {
    const { understander } = await desk();
    await understander.openOwn(await folderOf('going', CLASSES, 2), quietContext());
    understander.close();
    expect(() => understander.dataset(true)).toThrowError(expect.objectContaining({ code: 'no_own_set' }));
  });
});

describe('curves', () => {
  it('are of the set that was evaluated last, and of one of its classes', async () => {
    const { understander } = await desk();
    expect(() => understander.curves(0)).toThrowError(expect.objectContaining({ code: 'not_evaluated' }));
    await understander.evaluate('test', quietContext());
    const { roc, precisionRecall } = understander.curves(2);
    expect(roc[0]).toEqual({ falsePositiveRate: 0, truePositiveRate: 0 });
    expect(roc[roc.length - 1]).toEqual({ falsePositiveRate: 1, truePositiveRate: 1 });
    expect(precisionRecall[0]).toEqual({ recall: 0, precision: 1 });
    expect(() => understander.curves(3)).toThrowError(expect.objectContaining({ code: 'unknown_class' }));
  });
});

describe.skipIf(!hasShared)('the pictures of CIFAR-10', () => {
  const table = { dataset: null as ProjectDataset | null };
  let trained: RunOutcome;
  let understander: Understander;
  beforeAll(async () => {
    const dataset = await createProject(join(root, 'cifar'), 'CIFAR-10', { kind: 'path', path: CIFAR }, quietContext());
    table.dataset = dataset;
    const recipe = checkRecipe({ limit: 2000, phases: [{ name: 'frozen', epochs: 2 }] });
    trained = await train({ recipe, weights: WEIGHTS, dataset, directory: join(root, 'cifar', 'runs', 'one'), runId: 'one', resume: false }, quietContext());
    const desk = new SmallDesk(dataset);
    desk.use(trained.model!, trained.modelDirectory!);
    ({ understander } = desk);
  }, 120_000);

  it('are tested as the run has tested them, and after one is mended only the figures are counted anew', async () => {
    const { result } = trained.results[0]!;
    const first = await counting((context) => understander.evaluate('test', context));
    const { testCount } = table.dataset!.summary;
    expect(first).toMatchObject({ ran: testCount, answer: { count: testCount, unknown: 0 } });
    expect(first.answer.accuracy).toBeCloseTo(result.test_accuracy!, 6);
    expect(first.answer.loss).toBeCloseTo(result.test_loss!, 4);
    expect(first.answer.accuracy).toBeGreaterThan(0.15);
    const [id] = first.answer.pictures.id;
    const wrong = (first.answer.pictures.label[0]! + 1) % 10;
    table.dataset!.edit({ kind: 'move', pictures: [id!], class: table.dataset!.project.state.header.classes[wrong]!.id });
    const second = await counting((context) => understander.evaluate('test', context));
    expect(second.ran).toBe(0);
    expect(second.answer.pictures.label[0]).toBe(wrong);
    expect(second.answer.pictures.probability).toEqual(first.answer.pictures.probability);
  });

  it('keep what was answered when the job is cancelled', async () => {
    const control = new JobControl();
    const stop = (progress: Progress) => progress.kind === 'stage' && progress.done > 1000 && control.stop();
    await expect(understander.evaluate('train', control.context(stop))).rejects.toMatchObject({ code: 'stopped' });
    const rest = await counting((context) => understander.evaluate('validation', context));
    expect(rest).toMatchObject({ ran: 400, answer: { count: 400 } });
    expect(rest.answer.loss).toBeCloseTo(trained.results[0]!.result.history.val_loss![1]!, 4);
  });
});
