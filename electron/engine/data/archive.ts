/** Archives read entry by entry: tar, tar.gz and zip. Nothing is written to disk here. */
import { createReadStream } from 'node:fs';
import { open as openFile, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { type Entry as ZipEntry, open as openZip, type ZipFile } from 'yauzl';
import { TsugikiError } from '../../contract';
import type { JobContext } from '../context';
import { Stage } from './stage';

export type ArchiveKind = 'tar' | 'tar.gz' | 'zip';

export interface ArchiveEntry {
  /** Safe relative path with forward slashes. */
  readonly name: string;
  /** The whole content; only while the entry is being visited. */
  read(): Promise<Buffer>;
}

export interface ArchiveLimits {
  /** Bytes of one entry, unpacked. */
  readonly entryBytes: number;
  /** Bytes of all entries read together, unpacked. */
  readonly totalBytes: number;
  readonly entries: number;
}

/** Generous for pictures, far below what a zip bomb unpacks to. */
export const ARCHIVE_LIMITS: ArchiveLimits = { entryBytes: 256 * 2 ** 20, totalBytes: 64 * 2 ** 30, entries: 2_000_000 };

/** What the first bytes of a file say; null when it is no archive. */
export async function archiveKind(path: string): Promise<ArchiveKind | null> {
  const file = await openFile(path, 'r');
  try {
    const head = Buffer.alloc(262);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    if (head[0] === 0x1f && head[1] === 0x8b) return 'tar.gz';
    if (head.toString('latin1', 0, 4) === 'PK\x03\x04' || head.toString('latin1', 0, 4) === 'PK\x05\x06') return 'zip';
    return bytesRead === 262 && head.toString('latin1', 257, 262) === 'ustar' ? 'tar' : null;
  } finally {
    await file.close();
  }
}

/**
 * Visits every file of an archive in its order; entries that are not read cost nothing. `visit` answering false ends the walk.
 * @throws TsugikiError archive_damaged, archive_unsafe, archive_too_large, archive_encrypted; StoppedError
 */
export async function eachEntry(
  path: string,
  kind: ArchiveKind,
  context: JobContext,
  visit: (entry: ArchiveEntry) => Promise<boolean | void>,
  limits: ArchiveLimits = ARCHIVE_LIMITS
): Promise<void> {
  const guard = new Guard(path, limits);
  const visitSafely = async (name: string, open: () => Promise<AsyncIterable<Buffer>>): Promise<boolean> => {
    await context.breathe();
    const safe = guard.name(name);
    // A mistake of the visitor's is no fault of the archive.
    return ((await visit({ name: safe, read: () => guard.collect(open, safe) }).catch(visitorsOwn)) ?? true) as boolean;
  };
  try {
    await (kind === 'zip' ? walkZip(path, context, visitSafely) : walkTar(path, kind, context, visitSafely));
  } catch (error) {
    if (error instanceof VisitorError) throw error.cause;
    if (error instanceof TsugikiError) throw error;
    const detail = error instanceof Error ? error.message : String(error);
    const [, outside] = /^(?:invalid relative path|absolute path|invalid characters in fileName): (.*)$/.exec(detail) ?? [];
    if (outside !== undefined) throw unsafe(path, outside);
    throw new TsugikiError('archive_damaged', `${path} is damaged or cut off (${detail}). Copy or download it again.`, { path, detail });
  }
}

type Visit = (name: string, open: () => Promise<AsyncIterable<Buffer>>) => Promise<boolean>;

class VisitorError extends Error {
  constructor(override readonly cause: unknown) {
    super('visitor failed');
  }
}

const visitorsOwn = (error: unknown): never => {
  throw error instanceof ContentError ? error.cause : new VisitorError(error);
};

/** Reading an entry failed: the archive's fault, though it surfaces inside the visitor. */
class ContentError extends Error {
  constructor(override readonly cause: unknown) {
    super('content failed');
  }
}

async function walkTar(path: string, kind: 'tar' | 'tar.gz', context: JobContext, visit: Visit): Promise<void> {
  const { size } = await stat(path);
  const stage = new Stage(context, 'unpack', size, 'bytes');
  const input = createReadStream(path);
  const entries = extract();
  // The iterator below throws what goes wrong in any of them; the callback keeps it from being thrown twice.
  if (kind === 'tar.gz') pipeline(input, createGunzip(), entries, () => undefined);
  else pipeline(input, entries, () => undefined);
  try {
    for await (const entry of entries) {
      stage.to(Math.min(input.bytesRead, size));
      const { type, name } = entry.header;
      if (type === 'file' || type === 'contiguous-file') {
        if (!(await visit(name, async () => entry as AsyncIterable<Buffer>))) return;
      }
      entry.resume();
    }
    stage.to(size);
  } finally {
    input.destroy();
  }
}

async function walkZip(path: string, context: JobContext, visit: Visit): Promise<void> {
  const zip = await new Promise<ZipFile>((resolve, reject) => {
    openZip(path, { lazyEntries: true, autoClose: false }, (error, file) => (error ? reject(error) : resolve(file)));
  });
  const stage = new Stage(context, 'unpack', zip.entryCount, 'files');
  try {
    for (let entry = await nextEntry(zip); entry; entry = await nextEntry(zip)) {
      const current = entry;
      stage.add(1);
      if (current.fileName.endsWith('/') || isLink(current)) continue;
      if (current.isEncrypted()) throw new TsugikiError('archive_encrypted', `${path} is locked with a password. Unpack it and choose the folder.`, { path });
      const open = () =>
        new Promise<AsyncIterable<Buffer>>((resolve, reject) => zip.openReadStream(current, (error, stream) => (error ? reject(error) : resolve(stream))));
      if (!(await visit(current.fileName, open))) return;
    }
  } finally {
    zip.close();
  }
}

function nextEntry(zip: ZipFile): Promise<ZipEntry | null> {
  return new Promise((resolve, reject) => {
    const done = (settle: () => void) => {
      zip.removeAllListeners();
      settle();
    };
    zip.once('entry', (entry: ZipEntry) => done(() => resolve(entry)));
    zip.once('end', () => done(() => resolve(null)));
    zip.once('error', (error: Error) => done(() => reject(error)));
    zip.readEntry();
  });
}

/** Unix file mode in the upper half of the attributes; S_IFLNK. */
const isLink = (entry: ZipEntry): boolean => ((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000;

/** Counts what comes out of an archive and says stop. */
class Guard {
  #entries = 0;
  #bytes = 0;

  constructor(
    private readonly path: string,
    private readonly limits: ArchiveLimits
  ) {}

  /** The entry's path, or an error when it would lead out of the folder it is unpacked to. */
  name(name: string): string {
    this.#entries += 1;
    if (this.#entries > this.limits.entries) throw this.#tooLarge(`more than ${this.limits.entries} files`);
    const parts = name.replace(/\\/g, '/').split('/').filter((part) => part !== '' && part !== '.');
    const leadsOut = /^[/\\]|^[a-z]:/i.test(name) || parts.includes('..') || name.includes('\0') || parts.length === 0;
    if (leadsOut) throw unsafe(this.path, name);
    return parts.join('/');
  }

  async collect(open: () => Promise<AsyncIterable<Buffer>>, name: string): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    try {
      for await (const chunk of await open()) {
        bytes += chunk.length;
        this.#bytes += chunk.length;
        if (bytes > this.limits.entryBytes) throw this.#tooLarge(`${name}, larger than ${megabytes(this.limits.entryBytes)}`);
        if (this.#bytes > this.limits.totalBytes) throw this.#tooLarge(`more than ${megabytes(this.limits.totalBytes)}`);
        chunks.push(chunk);
      }
    } catch (error) {
      throw new ContentError(error);
    }
    return Buffer.concat(chunks, bytes);
  }

  #tooLarge(what: string): TsugikiError {
    return new TsugikiError('archive_too_large', `${this.path} is not opened: it unpacks to ${what}. Unpack it yourself if you trust it, and choose the folder.`, { path: this.path, what });
  }
}

const unsafe = (path: string, entry: string): TsugikiError =>
  new TsugikiError('archive_unsafe', `${path} is not opened: its entry "${entry}" points outside of the archive. Unpack it yourself if you trust it, and choose the folder.`, { path, entry });

const megabytes = (bytes: number): string => `${Math.max(1, Math.round(bytes / 2 ** 20))} MB`;
