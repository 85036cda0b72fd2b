/** Pictures to drop on the window: CIFAR-10's own, or made ones, as PNG files. */
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';

/** Height and width of all of them. */
export const SIZE = 32;
const PLANE = SIZE * SIZE;

/** A picture of CIFAR-10's first batch as [32, 32, 3] bytes; stored as a label and three planes. */
export function cifarPicture(folder: string, index: number): Uint8Array {
  const record = new Uint8Array(1 + 3 * PLANE);
  const test = ['test_batch.bin', 'test_batch_first1000.bin', 'data_batch_1.bin'].map((name) => join(folder, name)).find(existsSync);
  const file = openSync(test ?? '', 'r');
  readSync(file, record, 0, record.length, index * record.length);
  closeSync(file);
  return Uint8Array.from({ length: 3 * PLANE }, (_, i) => record[1 + (i % 3) * PLANE + Math.floor(i / 3)] ?? 0);
}

/** All pictures of CIFAR-10's first batch, as `cifarPicture` gives one. */
export function cifarRecords(folder: string): (index: number) => { label: number; pixels: Uint8Array } {
  const batch = readFileSync(join(folder, 'data_batch_1.bin'));
  return (index) => {
    const record = batch.subarray(index * (1 + 3 * PLANE), (index + 1) * (1 + 3 * PLANE));
    return { label: record[0] ?? 0, pixels: Uint8Array.from({ length: 3 * PLANE }, (_, i) => record[1 + (i % 3) * PLANE + Math.floor(i / 3)] ?? 0) };
  };
}

/** A colour gradient that depends on `index`, where there is no CIFAR-10. */
export const madePicture = (index: number): Uint8Array =>
  Uint8Array.from({ length: 3 * PLANE }, (_, i) => (Math.floor(i / 3) * (i % 3 === index % 3 ? 1 : 3) + 40 * index) % 256);

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});
const crc32 = (bytes: Uint8Array): number => (bytes.reduce((c, byte) => (crcTable[(c ^ byte) & 255] ?? 0) ^ (c >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;

/** A part of a PNG file, with its checksum. */
export function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

/** How every PNG file begins. */
export const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** A PNG of 8-bit RGB without filters: exactly the pixels that went in. */
export function png(pixels: Uint8Array): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(SIZE, 0);
  header.writeUInt32BE(SIZE, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows = Array.from({ length: SIZE }, (_, y) => Buffer.concat([Buffer.from([0]), pixels.subarray(y * SIZE * 3, (y + 1) * SIZE * 3)]));
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.concat(rows))), chunk('IEND', Buffer.alloc(0))]);
}
