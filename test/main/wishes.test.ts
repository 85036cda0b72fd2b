/** What the system wants of the window: nothing is lost before the page listens, and only a path is taken for one. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Wish } from '../../electron/contract';
import { Wishes, wishedPath } from '../../electron/main/wishes';

const open = (path: string): Wish => ({ kind: 'open', path });

it('wishes wait for the page, and again while it is loaded anew', () => {
  const told: Wish[] = [];
  const wishes = new Wishes((wish) => told.push(wish));
  wishes.add(open('a'));
  expect(told).toEqual([]);
  wishes.listen();
  wishes.add(open('b'));
  expect(told).toEqual([open('a'), open('b')]);
  wishes.wait();
  wishes.add(open('c'));
  expect(told).toHaveLength(2);
  wishes.listen();
  expect(told).toEqual([open('a'), open('b'), open('c')]);
});

describe('the path of a start', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tsugiki-argv-'));
  const file = join(folder, '写真 1.tsugiki');
  writeFileSync(file, '');
  const packed = '/usr/lib/tsugiki/resources/app.asar';

  it.each([
    ['an installed app', ['/usr/bin/tsugiki', file], packed, file],
    ['an installed app without one', ['/usr/bin/tsugiki'], packed, null],
    ['flags before it', ['/usr/bin/tsugiki', '--no-sandbox', '--lang=ja', file], packed, file],
    ['an address', ['/usr/bin/tsugiki', pathToFileURL(file).href], packed, file],
    ['an address that is broken', ['/usr/bin/tsugiki', 'file://%'], packed, null],
    ['a path from where it was started', ['/usr/bin/tsugiki', '写真 1.tsugiki'], packed, file],
    ['a path that is not there', ['/usr/bin/tsugiki', join(folder, 'none')], packed, null],
    ['a development Electron', ['electron', '--no-sandbox', folder, file], folder, file],
    ['a development Electron without one', ['electron', '.'], folder, null]
  ])('of %s', (_what, argv, application, path) => expect(wishedPath(argv, folder, application)).toBe(path));
});
