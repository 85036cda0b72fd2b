/** Picture files to pixels: decoded, turned upright, resized. */
import { because, type ErrorShape, TsugikiError } from '../../contract';
import { decode } from './decode';
import { type Picture, turnUpright } from './picture';
import { type PictureHeader, readPictureHeader } from './picture-header';
import { resizePicture } from './resize';
import { NO_PICTURE, unreadable } from './unreadable';

export type { Picture } from './picture';
export { resizePicture } from './resize';

/** More pixels than any camera makes; a crafted header must not ask for all memory. */
export const MOST_PIXELS = 200e6;

/**
 * Decodes a JPEG, PNG, GIF, BMP, WebP or AVIF file, of an animation the first frame, and turns it upright by its EXIF orientation.
 * Transparent parts lie on white.
 * @param atLeast when the picture will be shrunk to this height and width anyway, a large JPEG is decoded at a half, a quarter or an
 *   eighth of its size, as long as twice this remains; much faster
 * @throws TsugikiError picture_unreadable
 */
export function decodePicture(bytes: Uint8Array, atLeast = Infinity): Picture {
  const header = readPictureHeader(bytes);
  if (!header) throw unreadable(NO_PICTURE);
  const ratio = header.kind === 'jpeg' ? jpegRatio(header, atLeast) : 1;
  const why = refusal(header, ratio);
  if (why !== null) throw unreadable(why);
  try {
    return turnUpright(decode(bytes, header, ratio), header.orientation);
  } catch (error) {
    if (error instanceof TsugikiError) throw error;
    throw unreadable(because('picture_damaged', 'its data is damaged or cut off. Save or copy it again'));
  }
}

/** Why a picture is not even tried; null when it is. */
function refusal({ width, height, progressive, bits }: PictureHeader, ratio: number): ErrorShape | null {
  if (bits !== undefined) return because('jpeg_bits', `it is a JPEG of ${bits} bits a colour. Save it with 8 bits`, { bits });
  const kept = progressive ? 1 : ratio ** 2;
  return (width * height) / kept > MOST_PIXELS ? because('many_pixels', `it has ${width} x ${height} pixels, more than can be read. Make it smaller`, { width, height }) : null;
}

/** Decoded and resized in one go: what training, evaluation and classification all see of a picture file. */
export const readPicture = (bytes: Uint8Array, height: number, width: number): Picture => resizePicture(decodePicture(bytes, Math.max(height, width)), height, width);

/** At which fraction of its size a JPEG is decoded when it will be shrunk to `atLeast`: twice this remains. */
export function jpegRatio({ width, height }: PictureHeader, atLeast: number): number {
  const room = Math.min(width, height) / (2 * atLeast);
  return [8, 4, 2].find((ratio) => ratio <= room) ?? 1;
}
