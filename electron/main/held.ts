/** Pictures that came without a file (out of a browser, off the clipboard), given one for as long as Tsugiki runs: userData/held/. */
import { rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { freePath } from './naming';
import { userFile } from './paths';

/** Characters of a name; a file system allows 255 bytes, and one of Japanese takes three. */
const LONGEST = 60;

const folder = (): string => userFile('held');

export const emptyHeld = (): void => rmSync(folder(), { recursive: true, force: true });

/** Browsers call all that they copy "image.png": each gets a name of its own, "image-2.png". @returns where they lie, in order */
export async function hold(pictures: readonly { name: string; bytes: Uint8Array }[]): Promise<string[]> {
  const directory = freePath(folder(), 'pictures');
  await mkdir(directory, { recursive: true });
  const taken = new Set<string>();
  const paths = pictures.map(({ name }) => {
    const { name: stem, ext } = parse(name.replace(/[\\/:*?"<>|\p{Cc}]/gu, '-'));
    const short = [...stem].slice(0, LONGEST).join('') || 'picture';
    const end = [...ext].slice(0, LONGEST).join('');
    let free = `${short}${end}`;
    for (let turn = 2; taken.has(free.toLowerCase()); turn++) free = `${short}-${turn}${end}`;
    taken.add(free.toLowerCase());
    return join(directory, free);
  });
  await Promise.all(paths.map((path, i) => writeFile(path, pictures[i]?.bytes ?? new Uint8Array())));
  return paths;
}
