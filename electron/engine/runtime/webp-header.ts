/** What a WebP file says of itself (RFC 9649): "RIFF", size, "WEBP", then chunks of four letters, size and content. */
import { readOrientation } from './exif';

interface Found {
  readonly width: number;
  readonly height: number;
  readonly orientation: number;
}

/** Of VP8X: has EXIF, has several frames. */
const EXIF = 0x08;
const ANIMATION = 0x02;

/** @throws RangeError when the bytes stop before what they announce */
export function readWebpHeader(view: DataView): Found | null {
  const upright = { orientation: 1 };
  switch (letters(view, 12)) {
    case 'VP8 ':
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff, ...upright };
    case 'VP8L': {
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1, ...upright };
    }
    case 'VP8X': {
      const orientation = view.getUint8(20) & EXIF ? orientationOf(view) : 1;
      return { width: uint24(view, 24) + 1, height: uint24(view, 27) + 1, orientation };
    }
    default:
      return null;
  }
}

/** EXIF comes behind the pixels. */
function orientationOf(view: DataView): number {
  for (let at = 12; at < 8 + view.getUint32(4, true); ) {
    const size = view.getUint32(at + 4, true);
    if (letters(view, at) === 'EXIF') {
      // Some write JPEG's "Exif\0\0" before it.
      const start = at + 8 + (letters(view, at + 8) === 'Exif' ? 6 : 0);
      return readOrientation(view, start, at + 8 + size) ?? 1;
    }
    at += 8 + size + (size % 2);
  }
  return 1;
}

export interface WebpFrame {
  /** A file of one frame. */
  readonly bytes: Uint8Array;
  /** Where it lies on the picture. */
  readonly x: number;
  readonly y: number;
}

/** The first frame of an animation as a file by itself; null when the file is none. @throws RangeError when the bytes stop before its end */
export function firstFrame(bytes: Uint8Array): WebpFrame | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (letters(view, 12) !== 'VP8X' || !(view.getUint8(20) & ANIMATION)) return null;
  let at = 30;
  while (letters(view, at) !== 'ANMF') at += 8 + view.getUint32(at + 4, true) + (view.getUint32(at + 4, true) % 2);
  const [start, end] = [at + 8, at + 8 + view.getUint32(at + 4, true)];
  if (end > view.byteLength) throw new RangeError('the first frame is cut off');
  // Position in steps of two pixels, width and height less one, duration, flags; then its chunks, alpha before colours.
  const content = bytes.subarray(start + 16, end);
  const extended = Buffer.alloc(letters(view, start + 16) === 'ALPH' ? 18 : 0);
  if (extended.length > 0) {
    extended.write('VP8X', 0, 'latin1');
    extended.writeUInt32LE(10, 4);
    extended[8] = 0x10;
    extended.set(bytes.subarray(start + 6, start + 12), 12);
  }
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1');
  head.writeUInt32LE(4 + extended.length + content.length, 4);
  return { bytes: Buffer.concat([head, extended, content]), x: 2 * uint24(view, start), y: 2 * uint24(view, start + 3) };
}

const letters = (view: DataView, at: number): string => String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));
const uint24 = (view: DataView, at: number): number => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
