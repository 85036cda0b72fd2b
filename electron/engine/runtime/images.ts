/** Picture files to pixels: decoded by TensorFlow, turned upright, resized. */
import { TsugikiError } from '../../contract';
import { type PictureHeader, readPictureHeader } from './picture-header';
import { tf } from './tensorflow';

/** Bytes 0..255, [height, width, 3], rows from the top, R G B interleaved. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** More pixels than any camera makes; a crafted header must not ask for all memory. */
const MOST_PIXELS = 200e6;

/**
 * Decodes a JPEG, PNG, GIF (its first frame) or BMP file and turns it upright by its EXIF orientation. Transparent parts lie on white.
 * @param atLeast when the picture will be shrunk to this height and width anyway, a large JPEG is decoded at a half, a quarter or an
 *   eighth of its size, as long as twice this remains; much faster
 * @throws TsugikiError picture_unreadable
 */
export function decodePicture(bytes: Uint8Array, atLeast = Infinity): Picture {
  const header = readPictureHeader(bytes);
  if (!header) throw unreadable('it is no JPEG, PNG, GIF or BMP picture, or stops at once. Save it as one of these');
  if (header.width * header.height > MOST_PIXELS) throw unreadable(`it has ${header.width} x ${header.height} pixels, more than can be read. Make it smaller`);
  try {
    return turnUpright(decode(bytes, header, atLeast), header.orientation);
  } catch {
    throw unreadable('its data is damaged or cut off. Save or copy it again');
  }
}

/**
 * Stretches a picture to `height` x `width`: bilinear with half-pixel centres, averaging over all pixels that fall together when
 * shrinking, as `tf.image.resize(…, antialias=True)`.
 */
export function resizePicture(picture: Picture, height: number, width: number): Picture {
  if (picture.height === height && picture.width === width) return picture;
  const rows = taps(picture.height, height);
  const columns = taps(picture.width, width);
  const stride = picture.width * 3;
  const pixels = new Uint8Array(height * width * 3);
  const line = new Float32Array(stride);
  for (let y = 0; y < height; y++) {
    line.fill(0);
    const { first, weights } = rows[y]!;
    weights.forEach((weight, i) => {
      const from = (first + i) * stride;
      for (let x = 0; x < stride; x++) line[x]! += weight * picture.pixels[from + x]!;
    });
    for (let x = 0; x < width; x++) mix(line, columns[x]!, pixels, (y * width + x) * 3);
  }
  return { width, height, pixels };
}

/** Decoded and resized in one go: what training, evaluation and classification all see of a picture file. */
export const readPicture = (bytes: Uint8Array, height: number, width: number): Picture => resizePicture(decodePicture(bytes, Math.max(height, width)), height, width);

interface Taps {
  readonly first: number;
  readonly weights: Float32Array;
}

/** For each position after resizing: the old positions it draws from and their weights, a triangle as wide as one new pixel. */
function taps(from: number, to: number): Taps[] {
  const scale = from / to;
  const radius = Math.max(1, scale);
  return Array.from({ length: to }, (_, position) => {
    const centre = (position + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - radius));
    const last = Math.min(from, Math.ceil(centre + radius));
    const weights = Float32Array.from({ length: last - first }, (_, i) => Math.max(0, 1 - Math.abs(first + i + 0.5 - centre) / radius));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}

function mix(line: Float32Array, { first, weights }: Taps, pixels: Uint8Array, at: number): void {
  let [red, green, blue] = [0.5, 0.5, 0.5]; // rounds to nearest when cut off
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i]!;
    const from = (first + i) * 3;
    red += weight * line[from]!;
    green += weight * line[from + 1]!;
    blue += weight * line[from + 2]!;
  }
  pixels[at] = red;
  pixels[at + 1] = green;
  pixels[at + 2] = blue;
}

function decode(bytes: Uint8Array, header: PictureHeader, atLeast: number): Picture {
  const tensor = tf.tidy(() =>
    header.kind === 'jpeg' ? tf.node.decodeJpeg(bytes, 3, jpegRatio(header, atLeast)) : tf.node.decodeImage(bytes, 0, 'int32', false)
  );
  try {
    const [height = 0, width = 0, channels = 0] = tensor.shape;
    return { height, width, pixels: toRgb(tensor.dataSync(), height * width, channels, header.kind === 'png') };
  } finally {
    tensor.dispose();
  }
}

function jpegRatio({ width, height }: PictureHeader, atLeast: number): number {
  const room = Math.min(width, height) / (2 * atLeast);
  return [8, 4, 2].find((ratio) => ratio <= room) ?? 1;
}

/** Grey, grey and alpha, RGB or RGBA to RGB. A BMP's fourth channel is padding, not alpha. */
function toRgb(values: ArrayLike<number>, count: number, channels: number, hasAlpha: boolean): Uint8Array {
  if (channels === 3) return new Uint8Array(values);
  const pixels = new Uint8Array(count * 3);
  const colours = channels < 3 ? 1 : 3;
  for (let i = 0; i < count; i++) {
    const alpha = hasAlpha && channels % 2 === 0 ? values[i * channels + channels - 1]! / 255 : 1;
    for (let c = 0; c < 3; c++) {
      const value = values[i * channels + (colours === 1 ? 0 : c)]!;
      pixels[i * 3 + c] = Math.round(255 + alpha * (value - 255));
    }
  }
  return pixels;
}

/** EXIF: 2 mirrored, 3 upside down, 4 both, 5 to 8 the same with rows and columns exchanged. */
function turnUpright(picture: Picture, orientation: number): Picture {
  if (orientation === 1) return picture;
  const { width: w, height: h } = picture;
  const swapped = orientation >= 5;
  const [width, height] = swapped ? [h, w] : [w, h];
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBottom = [3, 4, 6, 7].includes(orientation);
  const pixels = new Uint8Array(picture.pixels.length);
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      const [column, row] = swapped ? [y, x] : [x, y];
      const from = ((fromBottom ? h - 1 - row : row) * w + (fromRight ? w - 1 - column : column)) * 3;
      pixels[at] = picture.pixels[from]!;
      pixels[at + 1] = picture.pixels[from + 1]!;
      pixels[at + 2] = picture.pixels[from + 2]!;
    }
  }
  return { width, height, pixels };
}

const unreadable = (reason: string): TsugikiError => new TsugikiError('picture_unreadable', `The picture cannot be read: ${reason}.`, { reason });
