/** Where CIFAR-10 is on this machine, or how it gets here. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StoppedError, TsugikiError } from '../../contract';
import type { JobContext } from '../context';
import { findCifar10Folder } from './cifar10';
import { download, type Download } from './download';
import { userCache } from './user-cache';

/** https://www.cs.toronto.edu/~kriz/cifar.html, which gives size and MD5. */
export const CIFAR10_DOWNLOAD = {
  url: 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz',
  bytes: 170_052_171,
  sha256: 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd'
} as const;

const ARCHIVES = ['cifar-10-binary.tar.gz', 'cifar-10-python.tar.gz'];

/** Folders looked through before anything is downloaded: TSUGIKI_DATA, then the user's cache. */
const folders = (): string[] => [...(process.env['TSUGIKI_DATA'] ? [resolve(process.env['TSUGIKI_DATA'])] : []), userCache('data')];

/** A folder or archive of CIFAR-10 already here, or null. */
export async function findCifar10(): Promise<string | null> {
  for (const folder of folders()) {
    const batches = await findCifar10Folder(folder);
    if (batches) return batches;
    const archive = ARCHIVES.map((name) => join(folder, name)).find((path) => existsSync(path));
    if (archive) return archive;
  }
  return null;
}

/**
 * Finds CIFAR-10 or downloads it into the user's cache.
 * @throws TsugikiError cifar10_unreachable, which offers the file instead; StoppedError
 */
export async function locateCifar10(context: JobContext, from: Omit<Download, 'path'> = CIFAR10_DOWNLOAD): Promise<string> {
  const found = await findCifar10();
  if (found) return found;
  const path = userCache('data', 'cifar-10-binary.tar.gz');
  try {
    await download({ ...from, path }, context);
  } catch (error) {
    if (error instanceof StoppedError || !(error instanceof TsugikiError)) throw error;
    throw new TsugikiError(
      'cifar10_unreachable',
      `CIFAR-10 is not on this machine and could not be downloaded. ${error.message} Or choose the file cifar-10-binary.tar.gz, or the folder cifar-10-batches-bin, instead.`,
      { detail: error.message }
    );
  }
  return path;
}
