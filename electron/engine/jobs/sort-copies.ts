/** Classified files copied into a folder a class. Nothing is moved, and nothing written over. */
import { access, constants, copyFile, mkdir, rm, stat, utimes } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { NONE_OF_THESE, type SortedCopies, StoppedError, type TriedMany, TsugikiError, triedRow } from '../../contract';
import type { JobContext } from '../context';
import { fileName } from '../data/file-name';
import { Stage } from '../data/stage';
import { placeError } from './place-errors';

/**
 * Makes the folder "<name>-sorted" in `directory`, or "<name>-sorted-2" and so on where that is taken. Files keep their names; where two would be
 * the same, the second becomes "name-2". Files that were not or are no longer readable are passed over.
 * @param sources what was classified: a single folder or file gives its name
 * @throws TsugikiError not_copied when the place takes no more; what was copied stays
 */
export async function sortCopies(tried: TriedMany, sources: readonly string[], directory: string, context: JobContext): Promise<SortedCopies> {
  const target = await freshFolder(directory, `${nameOf(sources)}-sorted`);
  const folders = new Folders(target);
  const stage = new Stage(context, 'copy', tried.files.length, 'files');
  const outcome = { directory: target, copied: 0, skipped: 0, stopped: false };
  try {
    for (let row = 0; row < tried.files.length; row++) {
      await context.breathe();
      const { path, top, unknown } = triedRow(tried, row);
      const label = top[0]?.label;
      if (label !== undefined && (await copied(path, await folders.of(unknown ? null : label)))) outcome.copied++;
      else outcome.skipped++;
      stage.to(row + 1);
    }
  } catch (error) {
    if (!(error instanceof StoppedError)) throw refusal(error, target) ?? error;
    outcome.stopped = true;
  }
  return outcome;
}

/** A class folder, and how often each name was wanted in it: where a thousand files are called the same, the next free name is not searched from the start. */
interface Folder {
  readonly path: string;
  readonly wanted: Map<string, number>;
}

/** Folders of classes, made when the first file comes. Classes whose names a disk takes for the same get folders of their own. */
class Folders {
  readonly #made = new Map<string | null, Folder>();
  readonly #names = new Set<string>();

  constructor(private readonly target: string) {}

  /** @param label null for none of these */
  async of(label: string | null): Promise<Folder> {
    const known = this.#made.get(label);
    if (known) return known;
    const stem = label === null ? NONE_OF_THESE : fileName(label);
    let name = stem;
    for (let n = 2; this.#names.has(folded(name)); n++) name = `${stem}-${n}`;
    this.#names.add(folded(name));
    const folder = { path: join(this.target, name), wanted: new Map<string, number>() };
    await mkdir(folder.path);
    this.#made.set(label, folder);
    return folder;
  }
}

/** Disks that tell no capitals apart, or no two ways to write an accent. */
const folded = (name: string): string => name.normalize('NFC').toLowerCase();

/** Whether the file could be read. It keeps its date: pictures are looked for by it. */
async function copied(path: string, { path: folder, wanted }: Folder): Promise<boolean> {
  const info = await access(path, constants.R_OK).then(() => stat(path)).catch(() => null);
  if (!info?.isFile()) return false;
  const ending = extname(path);
  const stem = basename(path, ending);
  const key = folded(basename(path));
  for (let n = (wanted.get(key) ?? 0) + 1; ; n++) {
    wanted.set(key, n);
    const to = join(folder, n === 1 ? stem + ending : `${stem}-${n}${ending}`);
    try {
      await copyFile(path, to, constants.COPYFILE_EXCL);
      await utimes(to, info.atime, info.mtime);
      return true;
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') continue;
      // Half a picture is none.
      await rm(to, { force: true });
      if (placeError(error)) throw error;
      return false;
    }
  }
}

const nameOf = ([only = '', ...others]: readonly string[]): string => (others.length === 0 && basename(only) !== '' ? fileName(basename(only)) : 'pictures');

async function freshFolder(directory: string, stem: string): Promise<string> {
  for (let n = 1; ; n++) {
    const path = join(directory, n === 1 ? stem : `${stem}-${n}`);
    try {
      await mkdir(path);
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw refusal(error, directory) ?? error;
    }
  }
}

/** The system's refusals in words. */
function refusal(error: unknown, path: string): TsugikiError | null {
  const reason = placeError(error, 'ENOENT');
  return reason && new TsugikiError('not_copied', `The pictures could not be copied to ${path}: ${reason.message}. Choose another folder.`, { path, reason });
}
