/** Pictures without a file: each gets one of its own for as long as the app runs. */
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { emptyHeld, hold } from '../../electron/main/held';

const { folder } = vi.hoisted(() => ({ folder: { path: '' } }));
vi.mock('electron', () => ({ app: { getPath: () => folder.path } }));

it('pictures of the same name, and of names that are none, lie beside each other until they are taken away', async () => {
  folder.path = mkdtempSync(join(tmpdir(), 'tsugiki-held-'));
  const names = ['image.png', 'image.png', 'IMAGE.png', '../../up.png', '', '猫'.repeat(200) + '.jpeg', 'image-2.png'];
  const paths = await hold(names.map((name, i) => ({ name, bytes: Uint8Array.of(i) })));
  expect(paths.map((path) => basename(path))).toEqual(['image.png', 'image-2.png', 'IMAGE-3.png', '..-..-up.png', 'picture', `${'猫'.repeat(60)}.jpeg`, 'image-2-2.png']);
  expect(paths.map((path) => readFileSync(path)[0])).toEqual(names.map((_, i) => i));
  const [again] = await hold([{ name: 'image.png', bytes: Uint8Array.of(9) }]);
  expect([readFileSync(paths[0] ?? '')[0], readFileSync(again ?? '')[0]]).toEqual([0, 9]);
  emptyHeld();
  expect(existsSync(join(folder.path, 'held'))).toBe(false);
});
