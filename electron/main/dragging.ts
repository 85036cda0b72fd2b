/** Pictures dragged out of the window, into a folder or another program. Those without a file of their own get one for as long as Tsugiki runs: userData/dragged/. */
import { type WebContents, app } from 'electron';
import { rmSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { TsugikiError } from '../contract';
import { freePath } from './naming';
import { userFile } from './paths';
import type { Workbench } from './workbench';

/** While their files are written, the button is held down. */
const MOST = 500;

const folder = (): string => userFile('dragged');

/** What was dragged the last time has long been taken. */
export const emptyDragged = (): void => rmSync(folder(), { recursive: true, force: true });

/** @throws TsugikiError dragged_here for files that would be gone with the next start */
export function refuseDragged(paths: readonly string[]): void {
  if (paths.some((path) => resolve(path).startsWith(folder() + sep))) throw new TsugikiError('dragged_here', 'These pictures come out of this window: they are in the project already.');
}

/** Counted up by every drag that begins or ends. */
let turn = 0;

/** The button was let go. A drag that the system began after that would hang at the pointer until the next click. */
export function endDrag(): null {
  turn++;
  return null;
}

/** To be asked while a drag begins. @throws TsugikiError too_many_dragged, unknown_picture, picture_missing */
export async function dragPictures(contents: WebContents | undefined, bench: Workbench, { pictures, own }: { pictures: number[]; own?: boolean | undefined }): Promise<null> {
  if (pictures.length > MOST) {
    throw new TsugikiError('too_many_dragged', `${pictures.length} pictures are too many to be dragged out at once: select at most ${MOST}.`, { count: pictures.length, most: MOST });
  }
  const mine = ++turn;
  const files = await bench.askAboutData({ type: 'hand_out', pictures, own, directory: freePath(folder(), 'pictures') });
  const [file] = files;
  if (file === undefined) return null;
  const icon = await app.getFileIcon(file);
  if (mine === turn) contents?.startDrag({ file, files, icon });
  return null;
}
