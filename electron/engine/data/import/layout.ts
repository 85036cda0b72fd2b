/** Classes and parts from where pictures lie, as `keras.utils.image_dataset_from_directory` reads folders, and a little beyond. */
import type { Part } from '../../../contract';
import type { FoundPicture } from './discovery';

const PARTS: ReadonlyMap<string, Part> = new Map([
  ['train', 'train'],
  ['training', 'train'],
  ['val', 'validation'],
  ['valid', 'validation'],
  ['validation', 'validation'],
  ['test', 'test'],
  ['testing', 'test']
]);

/** "train", "val", "Test": the part that a folder or a table's column names; null for other names. */
export const partNamed = (name: string): Part | null => PARTS.get(name.trim().toLowerCase()) ?? null;

/**
 * A folder with pictures in it or below it is a class; pictures beside class folders are loose. A folder that holds nothing but folders is
 * looked through, and `train/`, `val/`, `test/` are parts. What Teachable Machine packs, "class-!-0.jpg", has its class in its name.
 * @param files paths with forward slashes; they keep their order
 */
export function layOut(files: readonly string[]): FoundPicture[] {
  const base = baseOf(files);
  const split = isSplit(files, base);
  return files.map((file) => {
    const [first, second, ...below] = file.slice(base.length).split('/');
    const part = split && second !== undefined ? partNamed(first ?? '') : null;
    const folder = part === null ? (split || second === undefined ? null : first) : below.length > 0 ? second : null;
    return { file, className: folder == null ? classInName(file.slice(base.length)) : asClassName(folder), part };
  });
}

/** The folder, with a slash behind it, in which class folders or parts lie: an archive often wraps everything into one folder of its own name. */
function baseOf(files: readonly string[]): string {
  let base = '';
  for (;;) {
    const inside = files.map((file) => file.slice(base.length).split('/'));
    const [wrapper, ...others] = new Set(inside.map(([first]) => first ?? ''));
    if (wrapper === undefined || others.length > 0 || partNamed(wrapper) || inside.some(({ length }) => length === 1)) return base;
    const folders = new Set(inside.filter(({ length }) => length > 2).map(([, second]) => second));
    // One folder inside, beside pictures, is a class with a sub-folder rather than pictures around a class.
    if (folders.size === 0 || (folders.size === 1 && inside.some(({ length }) => length === 2))) return base;
    base += `${wrapper}/`;
  }
}

/** A class may be called "train", too: then it holds pictures, and lies among other classes. */
function isSplit(files: readonly string[], base: string): boolean {
  const inside = files.map((file) => file.slice(base.length).split('/')).filter(({ length }) => length > 1);
  const parts = inside.map(([first]) => partNamed(first ?? ''));
  if (parts.every((part) => part !== null)) return parts.length > 0;
  return parts.includes('train') && inside.every(({ length }, i) => parts[i] !== 'train' || length > 2);
}

/** How Teachable Machine names samples in a project's file; null for other names. */
function classInName(file: string): string | null {
  const [, name] = /^([^/]+)-!-\d+\.\w+$/.exec(file) ?? [];
  return name === undefined ? null : asClassName(name);
}

/** A folder's name as a class's: accents in one way of writing, no line breaks, not too long; null where nothing is left. */
export function asClassName(folder: string): string | null {
  const name = folder.normalize('NFC').replace(/[\x00-\x1f\x7f]+/g, ' ').trim();
  return [...name].join('').slice(0, 200).trim() || null;
}
