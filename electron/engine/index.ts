/** The engine process: listens to main, hands each request to its job, and holds what jobs work on: the open data set and the model. */
import { constants, setPriority } from 'node:os';
import * as v from 'valibot';
import { type DataSummary, type EngineMessage, type EngineRequest, type ExportResult, type ImportReport, type Job, type LearningRateRange, type NetworkInfo, type OpenedModel, type Progress, RecipeSchema, RequestMessageSchema, StoppedError, TsugikiError, assertNever, toErrorShape } from '../contract';
import { type JobContext, JobControl, quietContext } from './context';
import { featureCache } from './data/feature-cache';
import { createProject, openProject } from './data/open';
import type { ProjectDataset } from './data/project-dataset';
import { importBytes, importPaths } from './data/project-import';
import { collect, noticeFiles, relocate } from './data/project-places';
import { Classifier } from './jobs/classify';
import { exportModel, picturesToCheck } from './jobs/export';
import { writeKerasProject } from './jobs/keras-project';
import { findLearningRate } from './jobs/find-learning-rate';
import { handOut } from './jobs/hand-out';
import { train } from './jobs/train';
import { embeddedWeights, kerasWeights, localImageNetWeights, weightsOrigin } from './jobs/weights';
import { describeNetwork } from './model/describe';
import { attachHead } from './model/head';
import { mobileNetV2 } from './model/mobilenet-v2';
import { type TrainedModel, loadModelFolder, saveModel } from './model/model-folder';
import { tensorflowVersion } from './runtime/tensorflow';
import { augmented } from './augmented';
import { checkProject, doubtProject } from './checks';
import type { Desk } from './desk';
import { Explainer } from './explaining';
import { openAnyModel } from './export/opening/open-model';
import { exportSizes } from './export/outlets';
import { kerasCode } from './jobs/keras-code';
import { measure } from './jobs/measure';
import { Trier } from './trying';
import { testForCard, Understander } from './understanding';

type Request<T extends EngineRequest['type']> = Extract<EngineRequest, { type: T }>;

/** The network of these settings, with the weights that "auto" would start it from. */
function describe({ alpha, inputSize, classes, head }: Request<'describe'>): NetworkInfo {
  const weights = localImageNetWeights(alpha) ? 'imagenet' : embeddedWeights(alpha) ? 'embedded' : 'random';
  return describeNetwork(attachHead(mobileNetV2({ alpha, inputSize }), head, classes), weights, featureCache().capacity);
}

class Engine implements Desk {
  #dataset: ProjectDataset | null = null;
  /** The model that classifies and is exported. */
  #classifier: Classifier | null = null;
  #modelDirectory = '';
  #training: JobControl | null = null;
  /** The last change of the pictures that was asked for. */
  #changes: Promise<unknown> = Promise.resolve();
  /** Imports, exports and the like under way. */
  readonly #jobs = new Map<JobControl, Job>();
  readonly #understander = new Understander(this);
  readonly #explainer = new Explainer(this, this.#understander);
  readonly #trier = new Trier(this);

  constructor(readonly report: (progress: Progress) => void) {}

  /** The value that answers the request, as ANSWERS says. */
  async answer(request: EngineRequest): Promise<unknown> {
    switch (request.type) {
      case 'open_project':
        return this.#hold(() => this.#cancellable('pictures', (context) => openProject(request.directory, context)));
      case 'create_project':
        return this.#hold(() => this.#cancellable('pictures', (context) => createProject(request.directory, request.name, request.source, context)));
      case 'close_project':
        return this.#inTurn(async () => this.#letGo());
      case 'import':
        return this.#import((dataset, context) => importPaths(dataset, request.paths, request.className, context, request.corrects));
      case 'add_pictures':
        return this.#import((dataset, context) => importBytes(dataset, request.className, request.pictures, context, request.corrects));
      case 'thumbnails':
        return this.#understander.dataset(request.query.own).thumbnails(request.query, request.offset, request.count, quietContext());
      case 'picture_ids':
        return this.#understander.dataset(request.query.own).find(request.query).map(({ id }) => id);
      case 'picture':
        return this.#understander.dataset(request.own).look(request.id, request.size, quietContext());
      case 'hand_out':
        return handOut(this.#understander.dataset(request.own), request.pictures, request.directory, quietContext());
      case 'edit':
        return this.#change((dataset) => dataset.edit(request.edit));
      case 'undo':
        return this.#change((dataset) => dataset.undo());
      case 'redo':
        return this.#change((dataset) => dataset.redo());
      case 'relocate':
        return this.#change((dataset) => this.#cancellable('pictures', (context) => relocate(dataset, request.root, request.path, context)));
      case 'collect':
        return this.#change((dataset) => this.#cancellable('pictures', (context) => collect(dataset, context)));
      case 'look_for_files':
        return this.#inTurn(async () => ((await noticeFiles(this.dataset, quietContext())) ? this.dataset.summary : null));
      case 'health':
        return this.#cancellable('health', (context) => checkProject(this.dataset, context));
      case 'label_doubts':
        return this.#cancellable('label_doubts', (context) => doubtProject(this.dataset, context));
      case 'augmented':
        return augmented(this.dataset, request, this.#told());
      case 'describe':
        return describe(request);
      case 'train':
        return this.#train(request);
      case 'find_learning_rate':
        return this.#findLearningRate(request);
      case 'measure':
        this.#refuseWhileTraining();
        return measure({ ...request, dataset: this.#dataset }, this.#told());
      case 'activations':
        return this.#explainer.activations(request, this.#told());
      case 'keras_code':
        return kerasCode(request.recipe, kerasWeights(request.weights, request.recipe.alpha), this.#dataset);
      case 'pause':
        this.#training?.pause();
        return null;
      case 'continue':
        this.#training?.continue();
        return null;
      case 'stop':
        this.#training?.stop();
        return null;
      case 'load_model':
        this.use(await loadModelFolder(request.directory), request.directory);
        return null;
      case 'open_model':
        return this.#open(request);
      case 'classify':
        return this.classifier.classify(request.bytes);
      case 'classify_frame':
        return this.#trier.frame(request.pixels, request.width, request.height);
      case 'classify_many':
        return this.#cancellable('classify', (context) => this.#trier.many(request.paths, context));
      case 'tried_thumbnails':
        return this.#trier.thumbnails(request.rows);
      case 'tried_file':
        return this.#trier.file(request.row);
      case 'sort_tried':
        return this.#cancellable('classify', (context) => this.#trier.sort(request.directory, context));
      case 'understand':
        return this.#cancellable('understand', (context) => this.#understander.evaluate(request.set, context));
      case 'open_own':
        return this.#cancellable('understand', (context) => this.#understander.openOwn(request.path, context));
      case 'curves':
        return this.#understander.curves(request.class);
      case 'model_settings':
        return this.#understander.set({ temperature: request.temperature, threshold: request.threshold });
      case 'heatmap':
        return this.#explainer.heatmap(request.subject, request.class, request.layer, quietContext());
      case 'neighbours':
        return this.#explainer.neighbours(request.subject, request.count, this.#told());
      case 'feature_map':
        return this.#cancellable('map', (context) => this.#explainer.map(request.set, request.limit, context));
      case 'lay_out':
        return this.#cancellable('map', (context) => this.#explainer.layOut(request.own, request.ids, context));
      case 'export_sizes':
        return exportSizes(this.classifier.model);
      case 'export':
        return this.#cancellable('export', (context) => this.#export(request, context));
      case 'keras_project':
        // In turn: the project may still be on its way in, and the pictures must not change between two parts.
        return this.#inTurn(() => this.#cancellable('keras_project', (context) => writeKerasProject({ ...request, dataset: this.dataset, model: request.goOn ? this.classifier.model : null }, context)));
      case 'cancel':
        for (const [control, job] of this.#jobs) if (job === request.job) control.stop();
        return null;
      default:
        return assertNever(request);
    }
  }

  /** Opens a project in the place of the one before; where that fails, the one before stays open. */
  #hold(open: () => Promise<ProjectDataset>): Promise<DataSummary> {
    return this.#inTurn(async () => {
      const dataset = await open();
      this.#letGo();
      this.#dataset = dataset;
      return dataset.summary;
    });
  }

  #letGo(): null {
    this.#understander.close();
    this.#dataset?.close();
    return (this.#dataset = null);
  }

  #change(work: (dataset: ProjectDataset) => unknown): Promise<DataSummary> {
    return this.#inTurn(async () => {
      const dataset = this.dataset;
      await work(dataset);
      return dataset.summary;
    });
  }

  #import(work: (dataset: ProjectDataset, context: JobContext) => Promise<ImportReport>): Promise<{ summary: DataSummary; report: ImportReport }> {
    return this.#inTurn(async () => {
      const dataset = this.dataset;
      const report = await this.#cancellable('pictures', (context) => work(dataset, context));
      return { summary: dataset.summary, report };
    });
  }

  /** One change after the other: an edit waits for an import's end, or for its being stopped. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#changes.then(work);
    this.#changes = mine.catch(() => undefined);
    return mine;
  }

  /** Answered when training has begun, or could not; from then on it speaks through progress. */
  #train({ type: _type, ...request }: Request<'train'>): Promise<null> {
    this.#refuseWhileTraining();
    const dataset = this.dataset;
    const control = new JobControl();
    this.#training = control;
    return new Promise((resolve, reject) => {
      let begun = false;
      let end: Progress | null = null;
      const context = control.context((progress) => {
        if (progress.kind === 'finished') end = progress;
        else this.report(progress);
        if (progress.kind !== 'training_started') return;
        begun = true;
        resolve(null);
      });
      train({ ...request, dataset }, context)
        .then(({ model, modelDirectory, answered }) => {
          // Told only when the model is ready to name pictures: one is soon dropped on it.
          if (model && modelDirectory) {
            this.use(model, modelDirectory);
            if (answered) this.#understander.remember(answered, dataset);
          }
          if (end) this.report(end);
        })
        .catch((error: unknown) => {
          if (begun && !(error instanceof StoppedError)) this.report({ kind: 'failed', error: toErrorShape(error) });
          reject(error);
        })
        .finally(() => (this.#training = null));
    });
  }

  #findLearningRate(request: Request<'find_learning_rate'>): Promise<LearningRateRange> {
    this.#refuseWhileTraining();
    const dataset = this.dataset;
    return this.#cancellable('learning_rate', (context) => findLearningRate({ ...request, dataset }, context));
  }

  async #export({ type: _type, story, ...request }: Request<'export'>, context: JobContext): Promise<ExportResult> {
    const { model } = this.classifier;
    const { known } = this.#understander;
    const chosen = await this.#understander.choose('test');
    const pictures = await picturesToCheck(model, chosen.dataset, chosen.pictures, context);
    return exportModel({ ...request, model, pictures, known, test: (evaluator) => testForCard(evaluator, chosen, context), story: story && { ...story, weights: weightsOrigin(story.weights, model.meta.alpha) } }, context);
  }

  async #open({ path, directory, scale }: Request<'open_model'>): Promise<OpenedModel> {
    this.#refuseWhileTraining();
    const { model, name, training, notes } = await openAnyModel(path, { scale: scale ?? undefined });
    const { alpha, inputSize, scale: range, head } = model.meta;
    const opened = { name, recipe: training?.recipe ?? v.parse(RecipeSchema, { alpha, inputSize, scale: range, head }), training, notes: [...notes] };
    await saveModel(directory, model);
    this.use(model, directory);
    return opened;
  }

  /** For work that is told of and never cancelled. */
  #told(): JobContext {
    return new JobControl().context(this.report);
  }

  /** Does work that "cancel" stops by this name. */
  async #cancellable<T>(job: Job, work: (context: JobContext) => Promise<T>): Promise<T> {
    const control = new JobControl();
    this.#jobs.set(control, job);
    try {
      return await work(control.context(this.report));
    } finally {
      this.#jobs.delete(control);
    }
  }

  use(model: TrainedModel, directory: string): void {
    if (!this.#classifier?.takesOver(model)) {
      this.#classifier?.dispose();
      this.#classifier = new Classifier(model);
    }
    this.#modelDirectory = directory;
    this.#understander.modelChanged();
  }

  #refuseWhileTraining(): void {
    if (this.#training) throw new TsugikiError('busy', 'A training is under way. Stop it first, or wait until it has ended.');
  }

  get dataset(): ProjectDataset {
    if (!this.#dataset) throw new TsugikiError('no_data', 'No pictures have been chosen yet. Choose a data set first.');
    return this.#dataset;
  }

  get classifier(): Classifier {
    if (!this.#classifier) throw new TsugikiError('no_model', 'There is no trained model yet. Train one first.');
    return this.#classifier;
  }

  get modelDirectory(): string {
    return this.classifier && this.#modelDirectory;
  }
}

/** A step in native code keeps a core busy: the window and everything else on the machine come first. */
function stepBack(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch (error) {
    console.error('The engine keeps its normal priority:', error);
  }
}

/** A state that nobody foresaw is not trained on; main starts a fresh engine and goes on from the checkpoint. */
function dieOf(error: unknown): void {
  console.error(error);
  process.exit(1);
}

function serve(): void {
  const port = process.parentPort;
  const send = (message: EngineMessage): void => port.postMessage(message);
  const engine = new Engine((progress) => send({ type: 'progress', progress }));

  port.on('message', ({ data }) => {
    const { id, request } = v.parse(RequestMessageSchema, data);
    // Not at once: where a job refuses within the port's own event, Electron calls that unhandled before it has got here.
    void Promise.resolve().then(() => engine.answer(request)).then(
      (value) => send({ type: 'answer', id, value }),
      (error: unknown) => {
        const shape = toErrorShape(error);
        if (shape.code === 'unexpected') console.error(error);
        send({ type: 'error', id, error: shape });
      }
    );
  });
  send({ type: 'ready', tensorflow: tensorflowVersion() });
}

process.on('uncaughtException', dieOf);
process.on('unhandledRejection', dieOf);
stepBack();
serve();
