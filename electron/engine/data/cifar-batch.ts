/** One batch of CIFAR: 32x32 pictures as planes of red, green and blue with their labels, in the binary version or the Python one. */
import { because, causeOf, type ErrorShape, TsugikiError } from '../../contract';
import type { JobContext } from '../context';
import type { CifarKind } from './cifar-kinds';
import type { ImageSet } from './dataset';
import { type Pickled, unpickle } from './pickle';

const SIZE = 32;
const PLANE = SIZE * SIZE;
const PICTURE = 3 * PLANE;
/** Some milliseconds' worth of pictures between two breaths. */
const CHUNK = 2000;

/** @param file to name in messages @throws TsugikiError cifar_damaged; StoppedError */
export async function readBatch(bytes: Buffer, file: string, kind: CifarKind, context: JobContext): Promise<ImageSet> {
  const { labels, planes, stride, offset } = isPickle(bytes) ? pythonBatch(bytes, file, kind) : binaryBatch(bytes, file, kind);
  const most = kind.classNames.length - 1;
  const bad = labels.findIndex((label) => label < 0 || label > most);
  if (bad >= 0) throw damaged(kind, file, because('class_out_of_range', `picture ${bad + 1} has the class ${labels[bad]}, and there are only 0 to ${most}`, { number: bad + 1, label: labels[bad] ?? -1, most }));
  const pixels = new Uint8Array(labels.length * PICTURE);
  for (let row = 0; row < labels.length; row++) {
    interleave(planes, row * stride + offset, pixels, row * PICTURE);
    if (row % CHUNK === CHUNK - 1) await context.breathe();
  }
  return { count: labels.length, height: SIZE, width: SIZE, pixels, labels };
}

/** The batches of a part, one after the other. */
export function concat(sets: readonly ImageSet[]): ImageSet {
  if (sets.length === 1) return sets[0]!;
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

/** Whether a file of this length and first byte can be a batch. */
export const looksLikeBatch = (head: Uint8Array, size: number, kind: CifarKind): boolean => isPickle(head) || (size > 0 && size % rowBytes(kind) === 0);

/** Python's pickles begin with PROTO (0x80), which is no label; .bin files with a label. */
const isPickle = (bytes: Uint8Array): boolean => bytes[0] === 0x80;

const rowBytes = ({ labelBytes }: CifarKind): number => labelBytes + PICTURE;

interface Batch {
  readonly labels: Int32Array;
  readonly planes: Uint8Array;
  /** From one picture to the next, and to its first plane. */
  readonly stride: number;
  readonly offset: number;
}

function binaryBatch(bytes: Buffer, file: string, kind: CifarKind): Batch {
  const row = rowBytes(kind);
  const count = bytes.length / row;
  if (count === 0 || !Number.isInteger(count)) throw damaged(kind, file, because('no_whole_pictures', `its ${bytes.length} bytes are no whole number of pictures of ${row} bytes`, { bytes: bytes.length, row }));
  // CIFAR-100's coarse label comes first, the fine one last.
  const labels = Int32Array.from({ length: count }, (_, i) => bytes[i * row + kind.labelBytes - 1]!);
  return { labels, planes: bytes, stride: row, offset: kind.labelBytes };
}

function pythonBatch(bytes: Buffer, file: string, kind: CifarKind): Batch {
  let content: Pickled;
  try {
    content = unpickle(bytes);
  } catch (error) {
    throw damaged(kind, file, causeOf(error));
  }
  const [data, list] = content instanceof Map ? [content.get('data'), content.get(kind.labelKey)] : [];
  if (!(data instanceof Uint8Array) || !Array.isArray(list) || data.length !== list.length * PICTURE) {
    throw damaged(kind, file, because('no_data_and_labels', `it does not hold "data" and "${kind.labelKey}" of the same number of pictures`, { labels: kind.labelKey }));
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

const damaged = ({ name }: CifarKind, file: string, reason: ErrorShape): TsugikiError =>
  new TsugikiError('cifar_damaged', `${file} is not a batch of ${name}, or damaged: ${reason.message}. Copy or download it again.`, { file, name, reason });
