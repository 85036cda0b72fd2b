/** Where a Python program finds a project's pictures: all of a set that Keras knows, folders as they lie there, or else a list of them. */
import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Part, Picture, Root } from '../../../contract';
import type { JobContext } from '../../context';
import { CIFAR_KINDS } from '../../data/cifar-kinds';
import type { PackedPart } from '../../data/packed';
import type { ProjectDataset } from '../../data/project-dataset';

/** A set of packed pictures, and how it is read. */
export type PackedPlace =
  | { readonly kind: 'cifar10' | 'cifar100' | 'sample'; readonly root: number }
  /** MNIST's files of each part; on their side: stored column by column. */
  | { readonly kind: 'idx'; readonly root: number; readonly files: Readonly<Partial<Record<PackedPart, string>>>; readonly onTheirSide: boolean };

export interface Places {
  /** The set whose pictures the project's are: all of them with their own labels and parts, in their own order; of the test at least the first ones. */
  readonly whole: PackedPlace | null;
  /** A folder in which `image_dataset_from_directory` finds the project's pictures and no others, with their classes and parts. */
  readonly folders: { readonly path: string; readonly parts: Readonly<Partial<Record<Part, string>>>; /** Whether in the project's own order, too. */ readonly ordered: boolean } | null;
  /** File with all pictures, as `listOf` gives it. */
  readonly list: string;
  /** Sets that the list has pictures of. */
  readonly packed: readonly PackedPlace[];
}

/** @param list where the list lies, or will */
export async function findPlaces(dataset: ProjectDataset, list: string, context: JobContext): Promise<Places> {
  const used = new Set(PARTS.flatMap((part) => dataset.view.splits[part].map(({ root }) => root)));
  const roots = dataset.project.state.header.roots.filter(({ id }) => used.has(id));
  const packed = await Promise.all(roots.flatMap((root) => (root.kind === 'packed' ? [packedPlace(dataset, root, context)] : [])));
  const [only, ...others] = roots;
  if (!only || others.length > 0) return { whole: null, folders: null, list, packed };
  const [place] = packed;
  if (place) return { whole: (await isWhole(dataset, place, context)) ? place : null, folders: null, list, packed };
  return { whole: null, folders: await plainFolders(dataset, only), list, packed };
}

const PARTS = ['train', 'validation', 'test'] as const;

async function packedPlace(dataset: ProjectDataset, root: Root & { kind: 'packed' }, context: JobContext): Promise<PackedPlace> {
  const { name } = await dataset.packed(root.id, context);
  if (root.source.kind === 'sample') return { kind: 'sample', root: root.id };
  const cifar = CIFAR_KINDS.find((kind) => kind.id === root.source.kind || kind.name === name);
  if (cifar) return { kind: cifar.id, root: root.id };
  return { kind: 'idx', root: root.id, files: await imageFiles(dataset.placeOf(root), name), onTheirSide: /^emnist/i.test(name) };
}

/** @param name of the set: where there are several, their files begin with theirs */
async function imageFiles(path: string, name: string): Promise<Partial<Record<PackedPart, string>>> {
  const folders = [path, join(path, 'raw'), dirname(path)];
  for (const folder of folders) {
    const names = (await readdir(folder).catch(() => [])).filter((file) => /images[-._]?idx/i.test(file)).sort();
    const own = names.some((file) => file.startsWith(name)) ? names.filter((file) => file.startsWith(name)) : names;
    const isTest = (file: string): boolean => /t10k|test/i.test(file);
    const [train, test] = [own.find((file) => !isTest(file)), own.find(isTest)];
    if (train !== undefined) return { train: join(folder, train), ...(test !== undefined && { test: join(folder, test) }) };
  }
  return {};
}

/** Pictures that Keras' copy of CIFAR has to learn from. */
const CIFAR_PICTURES = 50_000;

async function isWhole(dataset: ProjectDataset, { kind, root }: PackedPlace, context: JobContext): Promise<boolean> {
  if (kind === 'idx') return false;
  const { splits, outputs } = dataset.view;
  const packed = await dataset.packed(root, context);
  const [train, test] = [await packed.load('train', context), await packed.load('test', context)];
  const follows = (pictures: readonly Picture[], part: PackedPart, labels: Int32Array): boolean => pictures.every(({ file, row, class: own }, i) => file === part && row === i && outputs.get(own) === labels[i]);
  const complete = splits.train.length === train.count && (kind === 'sample' || train.count === CIFAR_PICTURES) && splits.test.length === test.count;
  return complete && splits.validation.length === 0 && follows(splits.train, 'train', train.labels) && follows(splits.test, 'test', test.labels);
}

/** As `image_dataset_from_directory` lists (keras/src/utils/dataset_utils.py: index_directory), compared to what the project has. */
async function plainFolders(dataset: ProjectDataset, root: Root): Promise<Places['folders']> {
  const { splits, outputs } = dataset.view;
  const { classNames } = dataset.summary;
  const path = dataset.placeOf(root);
  const parts: Partial<Record<Part, string>> = {};
  let ordered = true;
  for (const part of PARTS) {
    const [first] = splits[part];
    if (!first) continue;
    // part/class/picture.jpg
    const above = first.file.split('/').slice(0, -2).join('/');
    const own = new Map(splits[part].map((picture) => [resolve(dataset.pathOf(picture)), outputs.get(picture.class)]));
    const listed = (await Promise.all(classNames.map((name, label) => listedBelow(join(path, above, name)).then((files) => files?.map((file) => ({ file, label })) ?? null)))).flat();
    if (listed.length !== own.size || listed.some((one) => one === null || own.get(one.file) !== one.label)) return null;
    const order = [...own.keys()];
    ordered &&= listed.every((one, i) => one?.file === order[i]);
    parts[part] = above;
  }
  return { path, parts, ordered };
}

/** A folder's own files by name, then those of the folders in it; null where there is no such folder. */
async function listedBelow(folder: string): Promise<string[] | null> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => null);
  if (!entries) return null;
  const names = (directories: boolean): string[] => entries.filter((entry) => entry.isDirectory() === directories).map(({ name }) => name).sort();
  const files = names(false).filter((name) => /\.(bmp|gif|jpe?g|png)$/i.test(name));
  const below = await Promise.all(names(true).map((name) => listedBelow(join(folder, name))));
  return [...files.map((name) => resolve(folder, name)), ...below.flatMap((more) => more ?? [])];
}

/** The pictures as a CSV, those of a part in the order in which they are trained on; of packed sets with their part and row. */
export function listOf(dataset: ProjectDataset): string {
  const { splits } = dataset.view;
  const { header } = dataset.project.state;
  const names = new Map(header.classes.map(({ id, name }) => [id, name]));
  const rows = PARTS.flatMap((part) =>
    splits[part].map((picture) => [picture.row === null ? dataset.pathOf(picture) : `${picture.root}/${basename(picture.file)}`, names.get(picture.class) ?? '', part, picture.row === null ? '' : String(picture.row)])
  );
  return [['path', 'label', 'split', 'row'], ...rows].map((row) => `${row.map(field).join(',')}\n`).join('');
}

const field = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
