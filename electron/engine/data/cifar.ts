/** CIFAR-10 and CIFAR-100 on disk: a folder, one batch of it, or the archive they are published in; told by what is there. */
import { open as openFile, readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { TsugikiError } from '../../contract';
import { type JobContext, quietContext } from '../context';
import { type ArchiveKind, archiveKind, eachEntry } from './archive';
import { concat, looksLikeBatch, readBatch } from './cifar-batch';
import { CIFAR10, CIFAR100, CIFAR_KINDS, type CifarKind } from './cifar-kinds';
import type { ImageSet } from './dataset';
import type { PackedOpener, PackedSet } from './packed';
import { type Pickled, unpickle } from './pickle';
import { isPictureFile } from './picture-files';
import { Stage } from './stage';

const ARCHIVE = /^cifar-100?-(binary|python)\.tar(\.gz)?$/;

/** How to open what lies at a path; null when it is no CIFAR. */
export async function recogniseCifar(path: string): Promise<PackedOpener | null> {
  return (await stat(path)).isDirectory() ? recogniseFolder(path) : recogniseFile(path);
}

/** The folder itself, or the one inside it that the official archives unpack to; null when `kind` is not there. */
export async function findCifarFolder(folder: string, kind: CifarKind): Promise<string | null> {
  for (const candidate of [folder, ...kind.folders.map((name) => join(folder, name))]) {
    const files = await filesIn(candidate);
    // "train" alone says little: CIFAR-100's files are known by the names of its classes beside them.
    if (files.some((name) => kind.train.test(name)) && (!kind.names || kind.folders.includes(basename(candidate)) || files.some((name) => kind.names?.test(name)))) return candidate;
  }
  return null;
}

async function recogniseFolder(folder: string): Promise<PackedOpener | null> {
  for (const kind of CIFAR_KINDS) {
    const found = await findCifarFolder(folder, kind);
    if (found) return (context) => openFolder(found, kind, context);
  }
  // A folder that someone made for the downloaded archive alone.
  const archive = (await filesIn(folder)).find((name) => ARCHIVE.test(name));
  return archive === undefined ? null : recogniseFile(join(folder, archive));
}

async function recogniseFile(path: string): Promise<PackedOpener | null> {
  const archive = await archiveKind(path);
  if (archive) {
    const kind = await kindInArchive(path, archive);
    return kind && ((context) => openArchive(path, archive, kind, context));
  }
  for (const kind of CIFAR_KINDS) {
    if (partOf(basename(path), kind) && (await isBatch(path, kind))) return (context) => openBatch(path, kind, context);
  }
  return null;
}

/** The first entry that tells. */
async function kindInArchive(path: string, archive: ArchiveKind): Promise<CifarKind | null> {
  let found: CifarKind | null = null;
  await eachEntry(path, archive, quietContext(), async ({ name }) => {
    found = kindOfEntry(name);
    return found === null && !isPictureFile(name);
  });
  return found;
}

function kindOfEntry(name: string): CifarKind | null {
  if (partOf(basename(name), CIFAR10)) return CIFAR10;
  return CIFAR100.folders.includes(basename(dirname(name))) ? CIFAR100 : null;
}

const partOf = (name: string, kind: CifarKind): 'train' | 'test' | null => (kind.train.test(name) ? 'train' : kind.test.test(name) ? 'test' : null);

async function isBatch(path: string, kind: CifarKind): Promise<boolean> {
  const file = await openFile(path, 'r');
  try {
    const head = Buffer.alloc(1);
    await file.read(head, 0, 1, 0);
    return looksLikeBatch(head, (await file.stat()).size, kind);
  } finally {
    await file.close();
  }
}

async function openFolder(folder: string, kind: CifarKind, context: JobContext): Promise<PackedSet> {
  const files = await filesIn(folder);
  const names = files.filter((name) => partOf(name, kind));
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  const stage = new Stage(context, 'read', sizes.reduce((sum, size) => sum + size, 0), 'bytes');
  const batches = new Map<string, ImageSet>();
  for (const [i, name] of names.entries()) {
    const path = join(folder, name);
    batches.set(name, await readBatch(await readFile(path), path, kind, context));
    stage.add(sizes[i] ?? 0);
  }
  return assemble(batches, folder, kind, await classNamesBeside(folder, files, kind));
}

/** One batch by itself is all there is to train on, even the one meant for the test. */
async function openBatch(path: string, kind: CifarKind, context: JobContext): Promise<PackedSet> {
  const train = await readBatch(await readFile(path), path, kind, context);
  const folder = dirname(path);
  return packed(kind, await classNamesBeside(folder, await filesIn(folder), kind), train, null);
}

/** cifar-10-binary.tar.gz, cifar-100-python.tar.gz and the like, without unpacking them to disk. */
async function openArchive(path: string, archive: ArchiveKind, kind: CifarKind, context: JobContext): Promise<PackedSet> {
  const batches = new Map<string, ImageSet>();
  let classNames = kind.classNames;
  await eachEntry(path, archive, context, async (entry) => {
    const name = basename(entry.name);
    if (partOf(name, kind)) batches.set(name, await readBatch(await entry.read(), `${name} in ${path}`, kind, context));
    else if (kind.names?.test(name)) classNames = classNamesFrom(await entry.read(), kind);
  });
  return assemble(batches, path, kind, classNames);
}

function assemble(batches: ReadonlyMap<string, ImageSet>, path: string, kind: CifarKind, classNames: readonly string[]): PackedSet {
  const named = (pattern: RegExp) => [...batches.keys()].filter((name) => pattern.test(name)).sort();
  const trainNames = named(kind.train);
  if (trainNames.length === 0) {
    throw new TsugikiError('cifar_incomplete', `${path} holds no training pictures of ${kind.name}: ${kind.firstFile} is missing. Choose the whole data set.`, { path, name: kind.name, missing: kind.firstFile });
  }
  // A whole test batch goes before its first part, should both be there.
  const testName = named(kind.test).sort((a, b) => a.length - b.length)[0];
  const train = concat(trainNames.map((name) => batches.get(name)!));
  return packed(kind, classNames, train, testName === undefined ? null : { set: batches.get(testName)!, isFirst: testName.includes('first') });
}

function packed({ name }: CifarKind, classNames: readonly string[], train: ImageSet, test: { set: ImageSet; isFirst: boolean } | null): PackedSet {
  const parts = { train, test: test?.set ?? concat([]) };
  return { name, classNames, size: train.height, testedOn: !test ? 'validation' : test.isFirst ? 'test_first' : 'test', load: async (part) => parts[part] };
}

async function classNamesBeside(folder: string, files: readonly string[], kind: CifarKind): Promise<readonly string[]> {
  const name = files.find((file) => kind.names?.test(file));
  return name === undefined ? kind.classNames : classNamesFrom(await readFile(join(folder, name)), kind);
}

/** A line a name, or a pickle with "fine_label_names"; the published names when it is neither. */
function classNamesFrom(bytes: Buffer, { classNames }: CifarKind): readonly string[] {
  const names = bytes[0] === 0x80 ? pickledNames(bytes) : bytes.toString('utf8').split(/\r?\n/).filter((line) => line !== '');
  return names.length === classNames.length ? names : classNames;
}

function pickledNames(bytes: Buffer): string[] {
  let content: Pickled;
  try {
    content = unpickle(bytes);
  } catch {
    return [];
  }
  const names = content instanceof Map ? content.get('fine_label_names') : null;
  // Python 2's texts are bytes.
  return Array.isArray(names) ? names.map((name) => (name instanceof Uint8Array ? Buffer.from(name).toString('utf8') : String(name))) : [];
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name).sort();
}
