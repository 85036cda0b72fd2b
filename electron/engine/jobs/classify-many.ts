/** Picture files and whole folders of them -> a table of answers. */
import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { because, type ErrorShape, StoppedError, type TriedMany, TsugikiError, toErrorShape } from '../../contract';
import type { JobContext } from '../context';
import { filesBelow, NO_FILE, readHead } from '../data/import/walk';
import { fileKind, OTHER_PICTURE } from '../data/picture-files';
import { readFiles } from '../data/read-files';
import { readPictures } from '../data/read-pictures';
import { Stage } from '../data/stage';
import { rowOf } from '../evaluation/answers';
import { Inference, picturesARun } from '../graph/inference';
import { calibratedWeights } from '../model/calibrated';
import { outputLayer } from '../model/layers';
import type { TrainedModel } from '../model/model-folder';
import { answerOf, BEST } from './classify';

/** Files read and decoded at a time: so many photographs lie in memory, and as many are being read. */
const BLOCK = 64;

/** A file to classify, or the reason why it is not even opened. */
interface Found {
  readonly file: string;
  readonly path: string;
  readonly reason: ErrorShape | null;
}

/**
 * Classifies files and all pictures in folders. What cannot be read becomes a row with its reason. Memory does not grow with the pictures: a
 * row is all that is kept of one.
 * @returns the rows so far when the job is stopped
 * @throws TsugikiError nothing_to_classify
 */
export async function classifyMany(model: TrainedModel, paths: readonly string[], context: JobContext): Promise<TriedMany> {
  const start = performance.now();
  let table = new Table(model, []);
  let stopped = false;
  try {
    table = new Table(model, await picturesAt(paths, context));
    if (table.found.length === 0) throw nothing(paths);
    await table.fill(context);
  } catch (error) {
    if (!(error instanceof StoppedError)) throw error;
    stopped = true;
  }
  return { ...table.done(), stopped, seconds: (performance.now() - start) / 1000 };
}

class Table {
  readonly #best: number;
  readonly #classes: Int32Array;
  readonly #probabilities: Float32Array;
  readonly #unknown: Uint8Array;
  readonly #reasons: (ErrorShape | null)[] = [];
  /** Index of each class, by name. */
  readonly #index: ReadonlyMap<string, number>;

  constructor(
    private readonly model: TrainedModel,
    readonly found: readonly Found[]
  ) {
    const { classNames } = model.meta;
    this.#best = Math.min(BEST, classNames.length);
    this.#classes = new Int32Array(found.length * this.#best).fill(-1);
    this.#probabilities = new Float32Array(found.length * this.#best);
    this.#unknown = new Uint8Array(found.length);
    this.#index = new Map(classNames.map((name, i) => [name, i]));
  }

  /** While one block is decoded and classified, the next is being read. @throws StoppedError */
  async fill(context: JobContext): Promise<void> {
    const { network, meta } = this.model;
    const stage = new Stage(context, 'classify', this.found.length, 'pictures');
    const inference = Inference.compile(network, calibratedWeights(this.model), meta, [outputLayer(network).name]);
    const read = (from: number): ReturnType<typeof readFiles> => readFiles(this.#block(from).filter(({ reason }) => reason === null).map(({ path }) => path));
    try {
      let reading = read(0);
      for (let from = 0; from < this.found.length; from += BLOCK) {
        await context.breathe();
        const files = await reading;
        reading = read(from + BLOCK);
        this.#classify(from, files, inference);
        stage.to(this.#reasons.length);
      }
    } finally {
      inference.dispose();
    }
  }

  #block(from: number): readonly Found[] {
    return this.found.slice(from, from + BLOCK);
  }

  /** @param files of the block's rows that have no reason against them, in order */
  #classify(from: number, files: readonly (Uint8Array | TsugikiError)[], inference: Inference): void {
    const { imageSize, inputSize } = this.model.meta;
    const pictures = readPictures(files, imageSize, imageSize);
    const readable: { row: number; pixels: Uint8Array }[] = [];
    let next = 0;
    this.#block(from).forEach(({ reason }, i) => {
      const picture = reason === null ? pictures[next++] : undefined;
      this.#reasons[from + i] = picture instanceof TsugikiError ? toErrorShape(picture) : reason;
      if (picture && !(picture instanceof TsugikiError)) readable.push({ row: from + i, pixels: picture.pixels });
    });
    const run = picturesARun(inputSize);
    for (let at = 0; at < readable.length; at += run) this.#answer(readable.slice(at, at + run), inference);
  }

  #answer(batch: readonly { row: number; pixels: Uint8Array }[], inference: Inference): void {
    const { imageSize, classNames } = this.model.meta;
    const bytes = imageSize * imageSize * 3;
    const pixels = new Uint8Array(batch.length * bytes);
    batch.forEach((picture, i) => pixels.set(picture.pixels, i * bytes));
    const [values] = inference.run(pixels, batch.length) as [Float32Array];
    batch.forEach(({ row }, i) => {
      const { top, unknown } = answerOf(this.model, rowOf(values, i, classNames.length));
      top.forEach(({ label, probability }, place) => {
        this.#classes[row * this.#best + place] = this.#index.get(label) ?? -1;
        this.#probabilities[row * this.#best + place] = probability;
      });
      this.#unknown[row] = unknown ? 1 : 0;
    });
  }

  /** The rows that have been looked at. */
  done(): Omit<TriedMany, 'stopped' | 'seconds'> {
    const { length } = this.#reasons;
    const found = this.found.slice(0, length);
    return {
      classNames: this.model.meta.classNames,
      files: found.map(({ file }) => file),
      paths: found.map(({ path }) => path),
      reasons: this.#reasons,
      best: this.#best,
      classes: this.#classes.slice(0, length * this.#best),
      probabilities: this.#probabilities.slice(0, length * this.#best),
      unknown: this.#unknown.slice(0, length)
    };
  }
}

/** Files as they are given, folders as far as they hold pictures; each once. With several folders the name of each is put before its files. */
async function picturesAt(paths: readonly string[], context: JobContext): Promise<Found[]> {
  const found = new Map<string, Found>();
  for (const path of paths.map((one) => resolve(one))) {
    const info = await stat(path).catch(() => null);
    const here = info?.isDirectory()
      ? await inFolder(path, paths.length > 1 ? `${basename(path)}/` : '', context)
      : [{ file: basename(path), path, reason: info ? await objection(path, info.isFile()) : null }];
    for (const one of here) if (!found.has(one.path)) found.set(one.path, one);
  }
  return [...found.values()];
}

async function inFolder(folder: string, prefix: string, context: JobContext): Promise<Found[]> {
  const { pictures, skipped } = await filesBelow(folder, context);
  return [...pictures.map((file) => ({ file, reason: null })), ...skipped].map(({ file, reason }) => ({ file: prefix + file, path: join(folder, ...file.split('/')), reason }));
}

/** Why a file is not even read as a whole: a film or an archive may be large. Null where it may be a picture, or cannot be opened, which reading it tells. */
async function objection(path: string, isFile: boolean): Promise<ErrorShape | null> {
  if (!isFile) return NO_FILE;
  const kind = await readHead(path).then((head) => fileKind(path, head), () => 'picture' as const);
  if (kind === 'picture') return null;
  return kind === 'other picture' ? OTHER_PICTURE : because('not_a_picture', 'It is no picture. JPEG, PNG, GIF, BMP, WebP and AVIF are read.');
}

function nothing(paths: readonly string[]): TsugikiError {
  const path = paths.join(', ');
  return new TsugikiError('nothing_to_classify', `There are no pictures in ${path}. Tsugiki reads JPEG, PNG, GIF, BMP, WebP and AVIF.`, { path });
}
