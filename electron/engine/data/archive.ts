/** Archives read entry by entry: tar, tar.gz and zip. Nothing is written to disk here. */
import { open as openFile } from 'node:fs/promises';
import { constants, gunzipSync } from 'node:zlib';
import { TsugikiError } from '../../contract';
import type { JobContext } from '../context';
import { ARCHIVE_LIMITS, ArchiveGuard, type ArchiveLimits, damaged } from './archive-guard';
import { tarEntries } from './archive-tar';
import { zipEntries } from './archive-zip';

export type ArchiveKind = 'tar' | 'tar.gz' | 'zip';

export interface ArchiveEntry {
  /** Safe relative path with forward slashes. */
  readonly name: string;
  /** Bytes, as the archive says. */
  readonly size: number;
  /** The content, piece by piece; only while the entry is being visited. */
  stream(): AsyncGenerator<Buffer>;
  /** The whole content; only while the entry is being visited. */
  read(): Promise<Buffer>;
}

/** An entry as a format's reader gives it. */
export interface RawEntry {
  readonly name: string;
  readonly link: boolean;
  readonly size: number;
  /** Bytes that it was packed into, at most: the whole archive's. */
  readonly packed: number;
  open(): Promise<AsyncIterable<Buffer>>;
}

export interface ArchiveOptions {
  readonly limits?: ArchiveLimits;
  /** Told of links, which are not followed. */
  readonly onLink?: (name: string) => void;
}

/** Archives that are known but not read, by their first bytes. */
const OTHER_ARCHIVES: readonly [string, string][] = [['7z\xbc\xaf\x27\x1c', '7z'], ['Rar!\x1a\x07', 'RAR'], ['\xfd7zXZ\0', 'xz'], ['BZh', 'bzip2'], ['\x28\xb5\x2f\xfd', 'Zstandard']];

/** What a file's first bytes say; null when it is no archive. @throws TsugikiError archive_kind_unknown */
export async function archiveKind(path: string): Promise<ArchiveKind | null> {
  const head = await readHead(path, 4096);
  const text = head.toString('latin1');
  const [, other] = OTHER_ARCHIVES.find(([magic]) => text.startsWith(magic)) ?? [];
  if (other) throw new TsugikiError('archive_kind_unknown', `${path} is a ${other} archive, and only zip, tar and tar.gz are read. Unpack it and choose the folder.`, { path, kind: other });
  if (text.startsWith('PK\x03\x04') || text.startsWith('PK\x05\x06')) return 'zip';
  if (text.startsWith('\x1f\x8b')) return isTar(startOfGzip(head) ?? TAR) ? 'tar.gz' : null;
  return isTar(text) ? 'tar' : null;
}

/** The mark of a tar's first header, where it stands. */
const TAR = `${'\0'.repeat(257)}ustar`;
const isTar = (text: string): boolean => text.startsWith('ustar', 257);

/** What the first bytes unpack to; null when they are damaged, which whoever reads on will say. */
function startOfGzip(head: Buffer): string | null {
  try {
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH }).toString('latin1');
  } catch {
    return null;
  }
}

async function readHead(path: string, length: number): Promise<Buffer> {
  const file = await openFile(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/**
 * Every file of an archive in its order; entries that are not read cost little.
 * @throws TsugikiError archive_damaged, archive_unsafe, archive_too_large, archive_encrypted; StoppedError
 */
export async function* archiveEntries(path: string, kind: ArchiveKind, context: JobContext, { limits = ARCHIVE_LIMITS, onLink }: ArchiveOptions = {}): AsyncGenerator<ArchiveEntry> {
  const guard = new ArchiveGuard(path, limits);
  const entries = kind === 'zip' ? zipEntries(path, guard, context) : tarEntries(path, kind === 'tar.gz', guard, context);
  try {
    for await (const { name: given, link, size, packed, open } of entries) {
      await context.breathe();
      const name = guard.name(given);
      const stream = () => guard.content(name, size, packed, open);
      if (link) onLink?.(name);
      else yield { name, size, stream, read: () => collect(stream()) };
    }
  } catch (error) {
    throw damaged(path, error);
  }
}

/** Visits every file; `visit` answering false ends the walk. Errors as `archiveEntries`. */
export async function eachEntry(path: string, kind: ArchiveKind, context: JobContext, visit: (entry: ArchiveEntry) => Promise<boolean | void>): Promise<void> {
  for await (const entry of archiveEntries(path, kind, context)) if ((await visit(entry)) === false) return;
}

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}
