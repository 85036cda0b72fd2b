/** Where a project's pictures are: noticed when they are gone, found again by content, taken along when the project is to travel. */
import { copyFile, mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { type Picture, type Root, TsugikiError } from '../../contract';
import type { JobContext } from '../context';
import { changed, type PictureChange } from '../project/change';
import { MANIFEST } from '../project/folder';
import { inspectPictures } from './import/inspect';
import { sha1 } from './picture-hashes';
import { below } from './picture-pixels';
import type { ProjectDataset } from './project-dataset';
import { readFiles } from './read-files';
import { Stage } from './stage';

/** Files looked at side by side. */
const AT_A_TIME = 64;

/**
 * Looks which files are not there, folder by folder, by their names alone. Moved ones below the same root are found again by their content, and
 * what a file holds now counts where it holds something else.
 */
export async function checkPlaces(dataset: ProjectDataset, context: JobContext): Promise<void> {
  const missing: Picture[] = [];
  for (const root of dataset.project.state.header.roots) {
    const pictures = dataset.project.pictures.filter((picture) => picture.root === root.id);
    if (pictures.length === 0) continue;
    if (root.kind === 'packed') {
      const there = await dataset.packed(root.id, context).then(() => true, (error: unknown) => (context.signal.aborted ? Promise.reject(error) : false));
      if (!there) missing.push(...pictures);
      continue;
    }
    const files = new Set(await filesBelow(dataset.placeOf(root), context));
    const gone = pictures.filter(({ file }) => !files.has(file));
    if (gone.length === 0) continue;
    for (const { file } of pictures) files.delete(file);
    const found = await findByContent(dataset.placeOf(root), gone, [...files], context);
    moveTo(dataset, root, found);
    missing.push(...gone.filter(({ id }) => !found.has(id)));
  }
  dataset.setMissing(missing.map(({ id }) => id));
  await lookAgain(dataset, context);
}

/** Says anew whose files are gone, by their names alone; what could not be read is tried again. */
export async function lookForFiles(dataset: ProjectDataset, context: JobContext): Promise<void> {
  dataset.setMissing(await goneFiles(dataset, context));
}

/** Says anew whose files are gone where others are than before. @returns whether that is so */
export async function noticeFiles(dataset: ProjectDataset, context: JobContext): Promise<boolean> {
  const gone = await goneFiles(dataset, context);
  if (gone.length === dataset.missing.size && gone.every((id) => dataset.missing.has(id))) return false;
  dataset.setMissing(gone);
  return true;
}

async function goneFiles(dataset: ProjectDataset, context: JobContext): Promise<number[]> {
  const missing: number[] = [];
  for (const root of dataset.project.state.header.roots) {
    const pictures = dataset.project.pictures.filter((picture) => picture.root === root.id);
    const files = root.kind === 'packed' || pictures.length === 0 ? null : new Set(await filesBelow(dataset.placeOf(root), context));
    for (const { id, file } of pictures) if (files ? !files.has(file) : dataset.missing.has(id)) missing.push(id);
  }
  return missing;
}

/** Looks into files that were written since the project was made: only they can hold something else than was noted. */
async function lookAgain(dataset: ProjectDataset, context: JobContext): Promise<void> {
  const { project } = dataset;
  if (project.directory === null) return;
  const { mtimeMs: made } = await stat(join(project.directory, MANIFEST));
  const files = project.pictures.filter(({ id, row }) => row === null && !dataset.missing.has(id));
  const stage = new Stage(context, 'read', files.length, 'files');
  const renewed: PictureChange[] = [];
  for (let at = 0; at < files.length; at += AT_A_TIME) {
    await context.breathe();
    const batch = files.slice(at, at + AT_A_TIME);
    const written = await Promise.all(batch.map((picture) => stat(dataset.pathOf(picture)).then(({ mtimeMs }) => mtimeMs > made, () => false)));
    const suspects = batch.filter((_, i) => written[i]);
    const looks = await inspectPictures(suspects.map((picture) => dataset.pathOf(picture)));
    // One that is no picture any more is left out, with its reason, as soon as it is needed.
    suspects.forEach((picture, i) => {
      const look = looks[i];
      if (look && !(look instanceof TsugikiError) && look.hash !== picture.hash) renewed.push(...changed([picture], { ...look }));
    });
    stage.add(batch.length);
  }
  dataset.changed = renewed.map(({ id }) => id);
  if (renewed.length > 0) project.do({ label: { kind: 'refresh', count: renewed.length, name: '' }, pictures: renewed });
}

/**
 * Takes `path` for the place of a root. Pictures keep their paths below it; those that moved inside are found by their content.
 * @throws TsugikiError relocate_nothing_found
 */
export async function relocate(dataset: ProjectDataset, rootId: number, path: string, context: JobContext): Promise<void> {
  const root = dataset.root(rootId);
  const pictures = dataset.project.pictures.filter((picture) => picture.root === rootId);
  const place = resolve(path);
  if (root.kind === 'own') throw new TsugikiError('relocate_own', 'These pictures belong to the project\'s own folder "pictures". Put them back there.');
  if (root.kind === 'packed') {
    replaceRoot(dataset, { id: rootId, kind: 'packed', source: { kind: 'path', path: place } });
  } else {
    const files = new Set(await filesBelow(place, context));
    const gone = pictures.filter(({ file }) => !files.has(file));
    for (const { file } of pictures) files.delete(file);
    const found = await findByContent(place, gone, [...files], context);
    if (gone.length - found.size === pictures.length) {
      throw new TsugikiError('relocate_nothing_found', `None of the ${pictures.length} pictures is in ${place}. Choose the folder that holds them now.`, { path: place, count: pictures.length });
    }
    replaceRoot(dataset, { id: rootId, kind: 'folder', path: place });
    moveTo(dataset, root, found);
  }
  dataset.forget();
  await checkPlaces(dataset, context);
}

/** Copies every picture that lies elsewhere into the project, by class. Sets that come with the app or by download stay where they are. */
export async function collect(dataset: ProjectDataset, context: JobContext): Promise<void> {
  const { project } = dataset;
  const own = project.ownPictures;
  if (own === null) throw new TsugikiError('no_own_folder', 'Pictures can only be collected by a project with a folder of its own.');
  const { header } = project.state;
  const ownRoot = header.roots.find(({ kind }) => kind === 'own') ?? { id: Math.max(-1, ...header.roots.map(({ id }) => id)) + 1, kind: 'own' as const };
  const elsewhere = project.pictures.filter((picture) => picture.row === null && picture.root !== ownRoot.id && !dataset.missing.has(picture.id));
  const stage = new Stage(context, 'copy', elsewhere.length, 'pictures');
  const moved: Picture[] = [];
  try {
    for (const picture of elsewhere) {
      await context.breathe();
      // The root's number keeps two folders' files of the same name apart.
      const file = `${picture.root}/${picture.file}`;
      const target = below(own, file);
      await mkdir(dirname(target), { recursive: true });
      await copyFile(dataset.pathOf(picture), target);
      moved.push({ ...picture, root: ownRoot.id, file });
      stage.add(1);
    }
  } finally {
    // What is copied is in, whatever stopped the rest.
    if (moved.length > 0) {
      const after = header.roots.includes(ownRoot) ? header : { ...header, roots: [...header.roots, ownRoot] };
      project.do({
        label: { kind: 'relocate', count: moved.length, name: '' },
        ...(after === header ? {} : { header: { before: header, after } }),
        pictures: moved.flatMap(({ id, root, file }) => changed([dataset.picture(id)], { root, file }))
      });
    }
  }
}

/** Every file below a folder, as a project names it; none where the folder is gone. */
async function filesBelow(folder: string, context: JobContext): Promise<string[]> {
  const files: string[] = [];
  const visit = async (path: string): Promise<void> => {
    await context.breathe();
    const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const inside = join(path, entry.name);
      if (entry.isDirectory()) await visit(inside);
      else if (entry.isFile() || entry.isSymbolicLink()) files.push(relative(folder, inside).split(sep).join('/'));
    }
  };
  // A single file may be a root's only picture.
  if (await stat(folder).then((info) => info.isDirectory(), () => false)) await visit(folder);
  return files;
}

/** For each picture that is gone, the file with its content, among files that no picture lies in. */
async function findByContent(folder: string, gone: readonly Picture[], files: readonly string[], context: JobContext): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  if (gone.length === 0 || files.length === 0) return found;
  const stage = new Stage(context, 'read', files.length, 'files');
  const byHash = new Map<string, Picture[]>();
  for (const picture of gone) byHash.set(picture.hash, [...(byHash.get(picture.hash) ?? []), picture]);
  for (const file of files) {
    await context.breathe();
    const [bytes] = await readFiles([below(folder, file)]);
    const picture = bytes instanceof Uint8Array ? byHash.get(sha1(bytes))?.shift() : undefined;
    if (picture) found.set(picture.id, file);
    stage.add(1);
    if (found.size === gone.length) break;
  }
  return found;
}

function moveTo(dataset: ProjectDataset, root: Root, found: ReadonlyMap<number, string>): void {
  if (found.size === 0) return;
  dataset.project.do({
    label: { kind: 'relocate', count: found.size, name: dataset.placeOf(root) },
    pictures: [...found].flatMap(([id, file]) => changed([dataset.picture(id)], { file }))
  });
}

function replaceRoot(dataset: ProjectDataset, root: Root): void {
  const before = dataset.project.state.header;
  const after = { ...before, roots: before.roots.map((one) => (one.id === root.id ? root : one)) };
  dataset.project.do({ label: { kind: 'relocate', count: 0, name: dataset.placeOf(root) }, header: { before, after }, pictures: [] });
}
