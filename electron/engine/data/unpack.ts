/** Archives' pictures, written to disk: thousands of photographs do not fit into memory. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import * as v from 'valibot';
import { because, causeOf, type ErrorShape, type ImportReport, SkippedFileSchema, TsugikiError } from '../../contract';
import type { JobContext } from '../context';
import { type ArchiveEntry, archiveEntries, type ArchiveKind } from './archive';
import { ARCHIVE_LIMITS } from './archive-guard';
import { fileKind, HEAD_BYTES, isHidden, isPictureFile, isTableFile, OTHER_PICTURE } from './picture-files';
import { userCache } from './user-cache';

type Skipped = ImportReport['skipped'];

export interface Unpacked {
  readonly folder: string;
  /** What was not read, by its name in the archive. */
  readonly skipped: Skipped;
}

/**
 * Unpacks the pictures, and tables that may tell their classes. An unsafe, oversized or stopped attempt leaves nothing; of an archive that is
 * cut off, the pictures before that place are kept.
 * @param into the folder that gets a new one, named after the archive; null for the user's cache, where the same archive, unchanged, is not unpacked twice
 * @throws TsugikiError cannot_write, and as `archiveEntries`
 */
export async function unpackPictures(path: string, kind: ArchiveKind, into: string | null, context: JobContext, limits = ARCHIVE_LIMITS): Promise<Unpacked> {
  const cached = into === null ? await placeInCache(path) : null;
  const known = cached && (await readNote(cached));
  if (cached && known) return { folder: cached, skipped: known };
  const parent = into ?? userCache('unpacked');
  const draft = join(parent, `.${process.pid}-${drafts++}.part`);
  try {
    await sweep(parent);
    await mkdir(draft, { recursive: true });
    const skipped: Skipped = [];
    const onLink = (file: string) => {
      if (isPictureFile(file)) skipped.push({ file, reason: because('archive_link', 'A link in an archive is not followed.') });
    };
    await new Unpacker(path, draft, skipped).unpack(archiveEntries(path, kind, context, { limits, onLink }), limits.entryBytes, context);
    if (cached) await writeFile(join(draft, NOTE), JSON.stringify(skipped));
    const folder = cached ?? (await freeFolder(parent, archiveStem(path)));
    await rename(draft, folder);
    return { folder, skipped };
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw asUnwritable(error, parent);
  }
}

/** In a finished folder of the cache: what was not read when it was unpacked. */
const NOTE = '.skipped.json';
const readNote = (folder: string): Promise<Skipped | null> => readFile(join(folder, NOTE), 'utf8').then((text) => v.parse(v.array(SkippedFileSchema), JSON.parse(text)), () => null);

let drafts = 0;

class Unpacker {
  /** Names taken so far, as a disk that knows no case and no second way to write an accent sees them. */
  readonly #taken = new Set<string>();
  readonly #folders = new Set<string>();
  #count = 0;

  constructor(
    private readonly path: string,
    private readonly folder: string,
    private readonly skipped: Skipped
  ) {}

  async unpack(entries: AsyncIterable<ArchiveEntry>, mostBytes: number, context: JobContext): Promise<void> {
    try {
      for await (const entry of entries) {
        if (isHidden(entry.name)) continue;
        // Films and the like beside pictures are not looked into.
        if (!isWanted(entry.name) && entry.size > mostBytes) continue;
        await this.#take(entry, context);
      }
    } catch (error) {
      if (!isDamage(error) || this.#count === 0) throw error;
      const reason = because('archive_broken_off', `The archive is damaged or cut off (${damageOf(error).message}). Pictures read before that place: ${this.#count}.`, { reason: damageOf(error), count: this.#count });
      this.skipped.push({ file: basename(this.path), reason });
    }
  }

  async #take(entry: ArchiveEntry, context: JobContext): Promise<void> {
    const chunks = breathing(entry.stream(), context);
    try {
      const head = await firstBytes(chunks);
      const kind = isTableFile(entry.name) ? 'table' : fileKind(entry.name, head);
      if (kind === 'other picture') this.skipped.push({ file: entry.name, reason: OTHER_PICTURE });
      if (kind !== 'picture' && kind !== 'table') return;
      await this.#write(entry.name, followedBy(head, chunks));
      if (kind === 'picture') this.#count++;
    } catch (error) {
      const reason = isDamage(error) ? because('not_unpacked', `It cannot be unpacked (${damageOf(error).message}).`, { reason: damageOf(error) }) : whyNoName(error);
      if (reason === null) throw error;
      this.skipped.push({ file: entry.name, reason });
    } finally {
      await chunks.return(undefined);
    }
  }

  async #write(name: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    const target = join(this.folder, ...this.#freeName(name).split('/'));
    const folder = dirname(target);
    if (!this.#folders.has(folder)) await mkdir(folder, { recursive: true });
    this.#folders.add(folder);
    // A piece at a time is quick enough not to wait for: a small file costs a third of what it does asynchronously.
    const file = openSync(target, 'wx');
    try {
      for await (const chunk of content) writeFileSync(file, chunk);
    } catch (error) {
      rmSync(target);
      throw error;
    } finally {
      closeSync(file);
    }
  }

  /** Entries of one name, or of names that differ by case, are all kept: "1.png", "1 (2).png". */
  #freeName(name: string): string {
    const wanted = name.split('/').map((part) => diskName(part)).join('/');
    const extension = extname(wanted);
    const stem = wanted.slice(0, wanted.length - extension.length);
    for (let i = 1; ; i++) {
      const free = i === 1 ? wanted : `${stem} (${i})${extension}`;
      const key = free.normalize('NFC').toLowerCase();
      if (this.#taken.has(key)) continue;
      this.#taken.add(key);
      return free;
    }
  }
}

const isWanted = (name: string): boolean => isPictureFile(name) || isTableFile(name);

const isDamage = (error: unknown): error is TsugikiError => error instanceof TsugikiError && error.code === 'archive_damaged';
const damageOf = ({ params }: TsugikiError): ErrorShape => [params.reason ?? []].flat()[0] ?? causeOf(null);

/** One part of a path as the disk takes it: Windows allows fewer signs and some names not at all. */
export function diskName(part: string, platform: NodeJS.Platform = process.platform): string {
  if (platform !== 'win32') return part;
  const allowed = part.replace(/[<>:"|?*\x00-\x1f]/g, '_').replace(/[. ]+$/, '_');
  return /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(allowed) ? `_${allowed}` : allowed;
}

/** Why the disk does not take a file of this name; null when it is not the name's fault. */
function whyNoName(error: unknown): ErrorShape | null {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENAMETOOLONG':
      return because('entry_long_name', 'Its name is too long for this disk.');
    case 'EINVAL':
    case 'EILSEQ':
    case 'ENOENT':
      return because('entry_bad_name', 'This disk does not allow its name.');
    case 'ENOTDIR':
    case 'EISDIR':
    case 'EEXIST':
      return because('entry_two_kinds', 'The archive has a file and a folder of the same name.');
    default:
      return null;
  }
}

function asUnwritable(error: unknown, path: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof TsugikiError || code === undefined) return error;
  const reason = causeOf(error);
  return new TsugikiError('cannot_write', `${path} cannot be written (${reason.message}). Choose another folder or free some space.`, { path, reason });
}

async function* breathing(chunks: AsyncGenerator<Buffer>, context: JobContext): AsyncGenerator<Buffer> {
  let first = true;
  for await (const chunk of chunks) {
    if (!first) await context.breathe();
    first = false;
    yield chunk;
  }
}

async function firstBytes(chunks: AsyncGenerator<Buffer>): Promise<Buffer> {
  let head = Buffer.alloc(0);
  while (head.length < HEAD_BYTES) {
    const { done, value } = await chunks.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  return head;
}

async function* followedBy(head: Buffer, chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  yield* chunks;
}

async function placeInCache(path: string): Promise<string> {
  const { size, mtimeMs } = await stat(path);
  return userCache('unpacked', createHash('sha256').update(`${resolve(path)}\n${size}\n${mtimeMs}`).digest('hex').slice(0, 24));
}

/** "pets.tar.gz" is "pets"; "pets 2" where that folder is there already. */
async function freeFolder(parent: string, stem: string): Promise<string> {
  const taken = new Set((await readdir(parent)).map((name) => name.normalize('NFC').toLowerCase()));
  for (let i = 1; ; i++) {
    const name = i === 1 ? stem : `${stem} ${i}`;
    if (!taken.has(name.normalize('NFC').toLowerCase())) return join(parent, name);
  }
}

/** The archive's name without what tells its kind, as a name for a folder. */
export function archiveStem(path: string): string {
  const stem = diskName(basename(path).replace(/\.(zip|tar|tgz|tar\.gz|tm)$/i, '')).replace(/^\.+/, '').trim();
  return stem === '' ? 'archive' : stem;
}

/** Takes away what a process that is gone left half unpacked. */
async function sweep(parent: string): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    const [, pid] = /^\.(\d+)-\d+\.part$/.exec(name) ?? [];
    if (pid !== undefined && !isRunning(Number(pid))) await rm(join(parent, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
