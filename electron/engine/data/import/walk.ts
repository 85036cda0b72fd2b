/** What lies below a folder. */
import { lstat, open as openFile, readdir, realpath, stat } from 'node:fs/promises';
import type { Dirent } from 'node:fs';
import { join, sep } from 'node:path';
import { because, type ErrorShape, systemCause, TsugikiError } from '../../../contract';
import type { JobContext } from '../../context';
import { fileKind, HEAD_BYTES, isHidden, isPictureFile, isTableFile, OTHER_PICTURE } from '../picture-files';
import { Stage } from '../stage';
import type { Skipped } from './discovery';

export interface FilesBelow {
  /** Paths below the folder with forward slashes: a folder's own files by name, then those of its folders, as Keras lists them. */
  readonly pictures: string[];
  readonly tables: string[];
  readonly skipped: Skipped;
}

/** Names between two breaths. */
const CHUNK = 1000;

/**
 * Links to folders are not followed; links to files are, as long as they stay inside.
 * @throws TsugikiError data_not_found when the folder itself cannot be read
 */
export async function filesBelow(folder: string, context: JobContext): Promise<FilesBelow> {
  const walk = new Walk(folder, await realpath(folder).catch(() => folder), context);
  await walk.visit('');
  return walk;
}

class Walk implements FilesBelow {
  readonly pictures: string[] = [];
  readonly tables: string[] = [];
  readonly skipped: Skipped = [];
  readonly #stage: Stage;
  #seen = 0;

  constructor(
    private readonly folder: string,
    private readonly realFolder: string,
    private readonly context: JobContext
  ) {
    // How many there are is known at the end only.
    this.#stage = new Stage(context, 'read', 0, 'files');
  }

  async visit(below: string): Promise<void> {
    await this.context.breathe();
    const folders: string[] = [];
    for (const entry of await this.#list(below)) {
      if (isHidden(entry.name)) continue;
      const file = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) {
        folders.push(file);
        continue;
      }
      await this.#look(file, entry);
      if (++this.#seen % CHUNK === 0) await this.context.breathe();
    }
    this.#stage.to(this.#seen);
    for (const inside of folders) await this.visit(inside);
  }

  /** Sorted as Python sorts: by code point, which for names means by code unit. */
  async #list(below: string): Promise<Dirent[]> {
    try {
      const entries = await readdir(this.#path(below), { withFileTypes: true });
      return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (below === '') throw new TsugikiError('data_not_found', `${this.folder} does not exist or may not be read. Choose another folder or file.`, { path: this.folder });
      this.skipped.push({ file: below, reason: code === 'ENOENT' ? NO_TEXT : closedFolder(code) });
      return [];
    }
  }

  async #look(file: string, entry: Dirent): Promise<void> {
    const reason = await this.#objection(file, entry);
    if (reason !== null) {
      this.skipped.push({ file, reason });
    } else if (isTableFile(file)) {
      this.tables.push(file);
    } else if (isPictureFile(file)) {
      this.pictures.push(file);
    } else {
      await this.#lookInside(file);
    }
  }

  /** Why an entry is not even opened; null when it may be. */
  async #objection(file: string, entry: Dirent): Promise<ErrorShape | null> {
    if (entry.isSymbolicLink()) return this.#whereLinkLeads(file);
    if (!entry.isFile()) return NO_FILE;
    // What is no UTF-8 is shown with this sign, and not found again under that name.
    return file.includes('\ufffd') && !(await lstat(this.#path(file)).catch(() => null)) ? NO_TEXT : null;
  }

  async #whereLinkLeads(file: string): Promise<ErrorShape | null> {
    try {
      const target = await realpath(this.#path(file));
      const info = await stat(target);
      if (info.isDirectory()) return because('link_to_folder', 'It is a link to a folder, and these are not followed. Choose that folder itself.');
      if (!info.isFile()) return NO_FILE;
      return target.startsWith(this.realFolder + sep) ? null : because('link_outside', 'It is a link to a file outside of this folder. Copy the file here.');
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ELOOP' ? because('link_circle', 'It is a link that leads round in a circle.') : because('link_nowhere', 'It is a link to something that is not there.');
    }
  }

  async #lookInside(file: string): Promise<void> {
    await this.context.breathe();
    try {
      const kind = fileKind(file, await readHead(this.#path(file)));
      if (kind === 'picture') this.pictures.push(file);
      if (kind === 'other picture') this.skipped.push({ file, reason: OTHER_PICTURE });
    } catch (error) {
      this.skipped.push({ file, reason: notOpened((error as NodeJS.ErrnoException).code ?? '') });
    }
  }

  #path(file: string): string {
    return join(this.folder, ...file.split('/'));
  }
}

const NO_TEXT = because('name_no_text', 'Its name is not written in UTF-8. Rename it.');
export const NO_FILE = because('no_file', 'It is a pipe, socket or device, not a file.');
const closedFolder = (code: string): ErrorShape => because('folder_not_opened', `The folder cannot be opened (${code}). Check that you may read it.`, { reason: systemCause(code) });
const notOpened = (code: string): ErrorShape => because('file_not_opened', `It cannot be opened (${code}). Check that you may read it.`, { reason: systemCause(code) });

/** The first bytes of a file. */
export async function readHead(path: string): Promise<Buffer> {
  const file = await openFile(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
