/** Files that the data tests make for themselves. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterAll } from 'vitest';
import type { Progress } from '../../electron/contract';
import { type JobContext, JobControl } from '../../electron/engine/context';
import { tf } from '../../electron/engine/runtime/tensorflow';

/** A folder that goes away with the test file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tsugiki-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function recordingContext(): { context: JobContext; control: JobControl; reports: Progress[] } {
  const control = new JobControl();
  const reports: Progress[] = [];
  return { control, reports, context: control.context((progress) => reports.push(progress)) };
}

export interface Colours {
  readonly width: number;
  readonly height: number;
  readonly at: (x: number, y: number) => readonly number[];
}

const tensorOf = ({ width, height, at }: Colours) => {
  const rows = Array.from({ length: height }, (_, y) => Array.from({ length: width }, (_, x) => [...at(x, y)]));
  return tf.tensor3d(rows, undefined, 'int32');
};

export async function png(colours: Colours): Promise<Uint8Array> {
  const tensor = tensorOf(colours);
  return tf.node.encodePng(tensor).finally(() => tensor.dispose());
}

export async function jpeg(colours: Colours): Promise<Uint8Array> {
  const tensor = tensorOf(colours);
  return tf.node.encodeJpeg(tensor, 'rgb', 100, false, false, false).finally(() => tensor.dispose());
}

export const plain = (width: number, height: number, ...colour: number[]): Colours => ({ width, height, at: () => colour });

/** Puts an EXIF block that says nothing but the orientation behind a JPEG's start. */
export function withOrientation(bytes: Uint8Array, orientation: number, littleEndian: boolean): Buffer {
  const tiff = Buffer.alloc(26);
  const u16 = (value: number, at: number) => (littleEndian ? tiff.writeUInt16LE(value, at) : tiff.writeUInt16BE(value, at));
  const u32 = (value: number, at: number) => (littleEndian ? tiff.writeUInt32LE(value, at) : tiff.writeUInt32BE(value, at));
  tiff.write(littleEndian ? 'II' : 'MM', 0, 'latin1');
  u16(42, 2);
  u32(8, 4);
  u16(1, 8);
  u16(0x0112, 10);
  u16(3, 12);
  u32(1, 14);
  u16(orientation, 18);
  const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
  const head = Buffer.from([0xff, 0xe1, 0, body.length + 2]);
  return Buffer.concat([bytes.subarray(0, 2), head, body, bytes.subarray(2)]);
}

/** A BMP of 24 bits, from the bottom up as usual. */
export function bmp({ width, height, at }: Colours): Buffer {
  const stride = Math.ceil((width * 3) / 4) * 4;
  const bytes = Buffer.alloc(54 + stride * height);
  bytes.write('BM', 0, 'latin1');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(height, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [red = 0, green = 0, blue = 0] = at(x, height - 1 - y);
      bytes.set([blue, green, red], 54 + y * stride + x * 3);
    }
  }
  return bytes;
}

/** Two frames of one pixel: red, then green. */
export const GIF = Buffer.from(
  '47494638396101000100910000ff000000ff000000ff00000021f90400000000002c00000000010001000002024401002c0000000001000100000202' + '4c01003b',
  'hex'
);

export interface Packed {
  readonly name: string;
  readonly content: Uint8Array | string;
  readonly linkTo?: string;
}

export async function tar(files: readonly Packed[]): Promise<Buffer> {
  const stream = pack();
  for (const { name, content, linkTo } of files) {
    if (linkTo === undefined) stream.entry({ name }, Buffer.from(content as Uint8Array));
    else stream.entry({ name, type: 'symlink', linkname: linkTo });
  }
  stream.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of Readable.from(stream as AsyncIterable<Buffer>)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export const tarGz = async (files: readonly Packed[]): Promise<Buffer> => gzipSync(await tar(files));

/** A zip whose files are stored, not deflated. */
export function zip(files: readonly Packed[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const name = Buffer.from(file.name, 'utf8');
    const content = Buffer.from(file.content as Uint8Array);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x0800, 2);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(name.length, 22);
    parts.push(Buffer.from('PK\x03\x04', 'latin1'), common, name, content);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, tail, name);
    offset += 30 + name.length + content.length;
  }
  const index = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(index.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, index, end]);
}

function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
