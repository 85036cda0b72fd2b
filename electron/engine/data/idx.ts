/**
 * Pictures and labels as MNIST is published (LeCun et al. 1998, http://yann.lecun.com/exdb/mnist/), and Fashion-MNIST, EMNIST and others after it:
 * two files a part, "train-images-idx3-ubyte" and "train-labels-idx1-ubyte", each maybe with .gz; the test part's begin with "t10k" or "test".
 */
import { open as openFile, readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip as gunzipCallback } from 'node:zlib';
import { because, causeOf, type ErrorShape, TsugikiError } from '../../contract';
import type { JobContext } from '../context';
import type { ImageSet } from './dataset';
import type { PackedOpener, PackedPart, PackedSet } from './packed';
import { Stage } from './stage';

const gunzip = promisify(gunzipCallback);

/** EMNIST's largest file has 0.55 GB; a bomb has more than fits here. */
const MOST_BYTES = 2 ** 30;
/** Some milliseconds' worth of pictures between two breaths. */
const CHUNK = 4000;

/** What comes before "images" names the set and its part: "emnist-letters-train-", "t10k-". */
const NAME = /^(.*?)(images|labels)[-._]idx[134]?[-._]?ubyte(\.gz)?$/i;

interface IdxFile {
  readonly file: string;
  /** "emnist-letters"; "" for MNIST itself. */
  readonly set: string;
  readonly part: PackedPart;
  readonly holds: 'images' | 'labels';
}

/** How to open what lies at a path: a folder of such files, or one of them; null when it is none. */
export async function recogniseIdx(path: string): Promise<PackedOpener | null> {
  if (!(await stat(path)).isDirectory()) {
    const chosen = parseName(basename(path));
    return chosen && (await startsAsIdx(path)) ? (context) => openIdx(dirname(path), chosen.set, path, context) : null;
  }
  // torchvision leaves them in MNIST/raw.
  for (const folder of [path, join(path, 'raw')]) {
    const sets = [...new Set((await idxFiles(folder)).filter(({ holds }) => holds === 'images').map(({ set }) => set))];
    if (sets.length > 0) return (context) => openIdx(folder, onlyOne(sets, path), path, context);
  }
  return null;
}

function parseName(file: string): IdxFile | null {
  const [, before, holds] = NAME.exec(file) ?? [];
  if (before === undefined || holds === undefined) return null;
  const part = /(^|[-._])(t10k|test)([-._]|$)/i.test(before) ? 'test' : 'train';
  return { file, set: before.replace(/(^|[-._])(train|t10k|test)?[-._]*$/i, ''), part, holds: holds.toLowerCase() as 'images' | 'labels' };
}

/** Sorted, so that a file goes before its own .gz. */
async function idxFiles(folder: string): Promise<IdxFile[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name).sort().flatMap((name) => parseName(name) ?? []);
}

async function startsAsIdx(path: string): Promise<boolean> {
  const file = await openFile(path, 'r');
  try {
    const head = Buffer.alloc(3);
    await file.read(head, 0, 3, 0);
    return isGzip(head) || (head[0] === 0 && head[1] === 0);
  } finally {
    await file.close();
  }
}

function onlyOne(sets: readonly string[], path: string): string {
  const [only] = sets;
  if (only !== undefined && sets.length === 1) return only;
  const names = sets.join(', ');
  throw new TsugikiError('idx_several', `${path} holds several data sets: ${names}. Choose the images file of one of them.`, { path, names });
}

/** @param chosen what the person pointed at, to name the set after and in messages */
async function openIdx(folder: string, set: string, chosen: string, context: JobContext): Promise<PackedSet> {
  const files = (await idxFiles(folder)).filter((file) => file.set === set);
  const find = (part: PackedPart, holds: IdxFile['holds']) => files.find((file) => file.part === part && file.holds === holds)?.file;
  if (find('train', 'images') === undefined) throw incomplete(chosen, because('no_train_images', 'the images to train on (train-images-idx3-ubyte)'));
  const pathsOf = (part: PackedPart): { images: string; labels: string } | null => {
    const [images, labels] = [find(part, 'images'), find(part, 'labels')];
    if (images !== undefined && labels === undefined) throw incomplete(chosen, because('no_labels', `the labels that belong to ${images}`, { file: images }));
    return images === undefined || labels === undefined ? null : { images: join(folder, images), labels: join(folder, labels) };
  };
  const [trainPaths, testPaths] = [pathsOf('train'), pathsOf('test')];
  const onItsSide = /^emnist/i.test(set);
  const train = await readPart(trainPaths, null, onItsSide, context);
  const test = await readPart(testPaths, train.height, onItsSide, context);
  const classes = (await mappedClasses(join(folder, `${set}-mapping.txt`))) ?? numbered(train, test);
  const named = (part: ImageSet, file: string | undefined): ImageSet => ({ ...part, labels: part.labels.map((label) => indexIn(classes, label, file ?? chosen)) });
  const parts = { train: named(train, trainPaths?.labels), test: named(test, testPaths?.labels) };
  const name = set || basename(basename(folder) === 'raw' ? dirname(folder) : folder);
  return { name, classNames: classes.map((each) => each.name), size: train.height, testedOn: test.count > 0 ? 'test' : 'validation', load: async (part) => parts[part] };
}

/** Labels as they stand in the file. @param size that the pictures must have; null for any */
async function readPart(paths: { images: string; labels: string } | null, size: number | null, onItsSide: boolean, context: JobContext): Promise<ImageSet> {
  if (!paths) return { count: 0, height: size ?? 0, width: size ?? 0, pixels: new Uint8Array(0), labels: new Int32Array(0) };
  const images = await readIdx(paths.images);
  const labels = await readIdx(paths.labels);
  const [count = 0, height = 0, width = 0, channels = 1] = images.shape;
  if (images.shape.length < 3 || (channels !== 1 && channels !== 3)) throw damaged(paths.images, because('no_picture_shape', `its shape is ${images.shape.join(' x ')}, not that of pictures`, { shape: images.shape.join(' x ') }));
  if (height !== width || height === 0 || height !== (size ?? height)) throw damaged(paths.images, because('not_square', `its pictures are ${width} x ${height}, and only square ones of one size are read`, { width, height }));
  if (labels.shape.length !== 1 || labels.shape[0] !== count) throw damaged(paths.labels, because('other_count', `it has ${labels.shape.join(' x ')} labels for ${count} pictures`, { labels: labels.shape.join(' x '), count }));
  const stage = new Stage(context, 'read', count, 'pictures');
  const pixels = new Uint8Array(count * height * width * 3);
  for (let from = 0; from < count; from += CHUNK) {
    const to = Math.min(count, from + CHUNK);
    spread(images.data, pixels, from, to, height, channels, onItsSide);
    stage.to(to);
    await context.breathe();
  }
  return { count, height, width, pixels, labels: Int32Array.from(labels.data) };
}

/** Pictures [from, to): grey to the three colours; rows and columns exchanged where the set is stored column by column, as EMNIST is. */
function spread(data: Uint8Array, pixels: Uint8Array, from: number, to: number, size: number, channels: number, onItsSide: boolean): void {
  const plane = size * size;
  for (let picture = from; picture < to; picture++) {
    for (let i = 0; i < plane; i++) {
      const at = picture * plane + (onItsSide ? (i % size) * size + Math.floor(i / size) : i);
      for (let c = 0; c < 3; c++) pixels[(picture * plane + i) * 3 + c] = data[at * channels + (channels === 3 ? c : 0)]!;
    }
  }
}

/** Two zero bytes, the type (8: bytes), the number of dimensions, the dimensions (uint32, big-endian), the values. */
async function readIdx(path: string): Promise<{ shape: number[]; data: Uint8Array }> {
  const bytes = await readWhole(path);
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0) throw damaged(path, because('no_idx', 'it does not begin as an idx file'));
  if (bytes[2] !== 8) throw damaged(path, because('no_bytes', 'its values are not bytes'));
  const header = 4 + 4 * bytes[3]!;
  const shape = Array.from({ length: bytes[3]! }, (_, i) => (bytes.length >= header ? bytes.readUInt32BE(4 + 4 * i) : 0));
  const length = shape.reduce((product, n) => product * n, 1);
  if (bytes.length !== header + length) throw damaged(path, because('other_length', `it has ${bytes.length} bytes, and ${header + length} are announced`, { bytes: bytes.length, announced: header + length }));
  return { shape, data: bytes.subarray(header) };
}

async function readWhole(path: string): Promise<Buffer> {
  const bytes = await readFile(path);
  if (!isGzip(bytes)) return bytes;
  return gunzip(bytes, { maxOutputLength: MOST_BYTES }).catch((error: Error) => {
    throw damaged(path, causeOf(error));
  });
}

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

interface IdxClass {
  readonly label: number;
  readonly name: string;
}

/** EMNIST's own list: a label a line, with the codes of the characters that it stands for, "1 65 97". */
async function mappedClasses(path: string): Promise<IdxClass[] | null> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const lines = text.split(/\r?\n/).map((line) => line.trim().split(/\s+/).map(Number));
  const classes = lines.filter((line) => line.length > 1 && line.every((value) => Number.isInteger(value))).map(([label = 0, code = 0]) => ({ label, name: String.fromCodePoint(code) }));
  return classes.length > 1 ? classes : null;
}

const numbered = (...parts: readonly ImageSet[]): IdxClass[] => {
  const most = parts.reduce((max, { labels }) => labels.reduce((top, label) => Math.max(top, label), max), 0);
  return Array.from({ length: most + 1 }, (_, label) => ({ label, name: String(label) }));
};

function indexIn(classes: readonly IdxClass[], label: number, file: string): number {
  const index = classes.findIndex((each) => each.label === label);
  if (index < 0) throw damaged(file, because('label_without_class', `it has the label ${label}, which the list of classes lacks`, { label }));
  return index;
}

const incomplete = (path: string, reason: ErrorShape): TsugikiError =>
  new TsugikiError('idx_incomplete', `${path} is only a part of a data set: ${reason.message} are missing. Put all its files into one folder.`, { path, reason });

const damaged = (file: string, reason: ErrorShape): TsugikiError =>
  new TsugikiError('idx_damaged', `${file} is not one of MNIST's files, or damaged: ${reason.message}. Copy or download it again.`, { file, reason });
