/** Folders of class folders with pictures, to make projects of. */
import { copyFileSync, existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { REPO } from './harness';
import { madePicture, png } from './pictures';

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'tsugiki-album-'));

/** Folder of the twenty photographs (two class folders), or null. */
function photographs(): string | null {
  const folder = process.env['TSUGIKI_PHOTOS'] ?? resolve(REPO, '../shared/data/photos');
  return existsSync(folder) ? folder : null;
}

/** `count` PNG files, no two the same, in folders of their classes; each under so many names. */
export function madeAlbum(count: number, names = 1, classes: readonly string[] = ['ash', 'birch', 'cedar', 'dogwood']): string {
  const folder = newFolder();
  for (const name of classes) mkdirSync(join(folder, name));
  for (let i = 0; i < count; i++) {
    const pixels = madePicture(i);
    new DataView(pixels.buffer).setUint32(0, i);
    const path = (copy: number): string => join(folder, classes[i % classes.length] ?? '', `${String(i).padStart(5, '0')}-${copy}.png`);
    writeFileSync(path(0), png(pixels));
    for (let copy = 1; copy < names; copy++) linkSync(path(0), path(copy));
  }
  return folder;
}

/** A copy of the twenty photographs, or twenty made pictures, that a test may do with as it likes. */
export function album(): string {
  const from = photographs();
  if (from === null) return madeAlbum(20, 1, ['Hemlock', 'Japanese_Cherry']);
  const folder = newFolder();
  for (const entry of readdirSync(from, { withFileTypes: true }).filter((one) => one.isDirectory())) {
    mkdirSync(join(folder, entry.name));
    for (const file of readdirSync(join(from, entry.name))) copyFileSync(join(from, entry.name, file), join(folder, entry.name, file));
  }
  return folder;
}
