/** What the first bytes of a picture file say, before anything is decoded. */
import { readAvifHeader } from './avif-header';
import { readOrientation } from './exif';
import { readWebpHeader } from './webp-header';

export type PictureKind = 'jpeg' | 'png' | 'gif' | 'bmp' | 'webp' | 'avif';

export interface PictureHeader {
  readonly kind: PictureKind;
  /** Pixels as stored, before the orientation is applied. */
  readonly width: number;
  readonly height: number;
  /** EXIF orientation, 1 to 8; 1 is upright. Of AVIF, its own turning and mirroring said in the same numbers. */
  readonly orientation: number;
  /** A JPEG stored from coarse to fine: all of it must be in memory before the first pixel. */
  readonly progressive?: true;
  /** Bits a colour, where a JPEG has more than 8. */
  readonly bits?: number;
}

/** Null when the bytes are no picture of a kind that can be read, or stop before its size and orientation are told. */
export function readPictureHeader(bytes: Uint8Array): PictureHeader | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (starts(bytes, 0xff, 0xd8, 0xff)) return readJpeg(view);
    if (starts(bytes, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return sized('png', view.getUint32(16), view.getUint32(20));
    if (starts(bytes, 0x47, 0x49, 0x46, 0x38)) return sized('gif', view.getUint16(6, true), view.getUint16(8, true));
    // A negative height is a picture stored from the top down.
    if (starts(bytes, 0x42, 0x4d)) return sized('bmp', view.getInt32(18, true), Math.abs(view.getInt32(22, true)));
    if (says(bytes, 0, 'RIFF') && says(bytes, 8, 'WEBP')) return sizedAs('webp', readWebpHeader(view));
    if (says(bytes, 4, 'ftyp')) return sizedAs('avif', readAvifHeader(view));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return null;
}

const starts = (bytes: Uint8Array, ...signature: number[]): boolean => signature.every((byte, i) => bytes[i] === byte);
const says = (bytes: Uint8Array, at: number, letters: string): boolean => [...letters].every((letter, i) => bytes[at + i] === letter.charCodeAt(0));

const sized = (kind: PictureKind, width: number, height: number): PictureHeader | null => sizedAs(kind, { width, height, orientation: 1 });

const sizedAs = (kind: PictureKind, found: Omit<PictureHeader, 'kind'> | null): PictureHeader | null =>
  found && found.width > 0 && found.height > 0 ? { kind, ...found } : null;

/** Walks the segments up to the frame header (SOF), which holds the size; EXIF (APP1) comes before it. */
function readJpeg(view: DataView): PictureHeader | null {
  let orientation = 1;
  for (let at = 2; ; ) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff || (marker >= 0xd0 && marker <= 0xd8) || marker === 0x01) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) {
      const bits = view.getUint8(at + 4);
      const progressive = marker === 0xc2 && { progressive: true as const };
      return sizedAs('jpeg', { width: view.getUint16(at + 7), height: view.getUint16(at + 5), orientation, ...progressive, ...(bits > 8 && { bits }) });
    }
    if (marker === 0xd9 || marker === 0xda) return null;
    const length = view.getUint16(at + 2);
    if (marker === 0xe1 && view.getUint32(at + 4) === 0x45786966) orientation = readOrientation(view, at + 10, at + 2 + length) ?? orientation;
    at += 2 + length;
  }
}
