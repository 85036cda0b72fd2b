/** Files built byte by byte: pictures and archives, right ones and ones that are wrong in just one way. */
import { crc32, deflateRawSync, deflateSync } from 'node:zlib';

/** A grey PNG of 1 or 8 bits a pixel. */
export function greyPng(width: number, height: number, grey = 128, bits: 1 | 8 = 8): Buffer {
  const row = Buffer.alloc(1 + Math.ceil((width * bits) / 8), bits === 8 ? grey : 0);
  row[0] = 0;
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, bits, 0, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const rows = Buffer.alloc(row.length * height);
  for (let y = 0; y < height; y++) row.copy(rows, y * row.length);
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', header), chunk('IDAT', deflateSync(rows, { level: 1 })), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  return Buffer.concat([uint32BE(data.length), body, uint32BE(crc32(body))]);
}

const uint32BE = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

export interface ZipPart {
  readonly name: string | Buffer;
  readonly content?: Buffer;
  readonly deflated?: boolean;
  /** Bits 0: encrypted, 6: strongly, 11: the name is UTF-8. */
  readonly flags?: number;
  /** The unpacked size that it claims. */
  readonly size?: number;
  /** Unix mode: 0o120777 is a link. */
  readonly mode?: number;
  /** Its data is that of the first part. */
  readonly overlapping?: boolean;
}

export function zipOf(parts: readonly ZipPart[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const part of parts) {
    const name = Buffer.from(part.name as string);
    const content = part.content ?? Buffer.alloc(0);
    const packed = part.deflated ? deflateRawSync(content, { level: 1 }) : content;
    const size = part.size ?? content.length;
    const first = directory[0];
    const common = Buffer.alloc(26);
    common.writeUInt16LE(45, 0);
    common.writeUInt16LE(part.flags ?? 0x800, 2);
    common.writeUInt16LE(part.deflated ? 8 : 0, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(part.overlapping && first ? first.readUInt32LE(20) : packed.length, 14);
    common.writeUInt32LE(Math.min(size, 0xffffffff), 18);
    common.writeUInt16LE(name.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(((part.mode ?? 0) << 16) >>> 0, 6);
    tail.writeUInt32LE(part.overlapping ? 0 : offset, 10);
    // Sizes from 4 GB on stand in a field of their own (zip64).
    const large = Buffer.alloc(size >= 0xffffffff ? 12 : 0);
    if (large.length > 0) {
      large.writeUInt16LE(1, 0);
      large.writeUInt16LE(8, 2);
      large.writeBigUInt64LE(BigInt(size), 4);
    }
    const inDirectory = Buffer.from(common);
    inDirectory.writeUInt16LE(large.length, 24);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x2d\x00', 'latin1'), inDirectory, tail, name, large]));
    if (part.overlapping) continue;
    bodies.push(Buffer.from('PK\x03\x04', 'latin1'), common, name, packed);
    offset += 30 + name.length + packed.length;
  }
  const index = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(index.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, index, end]);
}

export interface TarPart {
  readonly name: string;
  readonly content?: Buffer;
  /** "0" a file, "1" a hard link, "2" a link, "6" a pipe. */
  readonly type?: string;
  readonly linkTo?: string;
  /** The size that it claims. */
  readonly size?: number;
}

/** A tar in the ustar format, names of up to 99 bytes. */
export function tarOf(parts: readonly TarPart[]): Buffer {
  const blocks = parts.map(({ name, content = Buffer.alloc(0), type = '0', linkTo = '', size = content.length }) => {
    const header = Buffer.alloc(512);
    header.write(name, 0, 99, 'utf8');
    header.write('0000644\0' + '0000000\0'.repeat(2), 100, 'latin1');
    header.write(`${size.toString(8).padStart(11, '0')}\0${'0'.repeat(11)}\0        ${type}`, 124, 'latin1');
    header.write(linkTo, 157, 99, 'utf8');
    header.write('ustar\x0000', 257, 'latin1');
    header.write(`${header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}
