/** Names of files and folders, and what they are called after. */
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';

/** Windows keeps these names for devices. */
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)$/;
const ENDINGS = /\.(tar\.gz|tgz|tar|gz|zip|tm|csv|tsv|bin|jpe?g|png|gif|bmp|webp|avif)$/i;
/** Characters; a file system allows 255 bytes, and one of Japanese takes three. */
const LONGEST = 60;

/** "Meine Blüten 2!" as a name for a folder: "meine-blüten-2". Letters of all scripts stay. */
export function slug(name: string): string {
  const stem = [...name.normalize('NFC').toLowerCase().replace(/[^\p{L}\p{M}\p{N}]+/gu, '-')].slice(0, LONGEST).join('').replace(/^-|-$/g, '');
  return DEVICES.test(stem) ? `${stem}-1` : stem || 'tsugiki';
}

/** "cats", "cats-2", ...: nothing is ever written over. */
export function freePath(folder: string, stem: string): string {
  for (let n = 1; ; n++) {
    const path = join(folder, n === 1 ? stem : `${stem}-${n}`);
    if (!existsSync(path)) return path;
  }
}

/** Folder that all paths lie in. */
function commonFolder(paths: readonly string[]): string {
  const [first = [], ...others] = paths.map((path) => dirname(resolve(path)).split(sep));
  const shared = first.findIndex((part, i) => others.some((other) => other[i] !== part));
  return first.slice(0, shared < 0 ? undefined : shared).join(sep);
}

/** What these paths are about: "cats" for cats.tar.gz, "pets" for pets/cat and pets/dog. "" for none, and for what has no name, such as a whole disk. */
export function nameOfPaths(paths: readonly string[]): string {
  const [only] = paths;
  if (only === undefined) return '';
  return basename(paths.length > 1 ? commonFolder(paths) : resolve(only)).replace(ENDINGS, '').trim().slice(0, 200);
}
