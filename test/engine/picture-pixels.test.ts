/** Pictures to be shown: what was shown once is not decoded again. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Picture } from '../../electron/contract';
import { quietContext } from '../../electron/engine/context';
import { PicturePixels } from '../../electron/engine/data/picture-pixels';
import { plain, png, temporaryFolder } from './fixtures';

it('is kept by content and size', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'red.png'), await png(plain(20, 30, 200, 0, 0)));
  const unread: Picture[] = [];
  const pixels = new PicturePixels(
    { pathOf: ({ file }) => join(folder, file), packed: () => Promise.reject(new Error('There is none.')) },
    (picture) => unread.push(picture)
  );
  const red: Picture = { id: 0, root: 0, file: 'red.png', row: null, hash: 'a', width: 30, height: 20, class: 0, part: null, excluded: false };
  const few = (picture: Picture, edge: number): Promise<Uint8Array> => pixels.few([picture], edge, quietContext());
  const first = await few(red, 8);
  expect([...first.subarray(0, 3)]).toEqual([200, 0, 0]);
  // Only what has been kept can be shown from here on.
  rmSync(join(folder, 'red.png'));
  expect(await few({ ...red, id: 1, class: 1 }, 8)).toEqual(first);
  expect(unread).toEqual([]);
  expect((await few(red, 9))[0], 'another size').toBe(128);
  expect((await few({ ...red, hash: 'b' }, 8))[0], 'another content').toBe(128);
  expect(unread).toHaveLength(2);
});
