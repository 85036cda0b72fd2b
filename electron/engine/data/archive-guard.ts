/** Stands between an archive and the disk: counts what comes out and says stop. */
import { because, causeOf, type ErrorShape, ReasonError, TsugikiError } from '../../contract';

export interface ArchiveLimits {
  /** Bytes of one entry, unpacked. */
  readonly entryBytes: number;
  /** Bytes of all entries together, unpacked. */
  readonly totalBytes: number;
  readonly entries: number;
  /** From so many unpacked bytes on, no more than `ratio` times the archive's own bytes are believed. */
  readonly trustedBytes: number;
  readonly ratio: number;
}

/** Generous for pictures, which hardly shrink when packed; far below what a zip bomb unpacks to. */
export const ARCHIVE_LIMITS: ArchiveLimits = { entryBytes: 256 * 2 ** 20, totalBytes: 64 * 2 ** 30, entries: 2_000_000, trustedBytes: 2 ** 30, ratio: 100 };

export class ArchiveGuard {
  #entries = 0;
  #bytes = 0;

  constructor(
    private readonly path: string,
    private readonly limits: ArchiveLimits
  ) {}

  /** The entry's path with forward slashes. @throws archive_unsafe when it would lead out of the folder it is unpacked to */
  name(name: string): string {
    this.#entries += 1;
    if (this.#entries > this.limits.entries) throw this.#tooLarge(because('many_files', `more than ${this.limits.entries} files`, { count: this.limits.entries }));
    const parts = name.replace(/\\/g, '/').split('/').filter((part) => part !== '' && part !== '.');
    const leadsOut = /^[/\\]|^[a-z]:/i.test(name) || parts.includes('..') || name.includes('\0') || parts.length === 0;
    if (leadsOut) {
      const entry = name.replace(/\0/g, '\\0');
      throw new TsugikiError('archive_unsafe', `${this.path} is not opened: its entry "${entry}" points outside of the archive. Unpack it yourself if you trust it, and choose the folder.`, { path: this.path, entry });
    }
    return parts.join('/');
  }

  /** Passes on what comes out of a decompressor that was given `packed()` bytes. @throws archive_too_large */
  async *counted(chunks: AsyncIterable<Buffer> | Iterable<Buffer>, packed: () => number): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      this.#bytes += chunk.length;
      this.#weigh(this.#bytes, packed());
      yield chunk;
    }
  }

  /** The content of one entry, which must be as long as the archive says. @throws archive_too_large, archive_damaged */
  async *content(name: string, size: number, packed: number, open: () => Promise<AsyncIterable<Buffer>>): AsyncGenerator<Buffer> {
    // A whole bomb in one entry is refused before the first byte.
    this.#weigh(this.#bytes + size, packed);
    if (size > this.limits.entryBytes) throw this.#tooLarge(because('large_entry', `${name}, larger than ${amount(this.limits.entryBytes)}`, { file: name, size: amount(this.limits.entryBytes) }));
    let bytes = 0;
    try {
      for await (const chunk of await open()) {
        bytes += chunk.length;
        if (bytes > size) throw new ReasonError(because('entry_longer', `${name} is longer than the archive says`, { file: name }));
        yield chunk;
      }
      if (bytes < size) throw new ReasonError(because('entry_ends_early', `${name} ends early`, { file: name }));
    } catch (error) {
      throw damaged(this.path, error);
    }
  }

  #weigh(bytes: number, packed: number): void {
    if (bytes > this.limits.totalBytes) throw this.#tooLarge(because('large_whole', `more than ${amount(this.limits.totalBytes)}`, { size: amount(this.limits.totalBytes) }));
    if (bytes > this.limits.trustedBytes && bytes > packed * this.limits.ratio) throw this.#tooLarge(because('many_times', `more than ${this.limits.ratio} times its own size`, { times: this.limits.ratio }));
  }

  #tooLarge(reason: ErrorShape): TsugikiError {
    return new TsugikiError('archive_too_large', `${this.path} is not opened: it unpacks to ${reason.message}. Unpack it yourself if you trust it, and choose the folder.`, { path: this.path, reason });
  }
}

/** What went wrong while reading an archive, as an error that names it. */
export function damaged(path: string, error: unknown): TsugikiError {
  if (error instanceof TsugikiError) return error;
  const reason = causeOf(error);
  return new TsugikiError('archive_damaged', `${path} is damaged or cut off (${reason.message}). Copy or download it again.`, { path, reason });
}

const amount = (bytes: number): string => (bytes >= 2 ** 30 ? `${Math.round(bytes / 2 ** 30)} GB` : `${Math.max(1, Math.round(bytes / 2 ** 20))} MB`);
