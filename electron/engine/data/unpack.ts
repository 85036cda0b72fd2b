/** Archives of pictures, unpacked once into the user's cache: thousands of photographs do not fit into memory. */
import { createHash } from 'node:crypto';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { JobContext } from '../context';
import { ARCHIVE_LIMITS, type ArchiveKind, type ArchiveLimits, eachEntry } from './archive';
import { isOtherPictureFile, isPictureFile } from './picture-files';
import { userCache } from './user-cache';

/**
 * The folder that holds the archive's pictures. The same archive, unchanged, is not unpacked twice; a broken or stopped attempt leaves nothing.
 * Errors as `eachEntry`.
 */
export async function unpackPictures(path: string, kind: ArchiveKind, context: JobContext, limits: ArchiveLimits = ARCHIVE_LIMITS): Promise<string> {
  const { size, mtimeMs } = await stat(path);
  const key = createHash('sha256').update(`${resolve(path)}\n${size}\n${mtimeMs}`).digest('hex').slice(0, 24);
  const folder = userCache('unpacked', key);
  if (await stat(folder).catch(() => null)) return folder;
  const draft = `${folder}.${process.pid}.part`;
  try {
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft, { recursive: true });
    await eachEntry(
      path,
      kind,
      context,
      async (entry) => {
        if (!isPictureFile(entry.name) && !isOtherPictureFile(entry.name)) return;
        const target = join(draft, entry.name);
        await mkdir(dirname(target), { recursive: true });
        await writeFile(target, await entry.read());
      },
      limits
    );
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
  return folder;
}
