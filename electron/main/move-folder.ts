/** Moving a folder so that at every moment a whole copy of it is where somebody looks for it. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { cp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { because, causeOf, ReasonError, TsugikiError } from '../contract';

/** Paths of all files below a folder, from there. */
async function filesBelow(folder: string, below = ''): Promise<string[]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true });
  const files = await Promise.all(entries.map((entry) => (entry.isDirectory() ? filesBelow(folder, join(below, entry.name)) : [join(below, entry.name)])));
  return files.flat();
}

async function digest(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Leaves nothing when it fails. @throws TsugikiError project_not_moved */
async function copyFolder(from: string, to: string): Promise<void> {
  try {
    await cp(from, to, { recursive: true, errorOnExist: true, force: false, preserveTimestamps: true });
    for (const file of await filesBelow(from)) {
      if ((await digest(join(from, file))) !== (await digest(join(to, file)))) throw new ReasonError(because('part_changed_on_way', `${file} did not arrive as it was`, { file }));
    }
  } catch (error) {
    await rm(to, { recursive: true, force: true });
    const reason = causeOf(error);
    throw new TsugikiError('project_not_moved', `The project could not be moved to ${to}: ${reason.message}. It is still where it was.`, { path: to, reason });
  }
}

/**
 * Moves `from` to `to`, which does not exist yet: renames it, or copies it to another disk and compares the copy.
 * @param moveIn takes the folder into use at its new place; when it fails, everything is as it was before
 * @throws TsugikiError project_not_moved, and what `moveIn` throws
 */
export async function moveFolder<T>(from: string, to: string, moveIn: () => Promise<T>): Promise<T> {
  const renamed = await rename(from, to).then(() => true, () => false);
  if (!renamed) await copyFolder(from, to);
  let answer: T;
  try {
    answer = await moveIn();
  } catch (error) {
    await (renamed ? rename(to, from) : rm(to, { recursive: true, force: true }));
    throw error;
  }
  // A file of the old copy that something else holds open does not make the new one worse.
  if (!renamed) await rm(from, { recursive: true, force: true }).catch(() => undefined);
  return answer;
}
