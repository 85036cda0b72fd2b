/** Where the ready-made sets are on this machine, or how they get here. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { READY_MADE, type ReadyMadeId, StoppedError, TsugikiError, toErrorShape } from '../../contract';
import type { JobContext } from '../context';
import { findCifarFolder } from './cifar';
import { CIFAR10, CIFAR100, type CifarKind } from './cifar-kinds';
import { download, type Download } from './download';
import { userCache } from './user-cache';

/** Folders looked through before anything is downloaded: TSUGIKI_DATA, then the user's cache. */
const folders = (): string[] => [...(process.env['TSUGIKI_DATA'] ? [resolve(process.env['TSUGIKI_DATA'])] : []), userCache('data')];

const KINDS: Record<ReadyMadeId, CifarKind> = { cifar10: CIFAR10, cifar100: CIFAR100 };

/** "cifar-10-binary.tar.gz", and the Python version beside it. */
const archivesOf = (id: ReadyMadeId): string[] => [READY_MADE[id].file, READY_MADE[id].file.replace('binary', 'python')];

/** A folder or archive of the set already here, or null. */
export async function findReadyMade(id: ReadyMadeId): Promise<string | null> {
  for (const folder of folders()) {
    const batches = await findCifarFolder(folder, KINDS[id]);
    if (batches) return batches;
    const archive = archivesOf(id).map((name) => join(folder, name)).find((path) => existsSync(path));
    if (archive) return archive;
  }
  return null;
}

/**
 * Finds the set or downloads it into the user's cache.
 * @throws TsugikiError ready_made_unreachable, which offers the file instead; StoppedError
 */
export async function locateReadyMade(id: ReadyMadeId, context: JobContext, from: Omit<Download, 'path'> = READY_MADE[id]): Promise<string> {
  const found = await findReadyMade(id);
  if (found) return found;
  const { name, file } = READY_MADE[id];
  const path = userCache('data', file);
  try {
    await download({ ...from, path }, context);
  } catch (error) {
    if (error instanceof StoppedError || !(error instanceof TsugikiError)) throw error;
    throw new TsugikiError(
      'ready_made_unreachable',
      `${name} is not on this machine and could not be downloaded. ${error.message} Or choose the file ${file}, or the folder ${KINDS[id].folders[0]}, instead.`,
      { name, file, reason: toErrorShape(error) }
    );
  }
  return path;
}
