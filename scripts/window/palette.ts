/** A screenshot in 256 colours: a third of the size, and no difference to the eye. Colours of the window stay exact; photographs share the rest. */
import { deflateSync, inflateSync } from 'node:zlib';
import { chunk, SIGNATURE } from '../../test/app/pictures';

const COLOURS = 256;
/** Colours that cover more than this share of a picture are the window's own. */
const OWN = 1 / 4000;

interface Pixels {
  width: number;
  height: number;
  /** 0xRRGGBB, row by row. */
  values: Uint32Array;
}

/** A PNG of 8-bit RGB or RGBA without interlacing, as Chromium writes it. */
function decode(png: Buffer): Pixels {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const channels = png[25] === 6 ? 4 : 3;
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; at += png.readUInt32BE(at) + 12) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const data = inflateSync(Buffer.concat(parts));
  const stride = width * channels;
  const values = new Uint32Array(width * height);
  let above = new Uint8Array(stride);
  for (let y = 0; y < height; y++) {
    const filter = data[y * (stride + 1)];
    const row = Uint8Array.from(data.subarray(y * (stride + 1) + 1, (y + 1) * (stride + 1)));
    for (let i = 0; i < stride; i++) {
      const [left, up, corner] = [i < channels ? 0 : row[i - channels]!, above[i]!, i < channels ? 0 : above[i - channels]!];
      const guess = left + up - corner;
      const [toLeft, toUp, toCorner] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
      const paeth = toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
      row[i] = row[i]! + [0, left, up, (left + up) >> 1, paeth][filter ?? 0]!;
    }
    for (let x = 0; x < width; x++) values[y * width + x] = (row[x * channels]! << 16) | (row[x * channels + 1]! << 8) | row[x * channels + 2]!;
    above = row;
  }
  return { width, height, values };
}

const channelsOf = (colour: number): [number, number, number] => [colour >> 16, (colour >> 8) & 255, colour & 255];

/** Median cut: the box with the widest side is halved by its middle pixel, until there are enough boxes. */
function boxesOf(colours: [colour: number, times: number][], wanted: number): [number, number][][] {
  const boxes = [colours];
  const widest = (box: [number, number][]): { channel: 0 | 1 | 2; width: number } =>
    ([0, 1, 2] as const)
      .map((channel) => {
        const values = box.map(([colour]) => channelsOf(colour)[channel]);
        return { channel, width: values.reduce((a, b) => Math.max(a, b), 0) - values.reduce((a, b) => Math.min(a, b), 255) };
      })
      .reduce((a, b) => (b.width > a.width ? b : a));
  const sides = [widest(colours)];
  while (boxes.length < wanted) {
    const at = sides.reduce((best, side, i) => (side.width > (sides[best]?.width ?? 0) ? i : best), 0);
    const [box, side] = [boxes[at], sides[at]];
    if (!box || !side || side.width === 0) break;
    box.sort(([a], [b]) => channelsOf(a)[side.channel] - channelsOf(b)[side.channel]);
    let [half, i] = [box.reduce((sum, [, times]) => sum + times, 0) / 2, 0];
    while (i < box.length - 1 && half > 0) half -= box[i++]![1];
    const halves = [box.slice(0, Math.max(1, i)), box.slice(Math.max(1, i))];
    boxes.splice(at, 1, ...halves);
    sides.splice(at, 1, ...halves.map(widest));
  }
  return boxes;
}

const mean = (box: [number, number][]): number => {
  const total = box.reduce((sum, [, times]) => sum + times, 0);
  const [r, g, b] = [0, 1, 2].map((channel) => Math.round(box.reduce((sum, [colour, times]) => sum + channelsOf(colour)[channel as 0 | 1 | 2] * times, 0) / total)) as [number, number, number];
  return (r << 16) | (g << 8) | b;
};

/** The same picture with a palette. */
export function inPalette(png: Buffer): Buffer {
  const { width, height, values } = decode(png);
  const times = new Map<number, number>();
  for (const value of values) times.set(value, (times.get(value) ?? 0) + 1);
  const ordered = [...times].sort(([, a], [, b]) => b - a);
  const own = ordered.filter(([, count]) => count > values.length * OWN).slice(0, COLOURS / 2);
  const boxes = [...own.map((colour) => [colour]), ...boxesOf(ordered.slice(own.length), COLOURS - own.length)];
  const place = new Map(boxes.flatMap((box, i) => box.map(([colour]) => [colour, i] as const)));
  const rows = Buffer.alloc((width + 1) * height);
  values.forEach((value, i) => (rows[i + Math.floor(i / width) + 1] = place.get(value) ?? 0));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const palette = Buffer.from(boxes.flatMap((box) => channelsOf(mean(box))));
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('PLTE', palette), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))]);
}
