/**
 * Kept features: what a frozen part of a network made of pictures, so that it need not run again.
 *
 * A shelf holds rows of one length under one key (feature-keys.ts); a row belongs to a picture by the hash of its pixels. Rows lie in
 * chunks of some tens of MB. A chunk stays in memory while there is room, and is written to a file of its own when it is full: what leaves
 * memory is still on disk, and what one process wrote the next one finds. Who has not been used longest goes first, from memory, then from
 * disk; a shelf that is open stays. Keeping is never a must: damage, a full disk or a folder that cannot be written cost the rows, no more.
 */
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { TsugikiError } from '../../contract';
import { FeatureFile, fileSize, writeFeatureFile } from './feature-file';
import { userCache } from './user-cache';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
/** Small enough to leave one behind without noticing, large enough that a budget is some hundreds of files. */
const CHUNK = 32 * MIB;
/** key, a name of its own, and whether it is still being written */
const FILE = /^([0-9a-f]{40})\.[0-9a-f]{12}\.features(\.tmp)?$/;

export interface CacheLimits {
  /** Bytes. */
  readonly memory: number;
  /** Bytes; all processes that share the folder together. 0: the folder is left alone, whatever lies in it. */
  readonly disk: number;
  readonly folder: string;
}

/** Rows that were computed together. */
interface Chunk {
  readonly hashes: string[];
  /** The file's name once it is written. */
  name: string | null;
  rows: Float32Array | null;
  /** Open while the rows are not in memory. */
  file: FeatureFile | null;
}

export class FeatureCache {
  /** Least recently used first. */
  readonly #shelves = new Map<string, Shelf>();

  constructor(readonly limits: CacheLimits) {}

  /** Bytes that can be kept at once. */
  get capacity(): number {
    return this.limits.memory + this.limits.disk;
  }

  /** Bytes in memory now. */
  get memory(): number {
    return [...this.#shelves.values()].reduce((sum, shelf) => sum + shelf.bytes, 0);
  }

  /** Keys under which there is anything. */
  keys(): Set<string> {
    return new Set([...this.#shelves.keys(), ...this.#files().flatMap(({ key }) => key ?? [])]);
  }

  /** The shelf of a key, empty when nothing was kept; whoever opens it closes it. */
  open(key: string, rowSize: number): Shelf {
    const shelf = this.#shelves.get(key) ?? new Shelf(this, key, rowSize);
    this.#shelves.delete(key);
    this.#shelves.set(key, shelf);
    const files = this.#files().filter((file) => file.key === key);
    for (const { path } of files) attempt(() => fs.utimesSync(path, new Date(), new Date()));
    shelf.use(files.map((file) => file.name));
    return shelf;
  }

  /** Whether `bytes` more fit into memory, once what nobody uses is out of it. */
  roomInMemory(bytes: number): boolean {
    const shelves = [...this.#shelves.values()].map((shelf) => ({ bytes: shelf.bytes, inUse: shelf.users > 0, drop: () => this.#shelves.delete(shelf.key) }));
    return makeRoom(shelves, bytes, this.limits.memory);
  }

  /** Writes rows to a new file; its name, or null when they could not be kept. */
  async write(key: string, rowSize: number, hashes: readonly string[], rows: Float32Array): Promise<string | null> {
    const files = this.#files().map((file) => ({ ...file, inUse: (this.#shelves.get(file.key ?? '')?.users ?? 0) > 0, drop: () => remove(file.path) }));
    if (!makeRoom(files, fileSize(hashes.length, rowSize), this.limits.disk)) return null;
    const name = `${key}.${randomBytes(6).toString('hex')}.features`;
    try {
      fs.mkdirSync(this.limits.folder, { recursive: true });
      await writeFeatureFile(this.path(name), key, rowSize, hashes, rows);
      return name;
    } catch {
      return null;
    }
  }

  path(name: string): string {
    return join(this.limits.folder, name);
  }

  /** Our files in the folder, least recently used first; drafts have no key. The folder is the truth: other processes use it, too. */
  #files(): { name: string; path: string; key: string | null; bytes: number }[] {
    const names = (this.limits.disk > 0 && attempt(() => fs.readdirSync(this.limits.folder))) || [];
    return names
      .flatMap((name) => {
        const [, key = '', draft] = FILE.exec(name) ?? [];
        const path = this.path(name);
        const stat = key ? attempt(() => fs.statSync(path)) : null;
        return stat ? [{ name, path, key: draft ? null : key, bytes: stat.size, used: stat.mtimeMs }] : [];
      })
      .sort((a, b) => a.used - b.used);
  }
}

/** Rows of one length under one key. */
export class Shelf {
  /** How many have it open. */
  users = 0;
  readonly #capacity: number;
  readonly #chunks: (Chunk | undefined)[] = [];
  /** By picture: number of the chunk * capacity + row. */
  readonly #places = new Map<string, number>();
  #filling: Chunk | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly cache: FeatureCache,
    readonly key: string,
    readonly rowSize: number
  ) {
    this.#capacity = Math.max(1, Math.floor(CHUNK / (4 * rowSize)));
  }

  /** Bytes in memory. */
  get bytes(): number {
    return this.#chunks.reduce((sum, chunk) => sum + (chunk?.rows?.byteLength ?? 0), 0);
  }

  has(hash: string): boolean {
    return this.#places.has(hash);
  }

  /** Puts the row of a picture at `into[at]`; false when there is none. */
  read(hash: string, into: Float32Array, at: number): boolean {
    const place = this.#places.get(hash);
    if (place === undefined) return false;
    const chunk = this.#chunks[Math.floor(place / this.#capacity)] as Chunk;
    const row = place % this.#capacity;
    if (chunk.rows) {
      into.set(chunk.rows.subarray(row * this.rowSize, (row + 1) * this.rowSize), at);
      return true;
    }
    if (chunk.file?.readRow(row, into, at)) return true;
    this.#destroy(chunk);
    return false;
  }

  /**
   * Keeps the rows of pictures.
   * @param rows [hashes.length, rowSize]
   * @returns false when there is no room for all of them
   */
  async add(hashes: readonly string[], rows: Float32Array): Promise<boolean> {
    let done = 0;
    while (done < hashes.length) {
      const chunk = (this.#filling ??= this.#begin());
      const take = Math.min(this.#capacity - chunk.hashes.length, hashes.length - done);
      chunk.rows?.set(rows.subarray(done * this.rowSize, (done + take) * this.rowSize), chunk.hashes.length * this.rowSize);
      this.#enter(chunk, hashes.slice(done, done + take));
      done += take;
      if (chunk.hashes.length === this.#capacity && !(await this.#seal(chunk))) return false;
    }
    return true;
  }

  /** Writes what was added and is not yet on disk; waits until all is. */
  async flush(): Promise<boolean> {
    const kept = this.#filling ? await this.#seal(this.#filling) : true;
    await this.#writing;
    return kept;
  }

  /** Takes into memory what fits; what proves damaged is gone. */
  async load(breathe: () => Promise<void>): Promise<void> {
    for (const chunk of this.#chunks) {
      if (!chunk?.file || !this.cache.roomInMemory(chunk.hashes.length * this.rowSize * 4)) continue;
      const rows = chunk.file.readRows();
      if (!rows) {
        this.#destroy(chunk);
        continue;
      }
      chunk.file.close();
      chunk.file = null;
      chunk.rows = rows;
      await breathe();
    }
  }

  /** Opens the files that are not in memory. Only the cache calls it. */
  use(names: readonly string[]): void {
    this.users += 1;
    const known = new Set(this.#chunks.map((chunk) => chunk?.name));
    for (const name of names) {
      if (known.has(name)) continue;
      const file = FeatureFile.open(this.cache.path(name), this.key, this.rowSize);
      const fits = file && file.hashes.length <= this.#capacity;
      if (fits) this.#enter(this.#push({ hashes: [], name, rows: null, file }), file.hashes);
      else {
        file?.close();
        remove(this.cache.path(name));
      }
    }
  }

  close(): void {
    this.users -= 1;
    if (this.users === 0) for (const chunk of this.#chunks) if (chunk?.file) this.#forget(chunk);
  }

  #begin(): Chunk {
    return this.#push({ hashes: [], name: null, rows: new Float32Array(this.#capacity * this.rowSize), file: null });
  }

  #push(chunk: Chunk): Chunk {
    this.#chunks.push(chunk);
    return chunk;
  }

  #enter(chunk: Chunk, hashes: readonly string[]): void {
    const first = this.#chunks.indexOf(chunk) * this.#capacity;
    for (const hash of hashes) this.#places.set(hash, first + chunk.hashes.push(hash) - 1);
  }

  /** No more rows into this chunk: it goes to disk while the next one fills; when there is no room for it in memory, at once. */
  async #seal(chunk: Chunk): Promise<boolean> {
    this.#filling = null;
    const whole = chunk.rows as Float32Array;
    const used = chunk.hashes.length * this.rowSize;
    const rows = used < whole.length ? whole.slice(0, used) : whole;
    chunk.rows = null;
    const stays = this.cache.roomInMemory(rows.byteLength);
    chunk.rows = rows;
    await this.#writing;
    this.#writing = this.cache.write(this.key, this.rowSize, chunk.hashes, rows).then((name) => void (chunk.name = name));
    if (stays) return true;
    await this.#writing;
    chunk.rows = null;
    chunk.file = chunk.name ? FeatureFile.open(this.cache.path(chunk.name), this.key, this.rowSize) : null;
    if (!chunk.file) this.#forget(chunk);
    return chunk.file !== null;
  }

  #forget(chunk: Chunk): void {
    const number = this.#chunks.indexOf(chunk);
    for (const hash of chunk.hashes) if (Math.floor((this.#places.get(hash) ?? -1) / this.#capacity) === number) this.#places.delete(hash);
    chunk.file?.close();
    chunk.file = null;
    this.#chunks[number] = undefined;
  }

  #destroy(chunk: Chunk): void {
    this.#forget(chunk);
    if (chunk.name) remove(this.cache.path(chunk.name));
  }
}

/** Drops what is not in use, the first first, until `more` bytes fit; nothing when that would not be enough. */
function makeRoom(kept: readonly { bytes: number; inUse: boolean; drop: () => void }[], more: number, limit: number): boolean {
  const needed = kept.reduce((sum, { bytes, inUse }) => sum + (inUse ? bytes : 0), more);
  if (needed > limit) return false;
  let total = kept.reduce((sum, { bytes }) => sum + bytes, more);
  for (const { bytes, inUse, drop } of kept) {
    if (total <= limit) break;
    if (inUse) continue;
    drop();
    total -= bytes;
  }
  return true;
}

/** What the file system says; null when it refuses. */
function attempt<T>(task: () => T): T | null {
  try {
    return task();
  } catch {
    return null;
  }
}

const remove = (path: string): void => void attempt(() => fs.rmSync(path, { force: true }));

/** A quarter of the memory and, on disk, 16 GiB or half of what is free; TSUGIKI_FEATURE_MEMORY and TSUGIKI_FEATURE_DISK (MiB) say otherwise. */
export function defaultLimits(folder = userCache('features'), env = process.env): CacheLimits {
  return {
    memory: mebibytes(env, 'TSUGIKI_FEATURE_MEMORY') ?? Math.min(8 * GIB, Math.max(GIB, totalmem() / 4)),
    disk: mebibytes(env, 'TSUGIKI_FEATURE_DISK') ?? Math.min(16 * GIB, freeOnDisk(folder) / 2),
    folder
  };
}

function mebibytes(env: NodeJS.ProcessEnv, name: string): number | null {
  const text = env[name];
  if (!text) return null;
  const value = Number(text);
  if (value >= 0) return value * MIB;
  throw new TsugikiError('bad_setting', `${name} is "${text}". Set it to a number of MiB, 0 or more, or leave it out.`, { name, value: text });
}

/** Bytes free where the folder is, what the folder itself holds counted as free; none where it cannot be made. statfs came with Node 18. */
function freeOnDisk(folder: string): number {
  const free = attempt(() => {
    fs.mkdirSync(folder, { recursive: true });
    if (!fs.statfsSync) return Infinity;
    const { bavail, bsize } = fs.statfsSync(folder);
    return fs.readdirSync(folder).reduce((sum, name) => sum + fs.statSync(join(folder, name)).size, bavail * bsize);
  });
  return free ?? 0;
}

let shared: FeatureCache | null = null;

/** The one of this process. */
export const featureCache = (): FeatureCache => (shared ??= new FeatureCache(defaultLimits()));
