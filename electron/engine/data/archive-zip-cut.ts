/** Entries of a zip whose directory, at its end, is cut off: each file's own header stands before its data. */
import { createReadStream } from 'node:fs';
import { type FileHandle, open as openFile } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import type { RawEntry } from './archive';
import type { ArchiveGuard } from './archive-guard';
import { archiveIsLocked, type ZipNamed, zipEntryName } from './zip-names';

const HEADER = 30;
/** Bytes searched at a time. */
const WINDOW = 64 * 1024;

interface LocalFile extends ZipNamed {
  readonly stored: boolean;
  readonly size: number;
  readonly start: number;
  /** Behind its last byte. */
  readonly end: number;
  /** Where the next header stands. */
  readonly next: number;
}

/** All files that are whole; ends without a word where the cut is. */
export async function* cutZipEntries(path: string, guard: ArchiveGuard): AsyncGenerator<RawEntry> {
  const file = await openFile(path, 'r');
  try {
    const { size: packed } = await file.stat();
    for (let at = 0; ; ) {
      const found = await localFile(file, at, packed);
      if (!found) return;
      if ((found.flags & 1) !== 0) throw archiveIsLocked(path);
      const name = zipEntryName(found);
      if (!name.endsWith('/')) yield { name, link: false, size: found.size, packed, open: async () => guard.counted(content(path, found), () => packed) };
      at = found.next;
    }
  } finally {
    await file.close();
  }
}

/** The file whose header stands at `at`; null where none does, or its data is not all there. */
async function localFile(file: FileHandle, at: number, fileSize: number): Promise<LocalFile | null> {
  const header = await readAt(file, at, HEADER);
  if (header.length < HEADER || header.readUInt32LE(0) !== 0x04034b50) return null;
  const [nameLength, extraLength] = [header.readUInt16LE(26), header.readUInt16LE(28)];
  const start = at + HEADER + nameLength + extraLength;
  const named = { flags: header.readUInt16LE(6), nameBytes: await readAt(file, at + HEADER, nameLength), extraFields: [] };
  // Bit 3: sizes were not known when the header was written, and stand behind the data.
  const sizes = (named.flags & 8) === 0 ? { packed: header.readUInt32LE(18), size: header.readUInt32LE(22), trailer: 0 } : await sizesBehind(file, start);
  if (!sizes || start + sizes.packed > fileSize) return null;
  const end = start + sizes.packed;
  return { ...named, stored: header.readUInt16LE(8) === 0, size: sizes.size, start, end, next: end + sizes.trailer };
}

/** Searches for the mark behind which the packed length is as far as the search has come. */
async function sizesBehind(file: FileHandle, start: number): Promise<{ packed: number; size: number; trailer: number } | null> {
  const mark = Buffer.from('PK\x07\x08', 'latin1');
  for (let at = start; ; at += WINDOW) {
    const window = await readAt(file, at, WINDOW + 16);
    for (let found = window.indexOf(mark); found >= 0 && found + 16 <= window.length; found = window.indexOf(mark, found + 1)) {
      const packed = at + found - start;
      if (window.readUInt32LE(found + 8) === packed) return { packed, size: window.readUInt32LE(found + 12), trailer: 16 };
    }
    if (window.length < WINDOW + 16) return null;
  }
}

async function readAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
}

function content(path: string, { stored, start, end }: LocalFile): AsyncIterable<Buffer> {
  if (end === start) return nothing();
  const bytes = createReadStream(path, { start, end: end - 1 });
  // Whoever reads is thrown what goes wrong; the callback keeps it from being thrown twice.
  return stored ? bytes : pipeline(bytes, createInflateRaw(), () => undefined);
}

async function* nothing(): AsyncGenerator<Buffer> {}
