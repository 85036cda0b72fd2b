import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImageSet } from '../../electron/engine/data/dataset';
import { archiveKind, eachEntry } from '../../electron/engine/data/archive';
import { quietContext } from '../../electron/engine/context';
import { openDataset } from '../../electron/engine/data/open';
import { unpackPictures } from '../../electron/engine/data/unpack';
import { GIF, jpeg, type Packed, plain, png, recordingContext, tar, tarGz, temporaryFolder, zip } from './fixtures';
import { PHOTOS } from './shared';

const root = temporaryFolder();
const cacheBefore = process.env['TSUGIKI_CACHE'];
beforeAll(() => void (process.env['TSUGIKI_CACHE'] = join(root, 'cache')));
afterAll(() => {
  if (cacheBefore === undefined) delete process.env['TSUGIKI_CACHE'];
  else process.env['TSUGIKI_CACHE'] = cacheBefore;
});

const open = (path: string) => openDataset({ kind: 'path', path }, quietContext());

function folderOf(name: string, files: Record<string, Uint8Array | string>): string {
  for (const [file, content] of Object.entries(files)) {
    const path = join(root, name, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return join(root, name);
}

/** First red byte and label of each picture. */
const contents = ({ count, height, width, pixels, labels }: ImageSet): [number, number][] =>
  Array.from({ length: count }, (_, i) => [pixels[i * height * width * 3]!, labels[i]!]);

/** Ten pictures of two classes, of different sizes, whose red says which they are: 0 to 4 cats, 100 to 104 dogs. */
async function tenPictures(prefix = ''): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  for (let i = 0; i < 5; i++) {
    files[`${prefix}cat/${i}.png`] = await png(plain(20 + i, 30, i, 50, 50));
    files[`${prefix}dog/${i}.PNG`] = await png(plain(70, 70, 100 + i, 50, 50));
  }
  return files;
}

describe('class folders', () => {
  it('are classes, sorted by name; pictures come in a mixed order that is always the same', async () => {
    const folder = folderOf('plain', { ...(await tenPictures()), 'dog/deeper/5.png': await png(plain(9, 9, 105, 0, 0)), 'cat/notes.txt': 'no picture', 'cat/.hidden.png': 'x', '.git/config': 'x' });
    const { context, reports } = recordingContext();
    const dataset = await openDataset({ kind: 'path', path: folder }, context);
    expect(dataset.summary).toEqual({
      source: { kind: 'path', path: folder }, name: 'plain', classNames: ['cat', 'dog'], classCounts: [5, 6],
      trainCount: 11, testCount: 0, testedOn: 'validation', pictureSize: null, skipped: []
    });
    const set = await dataset.load('train', 24, context);
    expect([set.count, set.height, set.width, set.pixels.length]).toEqual([11, 24, 24, 11 * 24 * 24 * 3]);
    const order = contents(set);
    expect(order.map(([red]) => red).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 100, 101, 102, 103, 104, 105]);
    expect(order.every(([red, label]) => label === (red >= 100 ? 1 : 0))).toBe(true);
    const labels = order.map(([, label]) => label);
    expect(labels).not.toEqual([...labels].sort());
    expect(contents(await (await open(folder)).load('train', 24, quietContext()))).toEqual(order);
    expect(reports.map((report) => report.kind === 'stage' && report.stage)).toEqual(expect.arrayContaining(['read', 'decode']));
    expect(await dataset.load('train', 24, quietContext())).toBe(set);
    expect((await dataset.load('train', 48, quietContext())).height).toBe(48);
  });

  it('inside train/ and test/ or val/ keep their parts', async () => {
    const files = { ...(await tenPictures('Train/')), 'val/dog/a.png': await png(plain(9, 9, 200, 0, 0)), 'val/bird/b.png': await png(plain(9, 9, 201, 0, 0)) };
    const dataset = await open(folderOf('parts', files));
    expect(dataset.summary).toMatchObject({ trainCount: 10, testCount: 1, testedOn: 'test' });
    expect(dataset.summary.skipped).toEqual([{ file: join('val', 'bird'), reason: 'There is no class of this name in the training part.' }]);
    expect(contents(await dataset.load('test', 16, quietContext()))).toEqual([[200, 1]]);
    folderOf('parts', { 'test/cat/c.png': await png(plain(9, 9, 7, 0, 0)) });
    expect(contents(await (await open(join(root, 'parts'))).load('test', 16, quietContext()))).toEqual([[7, 0]]);
  });

  it('of small pictures of one size keep that size, as CIFAR-10 does', async () => {
    const picture = await png(plain(32, 32, 1, 2, 3));
    const dataset = await open(folderOf('small', { 'a/1.png': picture, 'b/1.png': picture }));
    expect(dataset.summary.pictureSize).toBe(32);
    expect((await dataset.load('train', 96, quietContext())).height).toBe(32);
  });

  it('go on without files that cannot be read, and name them', async () => {
    const good = await jpeg({ width: 64, height: 64, at: (x, y) => [x * 3, y * 3, 9] });
    const folder = folderOf('broken', {
      'a/good.jpg': good, 'b/good.gif': GIF,
      'a/cut.jpg': good.subarray(0, good.length - 300), 'a/empty.png': '', 'b/text.jpg': 'hello', 'b/phone.heic': 'x',
      // Phones write a trailer of their own behind the picture.
      'b/trailer.jpg': Buffer.concat([good, Buffer.alloc(500, 65)])
    });
    symlinkSync('/etc', join(folder, 'a', 'link'));
    const { summary } = await open(folder);
    expect(summary.classCounts).toEqual([1, 2]);
    const reasons = Object.fromEntries(summary.skipped.map(({ file, reason }) => [file, reason]));
    expect(Object.keys(reasons).sort()).toEqual([join('a', 'cut.jpg'), join('a', 'empty.png'), join('b', 'phone.heic'), join('b', 'text.jpg')]);
    expect(reasons[join('a', 'cut.jpg')]).toMatch(/damaged or cut off/);
    expect(reasons[join('a', 'empty.png')]).toMatch(/the file is empty/);
    expect(reasons[join('b', 'phone.heic')]).toMatch(/save it as JPEG or PNG/);
    expect(reasons[join('b', 'text.jpg')]).toMatch(/no JPEG, PNG, GIF or BMP/);
  });

  it('found unreadable only while decoding are left out then, and counted', async () => {
    const noisy = await png({ width: 40, height: 40, at: (x, y) => [(x * 97 + y * 31) % 256, (x * 13) % 256, (y * 57) % 256] });
    // Head and tail are whole, the middle is not.
    const hollow = Buffer.from(noisy).fill(0, 60, noisy.length - 60);
    const dataset = await open(folderOf('hollow', { 'a/1.png': noisy, 'a/2.png': hollow, 'b/1.png': noisy }));
    expect(dataset.summary.trainCount).toBe(3);
    expect((await dataset.load('train', 40, quietContext())).count).toBe(2);
    expect(dataset.summary).toMatchObject({ trainCount: 2, classCounts: [1, 1], skipped: [{ file: join('a', '2.png') }] });
  });

  it('that are too few are refused, saying what was looked for', async () => {
    const picture = await png(plain(9, 9, 1, 2, 3));
    await expect(open(folderOf('one', { 'cat/1.png': picture }))).rejects.toThrow(/has only one class, "cat"/);
    await expect(open(folderOf('flat', { '1.png': picture }))).rejects.toThrow(/looked for CIFAR-10 .* and for one folder a class/);
    await expect(open(folderOf('void', { 'cat/1.png': picture, 'dog/x.txt': '' }))).rejects.toThrow(/none that can be read in dog/);
    await expect(open(join(root, 'absent'))).rejects.toMatchObject({ code: 'data_not_found' });
    await expect(open(folderOf('file', { 'a.csv': 'a,b' }) + '/a.csv')).rejects.toThrow(/is not a data set: looked for CIFAR-10 .* and for a zip or tar/);
  });

  it.skipIf(!existsSync(PHOTOS))('of real photographs are read whole', async () => {
    const dataset = await open(PHOTOS);
    expect(dataset.summary).toMatchObject({ classNames: ['Hemlock', 'Japanese_Cherry'], classCounts: [10, 10], skipped: [], pictureSize: null });
    const { count, pixels } = await dataset.load('train', 96, quietContext());
    expect([count, pixels.length]).toEqual([20, 20 * 96 * 96 * 3]);
  });
});

describe('archives of class folders', () => {
  const packed = (files: Record<string, Uint8Array>): Packed[] => Object.entries(files).map(([name, content]) => ({ name: `pets/${name}`, content }));

  it('give the same pictures as the folder, whatever their kind', async () => {
    const files = await tenPictures();
    const expected = contents(await (await open(folderOf('same', files))).load('train', 24, quietContext()));
    const list = [...packed(files), { name: '__MACOSX/pets/cat/._0.png', content: 'x' }, { name: 'pets/readme.txt', content: 'x' }];
    const archives: Record<string, Buffer> = { 'pets.zip': zip(list), 'pets.tar': await tar(list), 'pets.tar.gz': await tarGz(list) };
    for (const [name, bytes] of Object.entries(archives)) {
      const path = join(folderOf('archives', { [name]: bytes }), name);
      expect(await archiveKind(path)).toBe(name.slice(5));
      const dataset = await open(path);
      expect(dataset.summary, name).toMatchObject({ name: 'pets', trainCount: 10, source: { kind: 'path', path } });
      expect(contents(await dataset.load('train', 24, quietContext())), name).toEqual(expected);
      const unpacked = readdirSync(join(root, 'cache', 'unpacked')).length;
      await open(path);
      expect(readdirSync(join(root, 'cache', 'unpacked')), 'unpacked once').toHaveLength(unpacked);
    }
  });

  it.each(['../evil.png', '/evil.png', 'a/../../evil.png', 'C:/evil.png'])('with an entry %s are refused', async (name) => {
    const bad: Packed[] = [{ name, content: await png(plain(1, 1, 0, 0, 0)) }];
    const path = join(folderOf('unsafe', { 'bad.tar.gz': await tarGz(bad), 'bad.zip': zip(bad) }), 'bad.tar.gz');
    await expect(open(path)).rejects.toMatchObject({ code: 'archive_unsafe', params: { entry: name } });
    await expect(open(join(dirname(path), 'bad.zip'))).rejects.toMatchObject({ code: 'archive_unsafe', params: { entry: name } });
    expect(existsSync(join(root, 'evil.png'))).toBe(false);
  });

  it('do not follow links, and stop at their limits without leaving anything', async () => {
    const picture = await png(plain(9, 9, 1, 2, 3));
    const path = join(folderOf('links', { 'l.tar.gz': await tarGz([{ name: 'a/link.png', content: '', linkTo: '/etc/passwd' }, { name: 'a/1.png', content: picture }, { name: 'b/1.png', content: picture }]) }), 'l.tar.gz');
    const names: string[] = [];
    await eachEntry(path, 'tar.gz', quietContext(), async ({ name }) => void names.push(name));
    expect(names).toEqual(['a/1.png', 'b/1.png']);
    const before = existsSync(join(root, 'cache', 'unpacked')) ? readdirSync(join(root, 'cache', 'unpacked')) : [];
    const wide = { entryBytes: 1e6, totalBytes: 1e6, entries: 10 };
    for (const limits of [{ ...wide, entryBytes: 10 }, { ...wide, totalBytes: picture.length + 1 }, { ...wide, entries: 1 }]) {
      await expect(unpackPictures(path, 'tar.gz', quietContext(), limits)).rejects.toMatchObject({ code: 'archive_too_large' });
    }
    expect(readdirSync(join(root, 'cache', 'unpacked'))).toEqual(before);
  });

  it('that are damaged or hold no pictures are refused with a sentence', async () => {
    const folder = folderOf('damaged', {
      'cut.zip': zip([{ name: 'a/1.png', content: Buffer.alloc(5000) }]).subarray(0, 3000),
      'empty.zip': zip([]),
      'texts.tar.gz': await tarGz([{ name: 'a/1.txt', content: 'hello' }])
    });
    await expect(open(join(folder, 'cut.zip'))).rejects.toMatchObject({ code: 'archive_damaged' });
    await expect(open(join(folder, 'empty.zip'))).rejects.toMatchObject({ code: 'data_not_understood' });
    await expect(open(join(folder, 'texts.tar.gz'))).rejects.toMatchObject({ code: 'data_not_understood' });
  });
});
