/**
 * CIFAR-10 (Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html): 32x32 pictures of ten classes, from the binary or the Python version,
 * as a folder or as the archive it is published in.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type DataSource, type DataSummary, TsugikiError } from '../../contract';
import type { JobContext } from '../context';
import { type ArchiveKind, eachEntry } from './archive';
import type { Dataset, ImageSet } from './dataset';
import { type Pickled, unpickle } from './pickle';
import { Stage } from './stage';

export const CIFAR10_CLASSES: readonly string[] = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];

const SIZE = 32;
const PLANE = SIZE * SIZE;
const PICTURE = 3 * PLANE;
/** Label byte, then the planes R, G, B. */
const ROW = 1 + PICTURE;
/** Some milliseconds' worth of pictures between two breaths. */
const CHUNK = 2000;

const TRAIN_FILE = /^data_batch_([1-5])(\.bin)?$/;
const TEST_FILE = /^test_batch(_first\d+)?(\.bin)?$/;

/** Whether a file of this name is a part of CIFAR-10. */
export const isCifar10File = (name: string): boolean => TRAIN_FILE.test(basename(name)) || TEST_FILE.test(basename(name));

/** The folder itself, or the one inside it that the official archives unpack to; null when there is no CIFAR-10. */
export async function findCifar10Folder(folder: string): Promise<string | null> {
  for (const candidate of [folder, join(folder, 'cifar-10-batches-bin'), join(folder, 'cifar-10-batches-py')]) {
    const names = await readdir(candidate).catch(() => []);
    if (names.some((name) => TRAIN_FILE.test(name))) return candidate;
  }
  return null;
}

/** Reads a folder of batch files. */
export async function openCifar10Folder(folder: string, source: DataSource, context: JobContext): Promise<Dataset> {
  const names = (await readdir(folder)).filter(isCifar10File);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  const stage = new Stage(context, 'read', sizes.reduce((sum, size) => sum + size, 0), 'bytes');
  const parts = new Map<string, ImageSet>();
  for (const [i, name] of names.entries()) {
    const path = join(folder, name);
    parts.set(name, await readBatch(await readFile(path), path, context));
    stage.add(sizes[i] ?? 0);
  }
  return assemble(parts, folder, source);
}

/** Reads cifar-10-binary.tar.gz, cifar-10-python.tar.gz, or an archive made like them, without unpacking it to disk. */
export async function openCifar10Archive(path: string, kind: ArchiveKind, source: DataSource, context: JobContext): Promise<Dataset> {
  const parts = new Map<string, ImageSet>();
  await eachEntry(path, kind, context, async (entry) => {
    const name = basename(entry.name);
    if (isCifar10File(name)) parts.set(name, await readBatch(await entry.read(), `${name} in ${path}`, context));
  });
  return assemble(parts, path, source);
}

function assemble(parts: ReadonlyMap<string, ImageSet>, path: string, source: DataSource): Dataset {
  const named = (pattern: RegExp) => [...parts.keys()].filter((name) => pattern.test(name)).sort();
  const trainNames = named(TRAIN_FILE);
  if (trainNames.length === 0) {
    throw new TsugikiError('cifar10_incomplete', `${path} holds no training pictures of CIFAR-10: data_batch_1 is missing. Choose the whole data set.`, { path });
  }
  // A whole test batch goes before its first part, should both be there.
  const testName = named(TEST_FILE).sort((a, b) => a.length - b.length)[0];
  const train = concat(trainNames.map((name) => parts.get(name)!));
  const test = testName === undefined ? concat([]) : parts.get(testName)!;
  const classCounts = CIFAR10_CLASSES.map(() => 0);
  for (const label of train.labels) classCounts[label]! += 1;
  const summary: DataSummary = {
    source,
    name: 'CIFAR-10',
    classNames: [...CIFAR10_CLASSES],
    classCounts,
    trainCount: train.count,
    testCount: test.count,
    testedOn: testName === undefined ? 'validation' : testName.includes('first') ? 'test_first' : 'test',
    pictureSize: SIZE,
    skipped: []
  };
  return { summary, load: async (split) => (split === 'train' ? train : test) };
}

async function readBatch(bytes: Buffer, file: string, context: JobContext): Promise<ImageSet> {
  // Python's pickles begin with PROTO (0x80), which is no label; .bin files with a label.
  const { labels, planes, stride, offset } = bytes[0] === 0x80 ? pythonBatch(bytes, file) : binaryBatch(bytes, file);
  const bad = labels.findIndex((label) => label < 0 || label >= CIFAR10_CLASSES.length);
  if (bad >= 0) throw damaged(file, `picture ${bad + 1} has the class ${labels[bad]}, and there are only 0 to ${CIFAR10_CLASSES.length - 1}`);
  const pixels = new Uint8Array(labels.length * PICTURE);
  for (let row = 0; row < labels.length; row++) {
    interleave(planes, row * stride + offset, pixels, row * PICTURE);
    if (row % CHUNK === CHUNK - 1) await context.breathe();
  }
  return { count: labels.length, height: SIZE, width: SIZE, pixels, labels };
}

interface Batch {
  readonly labels: Int32Array;
  readonly planes: Uint8Array;
  /** From one picture to the next, and to its first plane. */
  readonly stride: number;
  readonly offset: number;
}

function binaryBatch(bytes: Buffer, file: string): Batch {
  const count = bytes.length / ROW;
  if (count === 0 || !Number.isInteger(count)) throw damaged(file, `its ${bytes.length} bytes are no whole number of pictures of ${ROW} bytes`);
  return { labels: Int32Array.from({ length: count }, (_, row) => bytes[row * ROW]!), planes: bytes, stride: ROW, offset: 1 };
}

function pythonBatch(bytes: Buffer, file: string): Batch {
  let content: Pickled;
  try {
    content = unpickle(bytes);
  } catch (error) {
    throw damaged(file, error instanceof Error ? error.message : String(error));
  }
  const [data, list] = content instanceof Map ? [content.get('data'), content.get('labels')] : [];
  if (!(data instanceof Uint8Array) || !Array.isArray(list) || data.length !== list.length * PICTURE) {
    throw damaged(file, 'it does not hold "data" and "labels" of the same number of pictures');
  }
  return { labels: Int32Array.from(list, Number), planes: data, stride: PICTURE, offset: 0 };
}

/** Three planes to one picture of interleaved colours. */
function interleave(planes: Uint8Array, from: number, pixels: Uint8Array, to: number): void {
  for (let i = 0; i < PLANE; i++) {
    pixels[to + 3 * i] = planes[from + i]!;
    pixels[to + 3 * i + 1] = planes[from + PLANE + i]!;
    pixels[to + 3 * i + 2] = planes[from + 2 * PLANE + i]!;
  }
}

function concat(sets: readonly ImageSet[]): ImageSet {
  const count = sets.reduce((sum, set) => sum + set.count, 0);
  const pixels = new Uint8Array(count * PICTURE);
  const labels = new Int32Array(count);
  let at = 0;
  for (const set of sets) {
    pixels.set(set.pixels, at * PICTURE);
    labels.set(set.labels, at);
    at += set.count;
  }
  return { count, height: SIZE, width: SIZE, pixels, labels };
}

const damaged = (file: string, reason: string): TsugikiError =>
  new TsugikiError('cifar10_damaged', `${file} is not a batch of CIFAR-10, or damaged: ${reason}. Copy or download it again.`, { file, reason });
