/**
 * The file that every change is appended to at once, so that nothing that was done is only in memory. Its first line says which snapshot
 * it goes on from: the journal of another snapshot tells nothing about this one.
 */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import * as v from 'valibot';
import { writing } from './files';
import type { Entry } from './history';
import { wholeBytes } from './lines';

/** A killed process loses nothing that was appended; a power cut loses what came after the disk was last told to keep it. */
const SYNC_EVERY_MS = 500;

const HeadSchema = v.strictObject({ after: v.string() });

/** What a journal's first line says of its snapshot: SHA-256 of the bytes, in hex. */
export const markOf = (snapshot: string | Uint8Array): string => createHash('sha256').update(snapshot).digest('hex');

export const journalText = (after: string, entries: readonly Entry[]): string => [{ after }, ...entries].map((line) => `${JSON.stringify(line)}\n`).join('');

export interface JournalFile {
  readonly path: string;
  /** Whole lines; what came after them was cut off while it was written. */
  readonly text: string;
  readonly bytes: number;
  /** The snapshot that it goes on from; null when that cannot be told. */
  readonly after: string | null;
}

/** Null when there is none. */
export function readJournal(path: string): JournalFile | null {
  if (!existsSync(path)) return null;
  const all = readFileSync(path);
  const bytes = wholeBytes(all);
  const text = all.toString('utf8', 0, bytes);
  return { path, text, bytes, after: afterOf(text) };
}

function afterOf(text: string): string | null {
  try {
    return v.parse(HeadSchema, JSON.parse(text.split('\n', 1)[0] ?? '')).after;
  } catch {
    return null;
  }
}

export class Journal {
  readonly #path: string;
  readonly #file: number;
  /** Bytes of whole lines, after which it goes on. */
  #length: number;
  #unsynced = false;
  #timer: NodeJS.Timeout | null = null;
  #open = true;

  /** Goes on with a journal that was read. @throws TsugikiError cannot_write */
  constructor({ path, text, bytes }: JournalFile) {
    this.#path = path;
    this.#length = bytes;
    this.#file = writing(path, () => openSync(path, 'r+'));
    this.#cut();
    // By hand, a last line is easily left without its end.
    if (!text.endsWith('\n')) this.#write('\n');
  }

  get length(): number {
    return this.#length;
  }

  /** @throws TsugikiError cannot_write; nothing of the entry is in the file then */
  append(entry: Entry): void {
    if (!this.#open) throw new Error('This project has been closed.');
    this.#write(`${JSON.stringify(entry)}\n`);
  }

  #write(text: string): void {
    const line = Buffer.from(text);
    try {
      writing(this.#path, () => {
        for (let done = 0; done < line.length; ) done += writeSync(this.#file, line, done, line.length - done, this.#length + done);
      });
    } catch (error) {
      this.#cut();
      throw error;
    }
    this.#length += line.length;
    this.#unsynced = true;
    this.#timer ??= setTimeout(() => this.#syncLater(), SYNC_EVERY_MS).unref();
  }

  /** Half a line would spoil the one that comes after it. */
  #cut(): void {
    writing(this.#path, () => ftruncateSync(this.#file, this.#length));
  }

  #syncLater(): void {
    this.#timer = null;
    try {
      this.sync();
    } catch {
      // Nobody waits here. Whoever saves or closes the project tries again and is told.
    }
  }

  /** On return, all that was appended is on the disk. @throws TsugikiError cannot_write */
  sync(): void {
    if (!this.#unsynced) return;
    writing(this.#path, () => fsyncSync(this.#file));
    this.#unsynced = false;
  }

  close(): void {
    try {
      this.sync();
    } finally {
      this.#open = false;
      if (this.#timer) clearTimeout(this.#timer);
      closeSync(this.#file);
    }
  }
}
