/**
 * The first frame of a GIF (https://www.w3.org/Graphics/GIF/spec-gif89a.txt) as a picture by itself, for TensorFlow, which decodes all frames of
 * a file, shows transparency black, and makes the picture as large as its largest frame.
 */

export interface GifFrame {
  /** A file of one frame, white where it was transparent. */
  readonly bytes: Uint8Array;
  /** Where it lies on the picture. */
  readonly x: number;
  readonly y: number;
}

const EXTENSION = 0x21;
const CONTROL = 0xf9;
const IMAGE = 0x2c;
const TRAILER = 0x3b;

/** @throws RangeError when the bytes stop before the end of the first frame */
export function firstFrame(bytes: Uint8Array): GifFrame {
  const copy = Buffer.from(bytes);
  let at = 13 + tableBytes(copy.readUInt8(10));
  let palette = 13;
  let control: number | null = null;
  while (copy.readUInt8(at) === EXTENSION) {
    if (copy.readUInt8(at + 1) === CONTROL) control = at + 3;
    at = afterBlocks(copy, at + 2);
  }
  if (copy.readUInt8(at) !== IMAGE) throw new RangeError('the GIF holds no picture');
  const [x, y] = [copy.readUInt16LE(at + 1), copy.readUInt16LE(at + 3)];
  copy.fill(0, at + 1, at + 5);
  const own = tableBytes(copy.readUInt8(at + 9));
  if (own > 0) palette = at + 10;
  const end = afterBlocks(copy, at + 10 + own + 1);
  // Its lowest bit says that the colour three bytes on is transparent.
  if (control !== null && copy.readUInt8(control) & 1) {
    copy[control]! &= ~1;
    copy.fill(255, palette + 3 * copy.readUInt8(control + 3), palette + 3 * copy.readUInt8(control + 3) + 3);
  }
  return { bytes: Buffer.concat([copy.subarray(0, end), Buffer.of(TRAILER)]), x, y };
}

/** Bytes of a colour table, from the flags that announce it. */
const tableBytes = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);

/** Blocks begin with their length; one of length 0 is the last. */
function afterBlocks(bytes: Buffer, at: number): number {
  while (bytes.readUInt8(at) !== 0) at += 1 + bytes.readUInt8(at);
  return at + 1;
}
