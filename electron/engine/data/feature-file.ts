/**
 * A file of features: rows of float32 with the pictures they belong to, under one key; written once, never changed.
 *
 *     header  512 bytes      JSON, filled up with spaces
 *     hashes  20 a row       SHA-1 of the picture
 *     sums    4 a row        sum of the row, uint32
 *     rows    4 * rowSize    float32
 *
 * It comes to be under another name and is renamed, so a reader meets a whole file or none. The sums find rows that a power cut or a
 * broken disk left wrong. Numbers are little-endian, as on every machine that TensorFlow's builds run on.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import * as v from 'valibot';
import { bytesOf } from './bytes-of';

const HEADER = 512;
const HASH = 20;
const SUM = 4;
const PRIME = 0x01000193;

const wholeNumber = v.pipe(v.number(), v.integer(), v.minValue(1));
const HeaderSchema = v.object({ format: v.literal('tsugiki-features'), version: v.literal(1), key: v.string(), rowSize: wholeNumber, count: wholeNumber });

/** Where the rows begin. */
const rowsAt = (count: number): number => HEADER + count * (HASH + SUM);

/** Length in bytes of a file with `count` rows. */
export const fileSize = (count: number, rowSize: number): number => rowsAt(count) + count * rowSize * 4;

/** FNV-1a over words instead of bytes, odd and even ones apart: it need not resist anybody, and has to be far quicker than what it watches over. */
function sumOf(words: Int32Array): number {
  let [even, odd] = [0x811c9dc5 | 0, 0x811c9dc5 | 0];
  for (let i = 1; i < words.length; i += 2) {
    even = Math.imul(even ^ (words[i - 1] as number), PRIME);
    odd = Math.imul(odd ^ (words[i] as number), PRIME);
  }
  if (words.length % 2 === 1) even = Math.imul(even ^ (words[words.length - 1] as number), PRIME);
  return (Math.imul(even, PRIME) ^ odd) >>> 0;
}

/** Of each row. */
function sumsOf(rows: Float32Array, rowSize: number): Uint32Array {
  const words = new Int32Array(rows.buffer, rows.byteOffset, rows.length);
  return Uint32Array.from({ length: rows.length / rowSize }, (_, row) => sumOf(words.subarray(row * rowSize, (row + 1) * rowSize)));
}

/** @throws what the file system throws, the full disk included; nothing is left behind then */
export async function writeFeatureFile(path: string, key: string, rowSize: number, hashes: readonly string[], rows: Float32Array): Promise<void> {
  const header = Buffer.alloc(HEADER, ' ');
  header.write(JSON.stringify({ format: 'tsugiki-features', version: 1, key, rowSize, count: hashes.length }));
  const draft = `${path}.tmp`;
  try {
    const file = await open(draft, 'w');
    try {
      await file.writev([header, Buffer.from(hashes.join(''), 'hex'), bytesOf(sumsOf(rows, rowSize)), bytesOf(rows)]);
      // A full disk may take a part only, and say so by the length alone.
      if ((await file.stat()).size !== fileSize(hashes.length, rowSize)) throw new Error(`${draft} was not written to its end.`);
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** A feature file, open for reading. */
export class FeatureFile {
  private constructor(
    readonly path: string,
    private readonly fd: number,
    private readonly rowSize: number,
    /** The pictures, in the order of the rows, in hex. */
    readonly hashes: readonly string[],
    private readonly sums: Uint32Array
  ) {}

  /** Reads the header and the index; null when it is no feature file of this key, or not whole. */
  static open(path: string, key: string, rowSize: number): FeatureFile | null {
    let fd: number;
    try {
      fd = openSync(path, 'r');
    } catch {
      return null;
    }
    try {
      const { count, ...header } = v.parse(HeaderSchema, JSON.parse(take(fd, 0, HEADER).toString()));
      if (header.key === key && header.rowSize === rowSize && fstatSync(fd).size === fileSize(count, rowSize)) {
        const hex = take(fd, HEADER, count * HASH).toString('hex');
        const hashes = Array.from({ length: count }, (_, row) => hex.slice(row * 2 * HASH, (row + 1) * 2 * HASH));
        const sums = new Uint32Array(take(fd, HEADER + count * HASH, count * SUM).buffer);
        return new FeatureFile(path, fd, rowSize, hashes, sums);
      }
    } catch {
      // Not ours, or damaged: as good as no file.
    }
    closeSync(fd);
    return null;
  }

  /** Puts a row at `into[at]`; false when it cannot be read or is not what was written. */
  readRow(row: number, into: Float32Array, at: number): boolean {
    return this.#read(row, into.subarray(at, at + this.rowSize));
  }

  /** All rows; null when one cannot be read or is not what was written. */
  readRows(): Float32Array | null {
    const rows = new Float32Array(this.hashes.length * this.rowSize);
    return this.#read(0, rows) ? rows : null;
  }

  #read(from: number, rows: Float32Array): boolean {
    try {
      const start = rowsAt(this.hashes.length) + from * this.rowSize * 4;
      if (readSync(this.fd, bytesOf(rows), 0, rows.byteLength, start) !== rows.byteLength) return false;
    } catch {
      return false;
    }
    return sumsOf(rows, this.rowSize).every((sum, i) => sum === this.sums[from + i]);
  }

  close(): void {
    closeSync(this.fd);
  }
}

/** @throws when the file ends before */
function take(fd: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  if (readSync(fd, bytes, 0, length, position) !== length) throw new Error('too short');
  return bytes;
}
