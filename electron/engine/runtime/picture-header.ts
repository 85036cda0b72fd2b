/** What the first bytes of a picture file say, before anything is decoded. */

export type PictureKind = 'jpeg' | 'png' | 'gif' | 'bmp';

export interface PictureHeader {
  readonly kind: PictureKind;
  /** Pixels as stored, before the orientation is applied. */
  readonly width: number;
  readonly height: number;
  /** EXIF orientation, 1 to 8; 1 is upright. */
  readonly orientation: number;
}

/** Null when the bytes are no picture of a kind that can be read, or stop before its size is told. */
export function readPictureHeader(bytes: Uint8Array): PictureHeader | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (starts(bytes, 0xff, 0xd8, 0xff)) return readJpeg(view);
    if (starts(bytes, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return sized('png', view.getUint32(16), view.getUint32(20));
    if (starts(bytes, 0x47, 0x49, 0x46, 0x38)) return sized('gif', view.getUint16(6, true), view.getUint16(8, true));
    // A negative height is a picture stored from the top down.
    if (starts(bytes, 0x42, 0x4d)) return sized('bmp', view.getInt32(18, true), Math.abs(view.getInt32(22, true)));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return null;
}

const starts = (bytes: Uint8Array, ...signature: number[]): boolean => signature.every((byte, i) => bytes[i] === byte);

const sized = (kind: PictureKind, width: number, height: number, orientation = 1): PictureHeader | null =>
  width > 0 && height > 0 ? { kind, width, height, orientation } : null;

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
    if (isFrame) return sized('jpeg', view.getUint16(at + 7), view.getUint16(at + 5), orientation);
    if (marker === 0xd9 || marker === 0xda) return null;
    const length = view.getUint16(at + 2);
    if (marker === 0xe1 && view.getUint32(at + 4) === 0x45786966) orientation = readOrientation(view, at + 10, at + 2 + length) ?? orientation;
    at += 2 + length;
  }
}

/** Tag 0x0112 of the first directory of the TIFF structure in [start, end). */
function readOrientation(view: DataView, start: number, end: number): number | null {
  const tiff = new DataView(view.buffer, view.byteOffset + start, Math.max(0, Math.min(end, view.byteLength) - start));
  try {
    const little = tiff.getUint16(0) === 0x4949;
    const directory = tiff.getUint32(4, little);
    const entries = tiff.getUint16(directory, little);
    for (let i = 0; i < entries; i++) {
      const entry = directory + 2 + 12 * i;
      if (tiff.getUint16(entry, little) !== 0x0112) continue;
      const value = tiff.getUint16(entry + 8, little);
      return value >= 1 && value <= 8 ? value : null;
    }
  } catch (error) {
    // A broken EXIF block does not spoil the picture.
    if (!(error instanceof RangeError)) throw error;
  }
  return null;
}
