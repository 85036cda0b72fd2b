/** Many small files read together, as quickly as the disk under them allows. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { because, causeOf, TsugikiError } from '../../contract';
import { unreadable } from '../runtime/unreadable';

/** More than any camera writes; what is larger is not even read. */
const MOST_BYTES = 512 * 2 ** 20;
/** A file that takes longer, in milliseconds, comes from somewhere that has to be waited for. */
const SLOW = 4;
/** A pipe that somebody has put among the pictures must not be waited for; Windows knows no such flag. */
const FLAGS = constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0);

/**
 * Reads a batch one after the other while each comes at once, as from a local disk: four times as quick as asking for each by itself. As soon
 * as one has to be waited for, as from a network's disk, the rest are asked for side by side, and the thread stays free meanwhile.
 * @returns bytes in the order of `paths`, an error with its sentence for each that cannot be read
 */
export async function readFiles(paths: readonly string[]): Promise<(Uint8Array | TsugikiError)[]> {
  const read: (Uint8Array | TsugikiError)[] = [];
  for (const path of paths) {
    const began = performance.now();
    read.push(readNow(path));
    if (performance.now() - began > SLOW) break;
  }
  return [...read, ...(await Promise.all(paths.slice(read.length).map(readLater)))];
}

function readNow(path: string): Uint8Array | TsugikiError {
  try {
    const file = openSync(path, FLAGS);
    try {
      const bytes = roomFor(fstatSync(file).size);
      return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return reasonOf(path, error);
  }
}

async function readLater(path: string): Promise<Uint8Array | TsugikiError> {
  let file: FileHandle | null = null;
  try {
    file = await open(path, FLAGS);
    const bytes = roomFor((await file.stat()).size);
    return bytes.subarray(0, (await file.read(bytes, 0, bytes.length, 0)).bytesRead);
  } catch (error) {
    return reasonOf(path, error);
  } finally {
    await file?.close();
  }
}

/** Memory of its own for each file: what is kept of one does not keep others. */
function roomFor(size: number): Buffer {
  if (size > MOST_BYTES) throw unreadable(because('many_bytes', `it has ${Math.round(size / 2 ** 20)} MB, more than can be read. Make it smaller`, { megabytes: Math.round(size / 2 ** 20) }));
  return Buffer.allocUnsafeSlow(size);
}

function reasonOf(path: string, error: unknown): TsugikiError {
  if (error instanceof TsugikiError) return error;
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return new TsugikiError('picture_missing', `${path} is not there any more.`, { path });
  if (code === 'EACCES' || code === 'EPERM') return unreadable(because('closed_file', 'it may not be opened. Check that you may read it'));
  const reason = causeOf(error);
  return unreadable(because('copy_again', `${reason.message}. Copy it again`, { reason }));
}
