/**
 * BMP as Windows and its programs write it (https://learn.microsoft.com/windows/win32/gdi/bitmap-storage): palettes of 1, 4 and 8 bits, and
 * 16, 24 and 32 bits a pixel. TensorFlow reads the last two only, and takes a palette's indices for grey.
 */
import { because } from '../../contract';
import { unreadable } from './unreadable';

const PLAIN = 0;
/** Masks say where the colours lie in a pixel. */
const FIELDS = [3, 6];

interface Layout {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly stride: number;
  readonly start: number;
  readonly topDown: boolean;
  readonly view: DataView;
}

/** RGBA, rows from the top. @throws TsugikiError picture_unreadable, RangeError when the bytes stop too early */
export function decodeBmp(bytes: Uint8Array): { width: number; height: number; data: Uint8Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = view.getUint32(14, true);
  const [width, height, bits] = [view.getInt32(18, true), view.getInt32(22, true), view.getUint16(28, true)];
  const compression = view.getUint32(30, true);
  if (header < 40 || (compression !== PLAIN && !FIELDS.includes(compression))) throw unreadable(because('old_bmp', 'it is a BMP of a kind that is hardly used any more. Save it as PNG'));
  const stride = Math.ceil((width * bits) / 32) * 4;
  const layout: Layout = { width, height: Math.abs(height), bits, stride, start: view.getUint32(10, true), topDown: height < 0, view };
  if (layout.start + stride * layout.height > bytes.length) throw new RangeError('the BMP is cut off');
  const data = new Uint8Array(width * layout.height * 4);
  if (bits <= 8) paintPalette(layout, 14 + header, data);
  else paintFields(layout, compression === PLAIN ? PLAIN_MASKS[bits] ?? [] : masksOf(view), data);
  return { width, height: layout.height, data };
}

/** Where row `y` from the top begins. */
const rowStart = ({ start, stride, height, topDown }: Layout, y: number): number => start + stride * (topDown ? y : height - 1 - y);

/** Entries of blue, green, red and nothing; pixels begin at a byte's upper end. */
function paintPalette(layout: Layout, palette: number, data: Uint8Array): void {
  const { width, height, bits, view } = layout;
  const mask = (1 << bits) - 1;
  for (let y = 0, to = 0; y < height; y++) {
    const row = rowStart(layout, y);
    for (let x = 0; x < width; x++, to += 4) {
      const byte = view.getUint8(row + ((x * bits) >> 3));
      const entry = palette + 4 * ((byte >> (8 - bits - ((x * bits) & 7))) & mask);
      data[to] = view.getUint8(entry + 2);
      data[to + 1] = view.getUint8(entry + 1);
      data[to + 2] = view.getUint8(entry);
      data[to + 3] = 255;
    }
  }
}

/** Red, green, blue. */
const PLAIN_MASKS: Record<number, readonly number[]> = { 16: [0x7c00, 0x03e0, 0x001f], 24: [0xff0000, 0xff00, 0xff], 32: [0xff0000, 0xff00, 0xff] };

/** Behind the 40 bytes of the first header, or in the place of them in the larger ones, which have a fourth for alpha. */
const masksOf = (view: DataView): number[] => [54, 58, 62, ...(view.getUint32(14, true) >= 56 ? [66] : [])].map((at) => view.getUint32(at, true));

function paintFields(layout: Layout, masks: readonly number[], data: Uint8Array): void {
  const { width, height, bits, view } = layout;
  const step = bits / 8;
  if (masks.length === 0 || ![2, 3, 4].includes(step)) throw unreadable(because('bmp_bits', `it is a BMP of ${bits} bits a pixel. Save it as PNG`, { bits }));
  const fields = masks.filter((mask) => mask !== 0).map((mask) => ({ shift: 31 - Math.clz32(mask & -mask), most: mask >>> (31 - Math.clz32(mask & -mask)) }));
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0, at = rowStart(layout, y); x < width; x++, at += step, to += 4) {
      const pixel = step === 4 ? view.getUint32(at, true) : view.getUint16(at, true) | (step === 3 ? view.getUint8(at + 2) << 16 : 0);
      data[to + 3] = 255;
      fields.forEach(({ shift, most }, channel) => (data[to + channel] = Math.round((255 * ((pixel >>> shift) & most)) / most)));
    }
  }
}
