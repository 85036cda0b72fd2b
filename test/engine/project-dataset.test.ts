/** A project's pictures as training sees them: imported, edited, moved, lost and found again. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { afterEach, describe, expect, it } from 'vitest';
import { type DataSource, type PictureQuery, RecipeSchema } from '../../electron/contract';
import { JobControl, quietContext } from '../../electron/engine/context';
import type { ImageSet } from '../../electron/engine/data/dataset';
import { createProject, openDataset, openProject } from '../../electron/engine/data/open';
import type { ProjectDataset } from '../../electron/engine/data/project-dataset';
import { importBytes, importPaths } from '../../electron/engine/data/project-import';
import { checkPlaces, collect, noticeFiles, relocate } from '../../electron/engine/data/project-places';
import { prepare } from '../../electron/engine/jobs/prepare';
import { plain, png, temporaryFolder, zip } from './fixtures';
import { PHOTOS } from './shared';

const root = temporaryFolder();
let made = 0;
const open: ProjectDataset[] = [];
afterEach(() => open.splice(0).forEach((dataset) => dataset.close()));

function folderOf(name: string, files: Record<string, Uint8Array | string>): string {
  for (const [file, content] of Object.entries(files)) {
    const path = join(root, name, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return join(root, name);
}

/** Ten pictures of two classes, of different sizes, whose red says which they are: 0 to 4 cats, 100 to 104 dogs. */
async function tenPictures(prefix = ''): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  for (let i = 0; i < 5; i++) {
    files[`${prefix}cat/${i}.png`] = await png(plain(20 + i, 30, i, 50, 50));
    files[`${prefix}dog/${i}.PNG`] = await png(plain(70, 70, 100 + i, 50, 50));
  }
  return files;
}

async function projectOf(source: DataSource | null): Promise<ProjectDataset> {
  const dataset = await createProject(join(root, `project-${++made}`), 'Ours', source, quietContext());
  open.push(dataset);
  return dataset;
}

const path = (folder: string): DataSource => ({ kind: 'path', path: folder });
const query = (change: Partial<PictureQuery> = {}): PictureQuery => ({ part: 'all', class: null, text: '', only: null, ...change });

/** First red byte and label of each picture. */
const contents = ({ count, height, width, pixels, labels }: ImageSet): [number, number][] =>
  Array.from({ length: count }, (_, i) => [pixels[i * height * width * 3]!, labels[i]!]);
const sorted = (set: ImageSet): [number, number][] => contents(set).sort(([a], [b]) => a - b);

describe('a project made of a folder', () => {
  it('holds its classes by name, and hands its pictures over mixed, always in the same order, every tail with its share of each class', async () => {
    const folder = folderOf('plain', await tenPictures());
    const dataset = await projectOf(path(folder));
    expect(dataset.summary).toMatchObject({ name: 'Ours', classNames: ['cat', 'dog'], classCounts: [5, 5], trainCount: 10, validationCount: 0, testCount: 0, testedOn: 'validation', pictureSize: null, skipped: [] });
    const set = await dataset.load('train', 24, quietContext());
    expect([set.height, set.width, set.pixels.length]).toEqual([24, 24, 10 * 24 * 24 * 3]);
    expect(sorted(set)).toEqual([0, 1, 2, 3, 4].map((i) => [i, 0]).concat([0, 1, 2, 3, 4].map((i) => [100 + i, 1])));
    for (const tail of [2, 4, 6, 8]) expect(Math.abs(contents(set).slice(-tail).filter(([, label]) => label === 0).length - tail / 2)).toBeLessThanOrEqual(1);
    const again = await openDataset(path(folder), quietContext());
    expect(contents(await again.load('train', 24, quietContext()))).toEqual(contents(set));
  });

  it('opens again as it was, and by the command line without being touched', async () => {
    const dataset = await projectOf(path(folderOf('again', await tenPictures())));
    dataset.edit({ kind: 'rename_class', class: dataset.project.state.header.classes[0]!.id, name: 'kitten' });
    const { directory } = dataset.project;
    const before = { ...dataset.summary, project: null };
    dataset.close();
    open.splice(0);
    const files = () => readdirSync(directory!).sort().map((file) => [file, readFileSync(join(directory!, file), 'latin1')]);
    const bytes = files();
    const read = await openDataset(path(directory!), quietContext());
    expect({ ...read.summary, project: null }).toEqual(before);
    expect(files()).toEqual(bytes);
    const opened = await openProject(directory!, quietContext());
    open.push(opened);
    expect({ ...opened.summary, project: null }).toEqual(before);
  });

  it('keeps train, validation and test folders as parts', async () => {
    const more = { 'p/val/cat/v.png': await png(plain(9, 9, 7, 0, 0)), 'p/test/dog/t.png': await png(plain(9, 9, 107, 0, 0)) };
    const dataset = await projectOf(path(join(folderOf('parts', { ...(await tenPictures('p/train/')), ...more }), 'p')));
    expect(dataset.summary).toMatchObject({ trainCount: 10, validationCount: 1, testCount: 1, testedOn: 'test' });
    expect(contents(await dataset.load('validation', 9, quietContext()))).toEqual([[7, 0]]);
    expect(contents(await dataset.load('test', 9, quietContext()))).toEqual([[107, 1]]);
  });

  it('draws a test part by class when asked, the rest is trained on, none is in both', async () => {
    const dataset = await projectOf(path(folderOf('share', await tenPictures())));
    dataset.edit({ kind: 'set_splits', splits: { order: 'shuffled', seed: 3, testShare: 0.4 } });
    const [train, test] = [await dataset.load('train', 8, quietContext()), await dataset.load('test', 8, quietContext())];
    expect([train.count, test.count]).toEqual([6, 4]);
    expect(contents(test).filter(([, label]) => label === 0)).toHaveLength(2);
    expect(new Set([...contents(train), ...contents(test)].map(([red]) => red)).size).toBe(10);
  });

  it('trains on what an edit makes of it, and undo brings it back', async () => {
    const dataset = await projectOf(path(folderOf('edits', await tenPictures())));
    const [cat, dog] = dataset.project.state.header.classes.map(({ id }) => id) as [number, number];
    const first = sorted(await dataset.load('train', 8, quietContext()));
    const cats = dataset.find(query({ class: cat })).map(({ id }) => id);
    dataset.edit({ kind: 'move', pictures: cats.slice(0, 2), class: dog });
    dataset.edit({ kind: 'exclude', pictures: cats.slice(2, 3) });
    dataset.edit({ kind: 'remove', pictures: cats.slice(3, 4) });
    expect(dataset.summary).toMatchObject({ classCounts: [1, 7], trainCount: 8 });
    expect(sorted(await dataset.load('train', 8, quietContext())).slice(0, 3)).toEqual([[0, 1], [1, 1], [4, 0]]);
    while (dataset.undo()?.kind !== 'move');
    expect(sorted(await dataset.load('train', 8, quietContext()))).toEqual(first);
  });

  it('finds pictures by class, name and part, page by page', async () => {
    const dataset = await projectOf(path(folderOf('search', await tenPictures())));
    const page = await dataset.thumbnails(query({ text: 'DOG/' }), 1, 2, quietContext());
    expect(page).toMatchObject({ total: 5, offset: 1, size: 96 });
    expect(page.pictures.map(({ file }) => file)).toEqual(['dog/1.PNG', 'dog/2.PNG']);
    expect([page.pixels[0], page.pixels[96 * 96 * 3]]).toEqual([101, 102]);
    dataset.edit({ kind: 'exclude', pictures: [page.pictures[0]!.id] });
    expect(dataset.find(query({ part: 'train' }))).toHaveLength(9);
    expect(dataset.find(query({ part: 'excluded' })).map(({ file }) => file)).toEqual(['dog/1.PNG']);
  });

  it('adds to what is there: pictures already in are counted, new classes come behind', async () => {
    const folder = folderOf('merge', await tenPictures());
    const dataset = await projectOf(path(folder));
    folderOf('merge', { 'bird/1.png': await png(plain(9, 9, 200, 0, 0)) });
    expect(await importPaths(dataset, [folder], null, quietContext())).toMatchObject({ added: 1, already: 10, loose: 0 });
    expect(await importPaths(dataset, [join(folder, 'cat')], 'cat', quietContext())).toMatchObject({ added: 0, already: 5 });
    expect(dataset.summary.classNames).toEqual(['cat', 'dog', 'bird']);
    expect(dataset.undo()).toMatchObject({ kind: 'import', count: 1 });
    expect(dataset.summary.classNames).toEqual(['cat', 'dog']);
  });

  it('asks for the class of loose pictures', async () => {
    const folder = folderOf('loose', { 'a.png': await png(plain(9, 9, 1, 0, 0)), 'b.png': await png(plain(9, 9, 2, 0, 0)) });
    const dataset = await projectOf(null);
    expect(await importPaths(dataset, [folder], null, quietContext())).toMatchObject({ added: 0, loose: 2 });
    expect(await importPaths(dataset, [folder], 'things', quietContext())).toMatchObject({ added: 2, loose: 0 });
    expect(dataset.summary).toMatchObject({ classNames: ['things'], trainCount: 2 });
  });

  it('keeps pictures that came as bytes in its own folder, the same one once', async () => {
    const dataset = await projectOf(null);
    const bytes = new Uint8Array(await png(plain(9, 9, 77, 0, 0)));
    expect(await importBytes(dataset, 'hand/..', [{ name: 'x.png', bytes }, { name: 'y.png', bytes }, { name: 'z.png', bytes: new Uint8Array(9) }], quietContext())).toMatchObject({ added: 1, already: 1, skipped: [{ file: 'z.png' }] });
    expect(readdirSync(dataset.project.ownPictures!)).toHaveLength(1);
    expect(contents(await dataset.load('train', 9, quietContext()))).toEqual([[77, 0]]);
  });

  it('puts right what is in already: the picture itself, by its place or as a copy, undone at once', async () => {
    const folder = folderOf('right', await tenPictures());
    const dataset = await projectOf(path(folder));
    const find = (name: string): number[] => dataset.find(query({ class: dataset.project.state.header.classes.find((one) => one.name === name)?.id ?? -1 })).map(({ id }) => id);
    const [cats, dogs] = [find('cat'), find('dog')];
    const copies = folderOf('copies', { 'copy.png': readFileSync(join(folder, 'cat/1.png')), 'new.png': await png(plain(9, 9, 200, 0, 0)) });

    expect(await importPaths(dataset, [join(folder, 'cat/0.png')], 'dog', quietContext(), true)).toMatchObject({ added: 0, already: 1, moved: 1 });
    expect([find('cat'), find('dog')]).toEqual([cats.slice(1), [...dogs, cats[0]!].sort((a, b) => a - b)]);
    expect(dataset.project.undoable).toEqual({ kind: 'move', count: 1, name: 'dog' });
    // Once more is no change.
    expect(await importPaths(dataset, [join(folder, 'cat/0.png')], 'dog', quietContext(), true)).toMatchObject({ added: 0, already: 1, moved: 0 });
    expect(dataset.project.undoable).toEqual({ kind: 'move', count: 1, name: 'dog' });

    expect(await importPaths(dataset, [join(copies, 'copy.png'), join(folder, 'cat/1.png'), join(copies, 'new.png')], 'bird', quietContext(), true)).toMatchObject({ added: 1, already: 2, moved: 1 });
    expect(find('bird')).toEqual([cats[1], Math.max(...cats, ...dogs) + 1]);
    const bytes = new Uint8Array(readFileSync(join(folder, 'cat/2.png')));
    expect(await importBytes(dataset, 'dog', [{ name: 'pasted.png', bytes }], quietContext(), true)).toMatchObject({ added: 0, already: 1, moved: 1 });
    expect(find('dog')).toContain(cats[2]);
    expect(dataset.summary.trainCount).toBe(11);

    for (let i = 0; i < 3; i++) dataset.undo();
    expect([find('cat'), find('dog')]).toEqual([cats, dogs]);
    expect(dataset.summary.classNames).toEqual(['cat', 'dog']);
  });

  it('leaves the class of what is in already where nothing is to be put right', async () => {
    const folder = folderOf('left', await tenPictures());
    const dataset = await projectOf(path(folder));
    expect(await importPaths(dataset, [join(folder, 'cat/0.png')], 'dog', quietContext())).toMatchObject({ added: 0, already: 1, moved: 0 });
    expect(dataset.summary.classCounts).toEqual([5, 5]);
  });

  it('keeps what is in when the import is stopped', async () => {
    const files: Record<string, Uint8Array> = {};
    for (let i = 0; i < 200; i++) files[`${i % 2 ? 'a' : 'b'}/${i}.png`] = await png(plain(3, 3, i, 0, 0));
    const folder = folderOf('stopped', files);
    const control = new JobControl();
    const dataset = await projectOf(null);
    const context = control.context(() => undefined);
    let batches = 0;
    const breathe = (): Promise<void> => {
      // Files are looked into after they were found, some at a time.
      if (found) batches++;
      if (batches === 3) control.stop();
      return context.breathe();
    };
    let found = false;
    const report = await importPaths(dataset, [folder], null, {
      ...context,
      breathe,
      report: (progress) => {
        if (progress.kind === 'stage' && progress.total === 200 && progress.unit === 'files') found = true;
      }
    });
    expect(report.stopped).toBe(true);
    expect(report.added).toBeGreaterThanOrEqual(64);
    expect(report.added).toBeLessThan(200);
    expect(dataset.summary.trainCount).toBe(report.added);
  });

  it('is taken away again when nothing of it could be read', async () => {
    const folder = folderOf('void', { 'cat/1.png': 'no picture' });
    const target = join(root, 'never');
    await expect(createProject(target, 'x', path(folder), quietContext())).rejects.toMatchObject({ code: 'no_pictures' });
    expect(readdirSync(root)).not.toContain('never');
  });
});

describe('pictures that are not where they were', () => {
  it('are noticed, found again below their folder by content, and elsewhere when one says where', async () => {
    const folder = folderOf('moved', await tenPictures());
    const dataset = await projectOf(path(folder));
    mkdirSync(join(folder, 'deeper'));
    renameSync(join(folder, 'cat', '3.png'), join(folder, 'deeper', 'renamed.png'));
    rmSync(join(folder, 'dog', '0.PNG'));
    await checkPlaces(dataset, quietContext());
    expect(dataset.summary.project?.missing).toEqual([{ root: 0, path: folder, count: 1 }]);
    expect(dataset.find(query({ text: 'renamed' }))).toHaveLength(1);
    expect((await dataset.load('train', 8, quietContext())).count).toBe(9);

    renameSync(folder, join(root, 'elsewhere'));
    await checkPlaces(dataset, quietContext());
    expect(dataset.summary).toMatchObject({ trainCount: 0, project: { missing: [{ count: 10 }] } });
    await expect(relocate(dataset, 0, folderOf('wrong', { 'x.txt': 'x' }), quietContext())).rejects.toMatchObject({ code: 'relocate_nothing_found' });
    renameSync(join(root, 'elsewhere', 'dog', '1.PNG'), join(root, 'elsewhere', 'other.png'));
    await relocate(dataset, 0, join(root, 'elsewhere'), quietContext());
    expect(dataset.summary).toMatchObject({ trainCount: 9, project: { missing: [{ count: 1, path: join(root, 'elsewhere') }] } });
    expect(sorted(await dataset.load('train', 8, quietContext())).map(([red]) => red)).toEqual([0, 1, 2, 3, 4, 101, 102, 103, 104]);
  });

  it('that go while the project is open are named as the reason that there is nothing to train on, and are trained on when they are back', async () => {
    const folder = folderOf('unplugged', await tenPictures());
    const dataset = await projectOf(path(folder));
    const wanted = { recipe: v.parse(RecipeSchema, { inputSize: 32, alpha: 0.35 }), weights: 'random', dataset };
    renameSync(folder, join(root, 'pulled'));
    for (let times = 0; times < 2; times++) await expect(prepare(wanted, null, quietContext())).rejects.toMatchObject({ code: 'pictures_gone', params: { count: 10, path: folder } });
    renameSync(join(root, 'pulled'), folder);
    const { sets } = await prepare(wanted, null, quietContext());
    expect([sets.train.count, sets.validation.count]).toEqual([8, 2]);
    expect(dataset.summary).toMatchObject({ trainCount: 10, skipped: [], project: { missing: [] } });
  });

  it('that go and come back while the project is open are noticed, and what could not be read is not forgotten over it', async () => {
    const folder = folderOf('watched', { ...(await tenPictures()), 'cat/broken.png': Buffer.from(await png(plain(40, 40, 1, 2, 3))).fill(255, 45, 60) });
    const dataset = await projectOf(path(folder));
    await dataset.load('train', 8, quietContext());
    const { skipped } = dataset.summary;
    expect(skipped).toHaveLength(1);
    expect(dataset.unreadable.size).toBe(1);
    expect(await noticeFiles(dataset, quietContext())).toBe(false);
    expect(dataset.summary.skipped).toEqual(skipped);
    renameSync(join(folder, 'cat', '3.png'), join(root, 'aside.png'));
    expect(await noticeFiles(dataset, quietContext())).toBe(true);
    expect(dataset.summary.project?.missing).toEqual([{ root: 0, path: folder, count: 1 }]);
    expect(await noticeFiles(dataset, quietContext())).toBe(false);
    renameSync(join(root, 'aside.png'), join(folder, 'cat', '3.png'));
    expect(await noticeFiles(dataset, quietContext())).toBe(true);
    expect(dataset.summary.project?.missing).toEqual([]);
  });

  it('that hold something else than was noted are taken as they are now, and named', async () => {
    const folder = folderOf('changed', await tenPictures());
    const dataset = await projectOf(path(folder));
    const { directory } = dataset.project;
    dataset.close();
    open.splice(0);
    writeFileSync(join(folder, 'cat', '2.png'), await png(plain(40, 41, 55, 0, 0)));
    writeFileSync(join(folder, 'dog', '2.PNG'), await png(plain(70, 70, 102, 50, 50)));
    const later = Date.now() / 1000 + 5;
    utimesSync(join(folder, 'cat', '2.png'), later, later);
    const opened = await openProject(directory!, quietContext());
    open.push(opened);
    const [changed] = opened.find(query({ text: 'cat/2' }));
    expect(opened.summary.project?.changed).toEqual([changed!.id]);
    expect([changed!.width, changed!.height]).toEqual([40, 41]);
    expect(sorted(await opened.load('train', 8, quietContext())).filter(([red]) => red === 55)).toEqual([[55, 0]]);
  });

  it('that vanish while training is being prepared are left out and named', async () => {
    const folder = folderOf('vanish', await tenPictures());
    const dataset = await projectOf(path(folder));
    rmSync(join(folder, 'cat', '0.png'));
    expect((await dataset.load('train', 8, quietContext())).count).toBe(9);
    expect(dataset.summary).toMatchObject({ trainCount: 9, classCounts: [4, 5], skipped: [{ file: 'cat/0.png' }] });
  });

  it('travel with the project once they are collected', async () => {
    const folder = folderOf('collect', await tenPictures());
    const dataset = await projectOf(path(folder));
    const before = sorted(await dataset.load('train', 8, quietContext()));
    await collect(dataset, quietContext());
    rmSync(folder, { recursive: true });
    const { directory } = dataset.project;
    dataset.close();
    open.splice(0);
    renameSync(directory!, join(root, 'travelled'));
    const opened = await openProject(join(root, 'travelled'), quietContext());
    open.push(opened);
    expect(opened.summary.project?.missing).toEqual([]);
    expect(sorted(await opened.load('train', 8, quietContext()))).toEqual(before);
  });
});

describe('an archive', () => {
  it('is unpacked into the project', async () => {
    const files = await tenPictures('set/');
    const archive = join(root, 'ten.zip');
    writeFileSync(archive, await zip(Object.entries(files).map(([name, content]) => ({ name, content: Buffer.from(content) }))));
    const dataset = await projectOf(path(archive));
    expect(dataset.summary).toMatchObject({ classCounts: [5, 5] });
    expect(dataset.project.state.header.roots).toEqual([{ id: 0, kind: 'own' }]);
    rmSync(archive);
    expect((await dataset.load('train', 8, quietContext())).count).toBe(10);
  });
});

describe('the sample', () => {
  it('is a project like any other, trained on in its own order without a copy', async () => {
    const dataset = await projectOf({ kind: 'sample' });
    const { summary } = dataset;
    expect(summary.testedOn).toBe('test');
    const set = await dataset.load('train', 96, quietContext());
    expect(set.height).toBe(summary.pictureSize);
    const packed = await (await dataset.packed(0, quietContext())).load('train', quietContext());
    expect(set.pixels).toBe(packed.pixels);
    expect([...set.labels]).toEqual([...packed.labels]);
    const [first] = dataset.find(query({ part: 'train' }));
    dataset.edit({ kind: 'remove', pictures: [first!.id] });
    const rest = await dataset.load('train', 96, quietContext());
    const bytes = set.height * set.width * 3;
    expect(rest.count).toBe(set.count - 1);
    expect(Buffer.compare(rest.pixels, packed.pixels.subarray(bytes))).toBe(0);
  });
});

describe.skipIf(!existsSync(PHOTOS))('the twenty photographs', () => {
  it('are a project of two classes', async () => {
    const dataset = await projectOf(path(PHOTOS));
    expect(dataset.summary).toMatchObject({ classNames: ['Hemlock', 'Japanese_Cherry'], classCounts: [10, 10], pictureSize: null, skipped: [] });
    const [first] = dataset.project.pictures;
    const view = await dataset.look(first!.id, 300, quietContext());
    expect(Math.max(view.shownWidth, view.shownHeight)).toBe(300);
    expect(view.shownWidth / view.shownHeight).toBeCloseTo(view.width / view.height, 1);
  });
});
