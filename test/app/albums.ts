/** Folders of class folders with pictures, to make projects of. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { REPO } from './harness';
import { SIZE, madePicture, png } from './pictures';

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'tsugiki-album-'));

/** Folder of the twenty photographs (two class folders), or null. */
function photographs(): string | null {
  const folder = process.env['TSUGIKI_PHOTOS'] ?? resolve(REPO, '../shared/data/photos');
  return existsSync(folder) ? folder : null;
}

/** `count` PNG files, no two the same, in folders of their classes. */
export function madeAlbum(count: number, classes: readonly string[] = ['ash', 'birch', 'cedar', 'dogwood']): string {
  const folder = newFolder();
  for (const name of classes) mkdirSync(join(folder, name));
  for (let i = 0; i < count; i++) {
    const pixels = madePicture(i);
    new DataView(pixels.buffer).setUint32(0, i);
    writeFileSync(join(folder, classes[i % classes.length] ?? '', `${String(i).padStart(5, '0')}-${SIZE}.png`), png(pixels));
  }
  return folder;
}

/** A copy of the twenty photographs, or twenty made pictures, that a test may do with as it likes. */
export function album(): string {
  const from = photographs();
  if (from === null) return madeAlbum(20, ['Hemlock', 'Japanese_Cherry']);
  const folder = newFolder();
  for (const entry of readdirSync(from, { withFileTypes: true }).filter((one) => one.isDirectory())) {
    mkdirSync(join(folder, entry.name));
    for (const file of readdirSync(join(from, entry.name))) copyFileSync(join(from, entry.name, file), join(folder, entry.name, file));
  }
  return folder;
}
