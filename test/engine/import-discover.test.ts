/** What lies at a path: folders, archives of each kind, single pictures, packed sets, projects, what Teachable Machine writes. */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quietContext } from '../../electron/engine/context';
import { type ArchiveEntry, archiveEntries, archiveKind } from '../../electron/engine/data/archive';
import { ARCHIVE_LIMITS } from '../../electron/engine/data/archive-guard';
import { discover } from '../../electron/engine/data/import/discover';
import type { FoundFiles } from '../../electron/engine/data/import/discovery';
import { inspectPicture } from '../../electron/engine/data/import/inspect';
import { diskName, unpackPictures } from '../../electron/engine/data/unpack';
import { greyPng, tarOf, zipOf } from './bad-files/build';
import { recordingContext, tar, tarGz, temporaryFolder, zip } from './fixtures';
import { PHOTOS } from './shared';

const root = temporaryFolder();
const cache = join(root, 'cache');
const cacheBefore = process.env['TSUGIKI_CACHE'];
beforeAll(() => void (process.env['TSUGIKI_CACHE'] = cache));
afterAll(() => {
  if (cacheBefore === undefined) delete process.env['TSUGIKI_CACHE'];
  else process.env['TSUGIKI_CACHE'] = cacheBefore;
});

const PICTURE = greyPng(5, 6);

function put(name: string, files: Record<string, Uint8Array | string>): string {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name, file)), { recursive: true });
    writeFileSync(join(root, name, file), content);
  }
  return join(root, name);
}

const file = (name: string, content: Uint8Array | string): string => join(put(dirname(name), { [name.slice(dirname(name).length + 1)]: content }), name.slice(dirname(name).length + 1));
const emptyFolder = (name: string): string => (mkdirSync(join(root, name), { recursive: true }), join(root, name));
const found = async (path: string, into: string | null = null): Promise<FoundFiles> => (await discover(path, into, quietContext())) as FoundFiles;
const named = (...names: string[]) => names.map((name) => ({ name, content: PICTURE }));

describe('a folder', () => {
  it('gives its pictures class by class, sorted, whatever their ending', async () => {
    const folder = put('plain', { 'dog/2.PNG': PICTURE, 'cat/b/1.png': PICTURE, 'cat/z.jpeg': PICTURE, 'cat/10.png': PICTURE, 'cat/notes.txt': 'no picture' });
    expect(await discover(`${folder}/`, null, quietContext())).toEqual({
      kind: 'files', name: 'plain', folder: `${folder}/`, owned: false, skipped: [],
      pictures: ['cat/10.png', 'cat/z.jpeg', 'cat/b/1.png', 'dog/2.PNG'].map((path) => ({ file: path, className: path.slice(0, 3), part: null }))
    });
  });

  it('of one class or none is fine, and one of nothing is not', async () => {
    expect((await found(put('one', { 'cat/1.png': PICTURE }))).pictures).toEqual([{ file: 'cat/1.png', className: 'cat', part: null }]);
    expect((await found(put('flat', { '1.png': PICTURE }))).pictures).toEqual([{ file: '1.png', className: null, part: null }]);
    expect(await found(put('only bad', { 'a/1.heic': 'x' }))).toMatchObject({ pictures: [], skipped: [{ file: 'a/1.heic' }] });
    await expect(found(put('none', { 'a/1.txt': 'x' }))).rejects.toMatchObject({ code: 'data_not_understood', params: { path: join(root, 'none') }, message: expect.stringMatching(/looked for JPEG, PNG/) });
    await expect(found(join(root, 'absent'))).rejects.toMatchObject({ code: 'data_not_found' });
  });

  it('that a link leads to is the folder itself', async () => {
    const folder = put('linked', { 'cat/1.png': PICTURE, 'dog/1.png': PICTURE });
    symlinkSync(folder, join(root, 'link'), 'junction');
    symlinkSync(join(folder, 'cat/1.png'), join(folder, 'dog/2.png'));
    expect((await found(join(root, 'link'))).pictures.map(({ file: path }) => path)).toEqual(['cat/1.png', 'dog/1.png', 'dog/2.png']);
  });

  it('of a project is one, and its file, too', async () => {
    const directory = put('project', { 'project.tsugiki': '{}', 'cat/1.png': PICTURE });
    expect(await discover(directory, null, quietContext())).toEqual({ kind: 'project', directory });
    expect(await discover(join(directory, 'project.tsugiki'), null, quietContext())).toEqual({ kind: 'project', directory });
  });

  it('says how far it is, and stops when it is told to', async () => {
    const folder = put('slow', { 'a/1': PICTURE, 'b/1': PICTURE });
    const { context, control, reports } = recordingContext();
    await discover(folder, null, context);
    expect(reports.at(-1)).toMatchObject({ kind: 'stage', stage: 'read', done: 2 });
    control.stop();
    await expect(discover(folder, null, context)).rejects.toMatchObject({ code: 'stopped' });
  });

  it.skipIf(!existsSync(PHOTOS))('of real photographs is read whole', async () => {
    const { pictures, skipped } = await found(PHOTOS);
    expect([pictures.length, new Set(pictures.map(({ className }) => className)), skipped]).toEqual([20, new Set(['Hemlock', 'Japanese_Cherry']), []]);
    for (const { file: path } of pictures) expect((await inspectPicture(join(PHOTOS, path))).width).toBeGreaterThan(100);
  });
});

describe('a packed set', () => {
  const batch = Buffer.alloc(2 * 3073);
  const source = (path: string) => ({ kind: 'packed', source: { kind: 'path', path } });

  it('is known as a folder, a file and an archive', async () => {
    const folder = put('cifar', { 'data_batch_1.bin': batch, 'test_batch.bin': batch });
    const archive = file('packed/any-name.tar.gz', await tarGz([{ name: 'cifar-10-batches-bin/data_batch_1.bin', content: batch }]));
    for (const path of [folder, join(folder, 'data_batch_1.bin'), archive]) expect(await discover(path, null, quietContext())).toEqual(source(path));
    const idx = put('mnist', {
      'train-images-idx3-ubyte': Buffer.concat([Buffer.from([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2]), Buffer.alloc(4)]),
      'train-labels-idx1-ubyte': Buffer.from([0, 0, 8, 1, 0, 0, 0, 1, 3])
    });
    expect(await discover(idx, null, quietContext())).toEqual(source(idx));
  });
});

describe('a file', () => {
  it('that is a picture is a loose one, whatever its name', async () => {
    for (const name of ['one.png', 'one', 'one.jpg']) {
      expect(await discover(file(`single/${name}`, PICTURE), null, quietContext())).toEqual({ kind: 'files', name: 'one', folder: join(root, 'single'), owned: false, pictures: [{ file: name, className: null, part: null }], skipped: [] });
    }
    expect(await found(file('single/a.heic', 'x'))).toMatchObject({ pictures: [], skipped: [{ file: 'a.heic', reason: { message: expect.stringMatching(/JPEG or PNG/) } }] });
    await expect(found(file('single/film.mp4', 'x'))).rejects.toMatchObject({ code: 'data_not_understood' });
  });
});

describe('an archive', () => {
  const entries = [...named('pets/cat/1.png', 'pets/cat/2', 'pets/dog/1.png'), { name: 'pets/readme.txt', content: 'x' }];
  const pictures = ['cat/1.png', 'cat/2', 'dog/1.png'].map((path) => ({ file: `pets/${path}`, className: path.slice(0, 3), part: null }));

  it('gives the same as its folder, whatever its kind', async () => {
    const archives: Record<string, Buffer> = { zip: zip(entries), tar: await tar(entries), 'tar.gz': await tarGz(entries) };
    for (const [kind, bytes] of Object.entries(archives)) {
      // By content: the name may say anything.
      const path = file(`kinds/pets.${kind === 'zip' ? 'tar' : 'zip'}`, bytes);
      expect(await archiveKind(path)).toBe(kind);
      expect(await found(path, emptyFolder(`own ${kind}`))).toEqual({ kind: 'files', name: 'pets', folder: join(root, `own ${kind}`, 'pets'), owned: true, pictures, skipped: [] });
      expect(readFileSync(join(root, `own ${kind}`, 'pets/pets/cat/2'))).toEqual(PICTURE);
      expect(existsSync(join(root, `own ${kind}`, 'pets/pets/readme.txt'))).toBe(false);
    }
  });

  it('gets a folder of its own each time', async () => {
    const path = file('twice/Pets.zip', zip(entries));
    const own = put('own twice', { 'pets/x.png': PICTURE });
    expect((await found(path, own)).folder).toBe(join(own, 'Pets 2'));
    expect((await found(path, own)).folder).toBe(join(own, 'Pets 3'));
    expect((await found(file('twice/...zip', zip(entries)), own)).folder).toBe(join(own, 'archive'));
  });

  it('without a project is unpacked once into the cache, until it changes; what was left out is still told', async () => {
    const path = file('cached/pets.zip', zip([...entries, { name: 'pets/cat/3.heic', content: 'x' }]));
    const first = await found(path);
    expect(first).toMatchObject({ owned: false, name: 'pets', pictures, skipped: [{ file: 'pets/cat/3.heic' }] });
    expect(first.folder.startsWith(join(cache, 'unpacked'))).toBe(true);
    writeFileSync(join(first.folder, 'pets/cat/4.png'), PICTURE);
    expect(await found(path)).toMatchObject({ folder: first.folder, skipped: first.skipped, pictures: { length: 4 } });
    utimesSync(path, 1, 1);
    expect((await found(path)).folder).not.toBe(first.folder);
  });

  it('that is stopped, or holds nothing, leaves nothing', async () => {
    const own = emptyFolder('own stopped');
    const path = file('stopped/many.zip', zip(named(...Array.from({ length: 50 }, (_, i) => `cat/${i}.png`))));
    const { context, control } = recordingContext();
    const breathe = () => {
      // In the middle of it: a draft's two folders, and some pictures.
      if (readdirSync(own, { recursive: true }).length > 12) control.stop();
      return context.breathe();
    };
    await expect(discover(path, own, { ...context, breathe })).rejects.toMatchObject({ code: 'stopped' });
    expect(readdirSync(own)).toEqual([]);
    await expect(found(file('stopped/texts.zip', zip([{ name: 'a/1.txt', content: 'x' }])), own)).rejects.toMatchObject({ code: 'data_not_understood', params: { path: join(root, 'stopped/texts.zip') } });
    expect(readdirSync(own)).toEqual([]);
  });

  it('takes away what a process that ended left half unpacked, and leaves alone what another one writes', async () => {
    const own = put('own swept', { '.999999999-0.part/cat/1.png': PICTURE, [`.${process.ppid}-0.part/cat/1.png`]: PICTURE });
    await found(file('swept/pets.zip', zip(entries)), own);
    expect(readdirSync(own).sort()).toEqual([`.${process.ppid}-0.part`, 'pets']);
  });

  it('is held to its limits, and leaves nothing when it breaks them', async () => {
    const zeros = Buffer.alloc(4 * 2 ** 20);
    const bomb = Array.from({ length: 10 }, (_, i) => ({ name: `cat/${i}.bmp`, content: zeros, deflated: true }));
    const overlapping = [bomb[0]!, ...bomb.slice(1).map(({ name }) => ({ name, size: zeros.length, overlapping: true, deflated: true }))];
    const small = { ...ARCHIVE_LIMITS, trustedBytes: 8 * 2 ** 20 };
    const cases: [string, Buffer, typeof small][] = [
      ['a.zip', zipOf(bomb), small],
      ['b.zip', zipOf(overlapping), small],
      ['c.tar.gz', gzipSync(tarOf(bomb)), small],
      // The bytes that nobody wants have to be passed, too.
      ['d.tar.gz', gzipSync(tarOf([...named('cat/1.png'), ...bomb.map(({ name, content }) => ({ name: `${name}.txt`, content }))])), small],
      ['e.zip', zipOf(named('cat/1.png', 'cat/2.png')), { ...ARCHIVE_LIMITS, entries: 1 }],
      ['f.zip', zipOf(named('cat/1.png', 'cat/2.png')), { ...ARCHIVE_LIMITS, totalBytes: PICTURE.length + 1 }],
      ['g.tar.gz', gzipSync(tarOf(named('cat/1.png'))), { ...ARCHIVE_LIMITS, entryBytes: 10 }]
    ];
    const own = emptyFolder('own limits');
    for (const [name, bytes, limits] of cases) {
      const path = file(`limits/${name}`, bytes);
      await expect(unpackPictures(path, (await archiveKind(path))!, own, quietContext(), limits), name).rejects.toMatchObject({ code: 'archive_too_large' });
      expect(readdirSync(own), name).toEqual([]);
    }
  });

  it('can be read in part: what is not wanted of an entry is passed by', async () => {
    const large = Buffer.concat(Array.from({ length: 5000 }, (_, i) => createHash('sha256').update(String(i)).digest()));
    const path = file('part/a.tar.gz', await tarGz([{ name: '1', content: large }, { name: '2', content: large }, { name: '3', content: 'end' }]));
    const starts: string[] = [];
    const start = async (entry: ArchiveEntry) => {
      for await (const chunk of entry.stream()) return chunk.toString('hex', 0, 4);
      return '';
    };
    for await (const entry of archiveEntries(path, 'tar.gz', quietContext())) starts.push(`${entry.name} ${await start(entry)}`);
    expect(starts).toEqual([`1 ${large.toString('hex', 0, 4)}`, `2 ${large.toString('hex', 0, 4)}`, `3 ${Buffer.from('end').toString('hex')}`]);
  });
});

describe('what Teachable Machine writes', () => {
  it('is read: a project\'s file with its samples', async () => {
    const path = file('tm/project.tm', zip([...named('Class 1-!-0.jpg', 'Class 1-!-1.jpg', '猫-!-0.jpg'), { name: 'manifest.json', content: '{"type":"image","version":"2.4.4","appdata":{}}' }]));
    expect(await found(path, emptyFolder('own tm'))).toMatchObject({ name: 'project', pictures: ['Class 1', 'Class 1', '猫'].map((className) => ({ className, part: null })), skipped: [] });
  });

  it('is read: the samples of a class', async () => {
    for (const name of ['Class 1-samples.zip', 'Class 1-samples (2).zip']) {
      expect((await found(file(`tm/${name}`, zip(named('0.jpg', '1.jpg'))), emptyFolder('own samples'))).pictures.map(({ className }) => className)).toEqual(['Class 1', 'Class 1']);
    }
    expect((await found(file('tm/holiday.zip', zip(named('0.jpg'))), emptyFolder('own holiday'))).pictures).toEqual([{ file: '0.jpg', className: null, part: null }]);
  });

  it('is told apart: a project of sounds', async () => {
    const own = emptyFolder('own sounds');
    const path = file('tm/sounds.tm', zip([{ name: 'manifest.json', content: '{"type":"audio","appdata":{}}' }, { name: 'Class 1-!-0.webm', content: 'x' }]));
    await expect(found(path, own)).rejects.toMatchObject({ code: 'tm_no_pictures', params: { kind: 'audio' } });
    expect(readdirSync(own)).toEqual([]);
  });
});

describe('looking into a picture', () => {
  it('gives the hash of its bytes and its size', async () => {
    expect(await inspectPicture(file('look/a.png', PICTURE))).toEqual({ hash: createHash('sha1').update(PICTURE).digest('hex'), width: 5, height: 6 });
    await expect(inspectPicture(join(root, 'look/gone.png'))).rejects.toMatchObject({ code: 'picture_missing', message: expect.stringContaining('is not there any more') as string });
  });
});

it('names are as the disk takes them', () => {
  expect([diskName('a:b?.png', 'linux'), diskName('a:b?.png', 'win32'), diskName('CON.png', 'win32'), diskName('end. ', 'win32'), diskName('猫.png', 'win32')]).toEqual(['a:b?.png', 'a_b_.png', '_CON.png', 'end_', '猫.png']);
});
