/** From a path that a person chose or dropped to what lies there, by what is in it rather than by its name. */
import { access, constants, rm, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import * as v from 'valibot';
import { TsugikiError } from '../../../contract';
import { type JobContext, quietContext } from '../../context';
import { archiveEntries, type ArchiveKind, archiveKind } from '../archive';
import { isPackedPath } from '../packed-sets';
import { fileKind, isTableFile, OTHER_PICTURE } from '../picture-files';
import { archiveStem, unpackPictures } from '../unpack';
import type { Discovery, FoundFiles } from './discovery';
import { asClassName, layOut } from './layout';
import { readTable } from './table';
import { filesBelow, readHead } from './walk';

const MANIFEST = 'project.tsugiki';

/**
 * @param unpackInto where an archive's pictures get a folder of their own; null for the user's cache
 * @throws TsugikiError data_not_found, data_not_understood, table_…, tm_no_pictures, and as `unpackPictures`
 */
export async function discover(path: string, unpackInto: string | null, context: JobContext): Promise<Discovery> {
  const info = await access(path, constants.R_OK).then(() => stat(path)).catch(() => null);
  if (!info) throw new TsugikiError('data_not_found', `${path} does not exist or may not be read. Choose another folder or file.`, { path });
  if (info.isDirectory()) return discoverFolder(path, context);
  if (info.isFile()) return discoverFile(path, unpackInto, context);
  throw notUnderstood(path);
}

async function discoverFolder(path: string, context: JobContext): Promise<Discovery> {
  if (await stat(join(path, MANIFEST)).catch(() => null)) return { kind: 'project', directory: path };
  if (await isPackedPath(path)) return { kind: 'packed', source: { kind: 'path', path } };
  const found = await foundBelow(path, basename(resolve(path)), context);
  if (found.pictures.length + found.skipped.length === 0) throw notUnderstood(path);
  return found;
}

async function discoverFile(path: string, unpackInto: string | null, context: JobContext): Promise<Discovery> {
  if (basename(path) === MANIFEST) return { kind: 'project', directory: dirname(path) };
  const archive = await archiveKind(path);
  // What an archive is damaged by is said, or lived with, when it is unpacked.
  const packed = await isPackedPath(path).catch((error: unknown) => {
    if (archive && error instanceof TsugikiError && error.code === 'archive_damaged') return false;
    throw error;
  });
  if (packed) return { kind: 'packed', source: { kind: 'path', path } };
  if (archive) return discoverArchive(path, archive, unpackInto, context);
  return discoverPicture(path, context);
}

/** A picture, or a table of some. */
async function discoverPicture(path: string, context: JobContext): Promise<FoundFiles> {
  const file = basename(path);
  const found = { kind: 'files', name: nameOf(path), folder: dirname(path), owned: false } as const;
  const kind = fileKind(path, await readHead(path));
  if (kind === 'picture') return { ...found, pictures: layOut([file]), skipped: [] };
  if (kind === 'other picture') return { ...found, pictures: [], skipped: [{ file, reason: OTHER_PICTURE }] };
  if (!isTableFile(path) && extname(path).toLowerCase() !== '.txt') throw notUnderstood(path);
  return { ...found, ...(await readTable(path, context)) };
}

async function discoverArchive(path: string, kind: ArchiveKind, unpackInto: string | null, context: JobContext): Promise<FoundFiles> {
  const { folder, skipped } = await unpackPictures(path, kind, unpackInto, context);
  const owned = unpackInto !== null;
  try {
    const found = await foundBelow(folder, archiveStem(path), context);
    if (found.pictures.length + found.skipped.length + skipped.length === 0) throw await whyNothing(path, kind);
    const sampleOf = classOfSamples(path);
    const pictures = found.pictures.map((picture) => (picture.className === null && picture.part === null ? { ...picture, className: sampleOf } : picture));
    return { ...found, owned, pictures, skipped: [...skipped, ...found.skipped] };
  } catch (error) {
    if (owned) await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function foundBelow(folder: string, name: string, context: JobContext): Promise<FoundFiles> {
  const { pictures: files, tables, skipped } = await filesBelow(folder, context);
  const pictures = layOut(files);
  const [table, ...others] = tables;
  const isSorted = new Set(pictures.map(({ className }) => className)).size > 1;
  const listed = table === undefined || others.length > 0 || isSorted ? null : await listedIn(join(folder, table), folder, context);
  const found = { kind: 'files', name, folder, owned: false } as const;
  if (!listed) return { ...found, pictures, skipped };
  const known = new Set(listed.pictures.map(({ file }) => file));
  const loose = files.filter((file) => !known.has(file)).map((file) => ({ file, className: null, part: null }));
  return { ...found, pictures: [...listed.pictures, ...loose], skipped: [...skipped, ...listed.skipped] };
}

/** What the one table beside unsorted pictures says of them; null when it is about something else. */
async function listedIn(table: string, folder: string, context: JobContext): Promise<Pick<FoundFiles, 'pictures' | 'skipped'> | null> {
  const read = await readTable(table, context).catch((error: unknown) => {
    if (error instanceof TsugikiError && error.code.startsWith('table_')) return null;
    throw error;
  });
  const pictures = (read?.pictures ?? []).map((picture) => ({ ...picture, file: relative(folder, join(read?.folder ?? folder, picture.file)).split(sep).join('/') }));
  const inside = pictures.filter(({ file }) => !file.startsWith('../'));
  return inside.length > 0 ? { pictures: inside, skipped: read?.skipped ?? [] } : null;
}

/** "Class 1-samples.zip", maybe "Class 1-samples (2).zip": what Teachable Machine's "Download samples" gives for one class; null for other names. */
function classOfSamples(path: string): string | null {
  const [, name] = /^(.+)-samples(?: ?\(\d+\))?$/i.exec(archiveStem(path)) ?? [];
  return name === undefined ? null : asClassName(name);
}

const ManifestSchema = v.object({ type: v.string(), appdata: v.unknown() });

/** Teachable Machine's projects of sounds look like those of pictures from outside. */
async function whyNothing(path: string, kind: ArchiveKind): Promise<TsugikiError> {
  for await (const entry of archiveEntries(path, kind, quietContext())) {
    if (entry.name !== 'manifest.json') continue;
    const manifest = v.safeParse(v.pipe(v.string(), v.parseJson(), ManifestSchema), (await entry.read()).toString('utf8'));
    if (!manifest.success) break;
    const { type } = manifest.output;
    return new TsugikiError('tm_no_pictures', `${path} is a project of Teachable Machine (${type}) without pictures in it. In Teachable Machine choose "Download samples" for each class, and import these zips.`, { path, kind: type });
  }
  return notUnderstood(path);
}

const nameOf = (path: string): string => basename(path, extname(path));

const notUnderstood = (path: string): TsugikiError =>
  new TsugikiError(
    'data_not_understood',
    `${path} holds no pictures that Tsugiki knows: looked for JPEG, PNG, GIF, BMP, WebP and AVIF files, loose, in class folders, or in a zip or tar of these; for a CSV that lists them; for CIFAR-10, CIFAR-100 and MNIST's files; and for a project of Tsugiki or Teachable Machine. Choose one of these.`,
    { path }
  );
