/** From what a person chose to a data set, by what is in it rather than by its name. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { assertNever, type DataSource, TsugikiError } from '../../contract';
import type { JobContext } from '../context';
import { type ArchiveKind, archiveKind, eachEntry } from './archive';
import { findCifar10Folder, isCifar10File, openCifar10Archive, openCifar10Folder } from './cifar10';
import { locateCifar10 } from './cifar10-source';
import type { Dataset } from './dataset';
import { openPictureFolder } from './folder';
import { isPictureFile } from './picture-files';
import { openSample } from './sample';
import { unpackPictures } from './unpack';

/**
 * Opens the embedded sample, CIFAR-10 (found or downloaded), or a folder or archive of either CIFAR-10 or class folders.
 * @throws TsugikiError data_not_found, data_not_understood, and those of the readers
 */
export async function openDataset(source: DataSource, context: JobContext): Promise<Dataset> {
  switch (source.kind) {
    case 'sample':
      return openSample(source);
    case 'cifar10':
      return openPath(await locateCifar10(context), source, context);
    case 'path':
      return openPath(source.path, source, context);
    default:
      return assertNever(source);
  }
}

async function openPath(path: string, source: DataSource, context: JobContext): Promise<Dataset> {
  const info = await stat(path).catch(() => null);
  if (!info) throw new TsugikiError('data_not_found', `${path} does not exist or may not be read. Choose another folder or file.`, { path });
  return info.isDirectory() ? openFolder(path, source, context) : openFile(path, source, context);
}

async function openFolder(path: string, source: DataSource, context: JobContext): Promise<Dataset> {
  const cifar10 = await findCifar10Folder(path);
  if (cifar10) return openCifar10Folder(cifar10, source, context);
  // A folder that someone made for the downloaded archive alone.
  const archive = (await readdir(path)).find((name) => /^cifar-10-(binary|python)\.tar(\.gz)?$/.test(name));
  if (archive) return openFile(join(path, archive), source, context);
  return openPictureFolder(path, source, context);
}

async function openFile(path: string, source: DataSource, context: JobContext): Promise<Dataset> {
  const kind = await archiveKind(path);
  const content = kind && (await contentOf(path, kind, context));
  if (kind && content === 'cifar10') return openCifar10Archive(path, kind, source, context);
  if (kind && content === 'pictures') return openPictureFolder(await unpackPictures(path, kind, context), source, context, path);
  throw new TsugikiError(
    'data_not_understood',
    `${path} is not a data set: looked for CIFAR-10 (cifar-10-binary.tar.gz, cifar-10-python.tar.gz) and for a zip or tar of class folders with JPEG, PNG, GIF or BMP pictures. Choose one of these, or a folder.`,
    { path }
  );
}

/** The first file that tells. */
async function contentOf(path: string, kind: ArchiveKind, context: JobContext): Promise<'cifar10' | 'pictures' | null> {
  let content: 'cifar10' | 'pictures' | null = null;
  const silent: JobContext = { ...context, report: () => undefined };
  await eachEntry(path, kind, silent, async ({ name }) => {
    if (isCifar10File(name)) content = 'cifar10';
    else if (isPictureFile(name)) content = 'pictures';
    return content === null;
  });
  return content;
}
