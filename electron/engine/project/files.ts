/** Writing so that a power cut leaves the old file or the new one. */
import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { causeOf, TsugikiError } from '../../contract';

/** Under another name first, and on the disk itself before it is renamed. @throws TsugikiError cannot_write */
export function writeWhole(path: string, text: string): void {
  writing(path, () => {
    const file = openSync(`${path}.tmp`, 'w');
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    move(`${path}.tmp`, path);
  });
}

/** Renames, and has the folder's new entry on the disk: files that are renamed one after the other never appear in the other order. */
export function move(from: string, to: string): void {
  renameSync(from, to);
  // Windows cannot open a folder; NTFS keeps the order by its own journal.
  if (process.platform === 'win32') return;
  const folder = openSync(dirname(to), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** @throws TsugikiError cannot_write */
export function writing<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    const reason = causeOf(error);
    throw new TsugikiError('cannot_write', `${path} cannot be written (${reason.message}). Choose another folder or free some space.`, { path, reason });
  }
}
