/** Many picture files at once: decoded and resized in one run of a compiled graph, a branch a file, so that TensorFlow takes all cores. */
import { TsugikiError } from '../../contract';
import { Graph, nameOf } from '../graph/graph';
import { bytesAsInts, concatenated, decodeJpeg, decodePng, resizeToBytes, unstack } from '../graph/operations/picture';
import { reshapeTo } from '../graph/operations/shapes';
import { encodeSavedModel } from '../graph/saved-model';
import { jpegRatio, type Picture, readPicture } from '../runtime/images';
import { turnUpright } from '../runtime/picture';
import { type PictureHeader, readPictureHeader } from '../runtime/picture-header';
import { pngHasAlpha } from '../runtime/png';
import { Session } from '../runtime/session';

/** Branches of a graph, multiples of four: many where a run's own cost counts, fewer for what is left over; what is left of that is read one by one. */
const BRANCHES = [64, 16] as const;
const [MOST, LEAST] = BRANCHES;
/** Pixels of a decoded picture up to which so many may lie in memory at once. */
const MOST_PIXELS = 1e6;

/** What is part of a graph: the decoder, the fraction of its size that a JPEG is decoded at, whether it fits as it is. */
interface Way {
  readonly kind: 'png' | 'jpeg';
  readonly ratio: number;
  readonly fits: boolean;
}

interface Waiting {
  readonly index: number;
  readonly file: Uint8Array;
  readonly orientation: number;
}

/**
 * What `readPicture` makes of each file, or its error; a value may be rounded the other way.
 * @param files an error in the place of one that could not be read stays what it is
 * @returns in the order of `files`
 */
export function readPictures(files: readonly (Uint8Array | TsugikiError)[], height: number, width: number): (Picture | TsugikiError)[] {
  const results = new Array<Picture | TsugikiError>(files.length);
  const blocks = new Map<string, { way: Way; block: Waiting[] }>();
  const alone = (index: number, file: Uint8Array): void => void (results[index] = readOne(file, height, width));
  const together = (way: Way, block: readonly Waiting[]): void => {
    const pictures = readBlock(way, block, height, width);
    block.forEach(({ index, file }, i) => (pictures ? (results[index] = pictures[i]!) : alone(index, file)));
  };
  files.forEach((file, index) => {
    if (file instanceof TsugikiError) return void (results[index] = file);
    const header = readPictureHeader(file);
    const way = header && wayOf(header, file, height, width);
    if (!header || !way) return alone(index, file);
    const { block } = blocks.get(keyOf(way)) ?? blocks.set(keyOf(way), { way, block: [] }).get(keyOf(way))!;
    block.push({ index, file, orientation: header.orientation });
    if (block.length === MOST) together(way, block.splice(0));
  });
  for (const { way, block } of blocks.values()) {
    while (block.length >= LEAST) together(way, block.splice(0, LEAST));
    block.forEach(({ index, file }) => alone(index, file));
  }
  return results;
}

function readOne(file: Uint8Array, height: number, width: number): Picture | TsugikiError {
  try {
    return readPicture(file, height, width);
  } catch (error) {
    if (error instanceof TsugikiError) return error;
    throw error;
  }
}

/** Null for what the graph does not do: other kinds, transparency, the very large and the odd. */
function wayOf(header: PictureHeader, file: Uint8Array, height: number, width: number): Way | null {
  const { kind, orientation, progressive, bits } = header;
  if ((kind !== 'jpeg' && kind !== 'png') || bits !== undefined || (kind === 'png' && pngHasAlpha(file))) return null;
  const ratio = kind === 'jpeg' ? jpegRatio(header, Math.max(height, width)) : 1;
  if ((header.width * header.height) / (progressive ? 1 : ratio ** 2) > MOST_PIXELS) return null;
  return { kind, ratio, fits: header.height === height && header.width === width && orientation < 5 };
}

const keyOf = ({ kind, ratio, fits }: Way): string => `${kind} ${ratio} ${fits}`;

/** Null when one of them is damaged: the run does not say which. */
function readBlock(way: Way, block: readonly Waiting[], height: number, width: number): Picture[] | null {
  const sizes = block.map(({ orientation }) => (orientation >= 5 ? [width, height] : [height, width]));
  const feeds = [
    { name: 'files:0', shape: [block.length], data: block.map(({ file }) => file) },
    { name: 'sizes:0', shape: [block.length, 2], data: Int32Array.from(sizes.flat()) }
  ];
  const { session, fetch } = program(way, block.length);
  let ints: Int32Array;
  try {
    ints = session.run(feeds, [fetch])[0] as Int32Array;
  } catch {
    return null;
  }
  const pixels = new Uint8Array(ints.buffer, ints.byteOffset, ints.byteLength);
  const bytes = height * width * 3;
  return block.map(({ orientation }, i) => {
    const [h = 0, w = 0] = sizes[i] ?? [];
    return turnUpright({ height: h, width: w, pixels: pixels.slice(i * bytes, (i + 1) * bytes) }, orientation);
  });
}

interface Program {
  readonly session: Session;
  readonly fetch: string;
}

const programs = new Map<string, Program>();

function program(way: Way, branches: number): Program {
  const key = `${branches} ${keyOf(way)}`;
  const known = programs.get(key);
  if (known) return known;
  const g = new Graph();
  const files = unstack(g, g.placeholder('files', 'string', [branches]), branches);
  const sizes = unstack(g, g.placeholder('sizes', 'int32', [branches, 2]), branches);
  const pictures = files.map((file) => (way.kind === 'png' ? decodePng(g, file) : decodeJpeg(g, file, way.ratio)));
  const pixels = bytesAsInts(g, concatenated(g, pictures.map((picture, i) => (way.fits ? reshapeTo(g, picture, [null]) : resizeToBytes(g, picture, sizes[i]!)))));
  const made = { session: new Session(encodeSavedModel(g)), fetch: nameOf(pixels) };
  programs.set(key, made);
  return made;
}
