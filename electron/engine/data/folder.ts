/**
 * Photographs in class folders, as `keras.utils.image_dataset_from_directory` reads them: the folder's name is the class,
 * classes are sorted by name. `train/` and `test/` (or `val/`) inside are honoured.
 */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { type DataSource, type DataSummary, type Split, TsugikiError } from '../../contract';
import type { JobContext } from '../context';
import { Random } from '../model/random';
import { decodePicture, readPicture } from '../runtime/images';
import type { Dataset, ImageSet } from './dataset';
import { checkPictureFile } from './picture-check';
import { isHidden, isOtherPictureFile, isPictureFile } from './picture-files';
import { Stage } from './stage';

/** Files come class by class; in an order of our own, always the same, the last part is a fair split. */
const ORDER_SEED = 20240229;
/** Pictures all of one size up to this are kept as they are: the network's own resize layer enlarges them, as it does CIFAR-10's. */
const SMALL = 64;
const MOST_BYTES = 2 ** 32 - 1;

interface PictureFile {
  readonly path: string;
  readonly label: number;
}

type Skipped = DataSummary['skipped'];

/**
 * @param shownAs the archive that the folder was unpacked from, to name in messages
 * @throws TsugikiError no_classes, one_class, no_pictures
 */
export async function openPictureFolder(folder: string, source: DataSource, context: JobContext, shownAs = folder): Promise<Dataset> {
  const skipped: Skipped = [];
  const layout = await findLayout(folder, shownAs);
  const classNames = await classFolders(layout.train);
  if (classNames.length < 2) throw tooFewClasses(shownAs, classNames);
  const found = {
    train: await listPictures(layout.train, classNames, folder, skipped, context),
    test: layout.test ? await listPictures(layout.test, classNames, folder, skipped, context) : []
  };
  const { files, size } = await checkAll(found, folder, skipped, context);
  const empty = classNames.filter((_, label) => !files.train.some((file) => file.label === label));
  if (classNames.length - empty.length < 2) {
    throw new TsugikiError('no_pictures', `${shownAs} has too few pictures: none that can be read in ${empty.join(', ')}. Every class needs some JPEG, PNG, GIF or BMP files.`, { path: shownAs, classes: empty.join(', ') });
  }
  new Random(ORDER_SEED).shuffle(files.train);
  return new PictureFolder(source, nameOf(shownAs), classNames, files, size, skipped, folder);
}

class PictureFolder implements Dataset {
  /** The two sizes used last: the grid's and the network's. */
  readonly #loaded = new Map<string, Promise<ImageSet>>();

  constructor(
    private readonly source: DataSource,
    private readonly name: string,
    private readonly classNames: readonly string[],
    private readonly files: Record<Split, PictureFile[]>,
    private readonly size: number | null,
    private readonly skipped: Skipped,
    private readonly folder: string
  ) {}

  /** Counts only files still thought readable: decoding may find more to skip. */
  get summary(): DataSummary {
    const { train, test } = this.files;
    return {
      source: this.source,
      name: this.name,
      classNames: [...this.classNames],
      classCounts: this.classNames.map((_, label) => train.filter((file) => file.label === label).length),
      trainCount: train.length,
      testCount: test.length,
      testedOn: test.length > 0 ? 'test' : 'validation',
      pictureSize: this.size,
      skipped: [...this.skipped]
    };
  }

  load(split: Split, size: number, context: JobContext): Promise<ImageSet> {
    const edge = this.size ?? size;
    const key = `${split} ${edge}`;
    const set = this.#loaded.get(key) ?? this.#decode(split, edge, context);
    this.#loaded.delete(key);
    this.#loaded.set(key, set);
    // A stopped or failed attempt must not be what the next one gets.
    set.catch(() => this.#loaded.delete(key));
    for (const old of [...this.#loaded.keys()].slice(0, -4)) this.#loaded.delete(old);
    return set;
  }

  async #decode(split: Split, edge: number, context: JobContext): Promise<ImageSet> {
    const files = [...this.files[split]];
    const bytes = edge * edge * 3;
    if (files.length * bytes > MOST_BYTES) {
      const most = Math.floor(MOST_BYTES / bytes);
      throw new TsugikiError('too_many_pictures', `${files.length} pictures of ${edge} x ${edge} do not fit into memory, ${most} do. Choose a smaller input size, or fewer pictures.`, { count: files.length, size: edge, most });
    }
    const stage = new Stage(context, 'decode', files.length, 'pictures');
    const pixels = new Uint8Array(files.length * bytes);
    const labels = new Int32Array(files.length);
    let count = 0;
    for (const file of files) {
      await context.breathe();
      try {
        pixels.set(readPicture(await readFile(file.path), edge, edge).pixels, count * bytes);
        labels[count++] = file.label;
      } catch (error) {
        this.#skip(split, file, error);
      }
      stage.add(1);
    }
    return { count, height: edge, width: edge, pixels: pixels.subarray(0, count * bytes), labels: labels.subarray(0, count) };
  }

  #skip(split: Split, file: PictureFile, error: unknown): void {
    const list = this.files[split];
    const at = list.indexOf(file);
    if (at < 0) return;
    list.splice(at, 1);
    this.skipped.push({ file: relative(this.folder, file.path), reason: reasonOf(error) });
  }
}

/** The folder of the training classes, and that of the test ones where there is one. */
async function findLayout(folder: string, shownAs: string): Promise<{ train: string; test: string | null }> {
  const entries = (await readdir(folder, { withFileTypes: true })).filter((entry) => !isHidden(entry.name));
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const named = (...names: string[]) => folders.find((name) => names.includes(name.toLowerCase()));
  const train = named('train', 'training');
  const test = named('test', 'testing', 'val', 'valid', 'validation');
  if (train !== undefined) {
    const preferred = named('test', 'testing') ?? test;
    return { train: join(folder, train), test: preferred === undefined ? null : join(folder, preferred) };
  }
  // An archive often wraps everything into one folder of its own name.
  const [only] = folders;
  if (folders.length === 1 && only !== undefined && (await classFolders(join(folder, only))).length > 0) return findLayout(join(folder, only), shownAs);
  return { train: folder, test: null };
}

/** Sorted as Python sorts: by code point, which for names means by code unit. */
async function classFolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && !isHidden(entry.name)).map((entry) => entry.name).sort();
}

/** All pictures of all classes, in sorted order, those of folders inside a class folder too. */
async function listPictures(folder: string, classNames: readonly string[], root: string, skipped: Skipped, context: JobContext): Promise<PictureFile[]> {
  const files: PictureFile[] = [];
  for (const name of await classFolders(folder)) {
    const label = classNames.indexOf(name);
    if (label < 0) {
      skipped.push({ file: relative(root, join(folder, name)), reason: 'There is no class of this name in the training part.' });
      continue;
    }
    for await (const path of walk(join(folder, name), context)) {
      if (isPictureFile(path)) files.push({ path, label });
      else if (isOtherPictureFile(path)) skipped.push({ file: relative(root, path), reason: 'Pictures of this kind are not read: save it as JPEG or PNG.' });
    }
  }
  return files;
}

/** Files below a folder, sorted; links are not followed. */
async function* walk(folder: string, context: JobContext): AsyncGenerator<string> {
  await context.breathe();
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (isHidden(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path, context);
    else if (entry.isFile()) yield path;
  }
}

/** Looks into every file; those that are no pictures go to `skipped`. `size` is set when all are square, of one size and small. */
async function checkAll(
  found: Record<Split, PictureFile[]>,
  root: string,
  skipped: Skipped,
  context: JobContext
): Promise<{ files: Record<Split, PictureFile[]>; size: number | null }> {
  const stage = new Stage(context, 'read', found.train.length + found.test.length, 'files');
  const sizes = new Set<number>();
  const check = async (list: readonly PictureFile[]) => {
    const good: PictureFile[] = [];
    for (const file of list) {
      await context.breathe();
      try {
        const { width, height } = await checkPictureFile(file.path, (bytes) => decodePicture(bytes));
        sizes.add(width === height ? width : NaN);
        good.push(file);
      } catch (error) {
        skipped.push({ file: relative(root, file.path), reason: reasonOf(error) });
      }
      stage.add(1);
    }
    return good;
  };
  const files = { train: await check(found.train), test: await check(found.test) };
  const [size = NaN] = sizes;
  return { files, size: sizes.size === 1 && size <= SMALL ? size : null };
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const nameOf = (path: string): string => basename(path.endsWith(sep) ? path.slice(0, -1) : path).replace(/\.(zip|tar|tgz|tar\.gz)$/i, '');

function tooFewClasses(path: string, classNames: readonly string[]): TsugikiError {
  const [only] = classNames;
  if (only === undefined) {
    return new TsugikiError(
      'no_classes',
      `${path} is not a data set: looked for CIFAR-10 (data_batch_1.bin or data_batch_1) and for one folder a class with pictures in it. Choose the folder that holds the class folders.`,
      { path }
    );
  }
  return new TsugikiError('one_class', `${path} has only one class, "${only}". To learn a difference, a network needs at least two class folders.`, { path, class: only });
}
