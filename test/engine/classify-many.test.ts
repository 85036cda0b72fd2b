/** Many files at once: the answers of one by one, a row for every file, and copies sorted by them. */
import { copyFile, mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { because, type Progress, type StageProgress, type TriedMany, triedCsv, triedRow } from '../../electron/contract';
import { type JobContext, quietContext } from '../../electron/engine/context';
import { Classifier } from '../../electron/engine/jobs/classify';
import { classifyMany } from '../../electron/engine/jobs/classify-many';
import { sortCopies } from '../../electron/engine/jobs/sort-copies';
import { discs, filesBelow, smallModel } from './export-fixture';
import { type Colours, jpeg, png, recordingContext, temporaryFolder } from './fixtures';

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  return { ...real, copyFile: vi.fn(real.copyFile) };
});

const model = smallModel();
const root = temporaryFolder();
const album = join(root, 'album');
/** More than a block, so that rows come out of several. */
const COUNT = 150;

const { pixels, height, width } = discs(COUNT, 32);
const disc = (i: number, times: number): Colours => ({
  width: width * times, height: height * times, at: (x, y) => [...pixels.subarray((((i * height + Math.floor(y / times)) * width) + Math.floor(x / times)) * 3).subarray(0, 3)]
});
const name = (i: number): string => (i % 3 === 0 ? `large ${i}.jpg` : `${i}.png`);

beforeAll(async () => {
  await mkdir(join(album, 'below', 'deeper'), { recursive: true });
  for (let i = 0; i < COUNT; i++) {
    const folder = i % 10 === 0 ? join(album, 'below', 'deeper') : album;
    await writeFile(join(folder, name(i)), i % 3 === 0 ? await jpeg(disc(i, 7)) : await png(disc(i, 1)));
  }
  await writeFile(join(album, 'below', 'torn.png'), (await png(disc(0, 1))).subarray(0, 60));
  await writeFile(join(album, 'below', 'empty.jpg'), '');
  await writeFile(join(album, 'phone.heic'), Buffer.from('\0\0\0\x18ftypheic\0\0\0\0', 'latin1'));
  await writeFile(join(album, 'notes.txt'), 'no picture');
  await writeFile(join(root, 'outside.txt'), 'no picture either');
  await symlink(join(root, 'outside.txt'), join(album, 'link.png'));
});
afterEach(() => vi.mocked(copyFile).mockClear());

const classify = (paths: readonly string[], of = model): Promise<TriedMany> => classifyMany(of, paths, quietContext());
const rowsOf = (tried: TriedMany) => tried.files.map((_, row) => triedRow(tried, row));

/** A job that is stopped when something of a stage is done. */
function stoppingAt(stage: StageProgress['stage']): { context: JobContext; reports: Progress[] } {
  const { context, control, reports } = recordingContext();
  const report = (progress: Progress): void => {
    context.report(progress);
    if (progress.kind === 'stage' && progress.stage === stage && progress.done > 0) control.stop();
  };
  return { context: { ...context, report }, reports };
}

describe('classifying many', () => {
  it('answers as one by one does', async () => {
    const classifier = new Classifier(model);
    const rows = rowsOf(await classify([album]));
    const read = rows.filter(({ reason }) => reason === null);
    expect(read).toHaveLength(COUNT);
    let furthest = 0;
    for (const { path, top } of read) {
      const { probabilities } = classifier.classify(await readFile(path));
      const expected = new Map(model.meta.classNames.map((label, i) => [label, probabilities[i] ?? NaN]));
      expect(top.map(({ probability }) => probability)).toEqual([...top.map(({ probability }) => probability)].sort((a, b) => b - a));
      for (const { label, probability } of top) furthest = Math.max(furthest, Math.abs(probability - (expected.get(label) ?? NaN)));
    }
    classifier.dispose();
    // Not all the same answer: a row that has got another one's would show.
    expect(new Set(read.map(({ top }) => top[0]?.probability)).size).toBeGreaterThan(COUNT / 2);
    // Rounding in sums of 32-bit numbers, whose order a batch may change.
    expect(furthest).toBeLessThan(1e-6);
  });

  it('has a row for every picture, with the reason where it cannot be read', async () => {
    const { files, paths, reasons, stopped } = await classify([album]);
    expect(stopped).toBe(false);
    expect(files).toHaveLength(COUNT + 4);
    expect(files.map((file) => join(album, file))).toEqual(paths);
    const bad = Object.fromEntries(files.flatMap((file, i) => (reasons[i] ? [[file, reasons[i].message]] : [])));
    expect(bad).toEqual({
      'below/empty.jpg': expect.stringContaining('cannot be read') as string,
      'below/torn.png': 'The picture cannot be read: its data is damaged or cut off. Save or copy it again.',
      'link.png': 'It is a link to a file outside of this folder. Copy the file here.',
      'phone.heic': 'Pictures of this kind are not read: save it as JPEG or PNG.'
    });
  });

  it('takes files and folders together, each picture once, folders by name', async () => {
    const deeper = join(album, 'below', 'deeper');
    const { files, reasons } = await classify([join(deeper, name(10)), deeper, join(album, 'notes.txt'), join(root, 'gone.png')]);
    expect(files).toHaveLength(COUNT / 10 + 2);
    expect(files.slice(0, 2)).toEqual([name(10), expect.stringMatching(/^deeper\//)]);
    expect(reasons.slice(-2).map((reason) => reason?.message)).toEqual(['It is no picture. JPEG, PNG, GIF, BMP, WebP and AVIF are read.', expect.stringContaining('is not there any more')]);
  });

  it('says where there is nothing to classify', async () => {
    await mkdir(join(root, 'empty'));
    await expect(classify([join(root, 'empty')])).rejects.toMatchObject({ code: 'nothing_to_classify', params: { path: join(root, 'empty') } });
  });

  it('holds back what the model is less sure of than its threshold', async () => {
    const rows = rowsOf(await classify([album]));
    const sure = rows.flatMap(({ top }) => (top[0] ? [top[0].probability] : [])).sort((a, b) => a - b);
    const threshold = sure[Math.floor(sure.length / 2)] ?? 0;
    const held = rowsOf(await classify([album], { ...model, meta: { ...model.meta, threshold } }));
    held.forEach(({ unknown }, i) => expect(unknown).toBe((rows[i]?.top[0]?.probability ?? 1) < threshold));
    expect(held.filter(({ unknown }) => unknown)).toHaveLength(Math.floor(sure.length / 2));
  });

  it('answers with the temperature that the model has, as one by one does', async () => {
    const mild = { ...model, meta: { ...model.meta, temperature: 4 } };
    const one = join(album, name(1));
    const classifier = new Classifier(mild);
    const { probabilities } = classifier.classify(await readFile(one));
    classifier.dispose();
    const [row] = rowsOf(await classify([one], mild));
    expect(row?.top[0]?.probability).toBeCloseTo(Math.max(...probabilities), 6);
    expect(row?.top[0]?.probability).toBeLessThan(rowsOf(await classify([one]))[0]?.top[0]?.probability ?? 0);
  });

  it('tells how far it is, and gives the rows so far when it is stopped', async () => {
    const { context, reports } = stoppingAt('classify');
    const tried = await classifyMany(model, [album], context);
    expect(tried.stopped).toBe(true);
    expect(tried.files).toHaveLength(64);
    expect([tried.reasons.length, tried.unknown.length, tried.classes.length / tried.best, tried.probabilities.length / tried.best]).toEqual([64, 64, 64, 64]);
    expect(reports.at(-1)).toMatchObject({ stage: 'classify', done: 64, total: COUNT + 4, unit: 'pictures' });
  });
});

const tried = (files: readonly string[], classes: readonly number[], part: Partial<TriedMany> = {}): TriedMany => ({
  classNames: ['cat', 'dog'], files: [...files], paths: files.map((file) => join(album, file)), reasons: files.map(() => null), best: 1, classes: Int32Array.from(classes),
  probabilities: new Float32Array(files.length).fill(0.75), unknown: new Uint8Array(files.length), stopped: false, seconds: 1, ...part
});

describe('the table as CSV', () => {
  it('follows RFC 4180, and begins with the mark of UTF-8', () => {
    const table = tried(['猫, "Tama".png', 'b\n.png', 'c.png'], [0, 1, 1, 0, -1, -1], {
      classNames: ['猫', 'dog, big'], best: 2, probabilities: Float32Array.of(0.9, 0.1, 0.5, 0.25, 0, 0), unknown: Uint8Array.of(0, 1, 0), reasons: [null, null, because('malformed', 'It is "torn".')]
    });
    expect(triedCsv(table)).toBe(
      '\ufefffile,answer,class_1,probability_1,class_2,probability_2,problem\r\n' +
        '"猫, ""Tama"".png",猫,猫,0.899999976,"dog, big",0.100000001,\r\n' +
        '"b\n.png",none-of-these,"dog, big",0.5,猫,0.25,\r\n' +
        'c.png,,,,,,"It is ""torn""."\r\n'
    );
  });
});

describe('copies', () => {
  const source = join(root, 'pictures: mine');
  const files = ['1.png', 'a/1.png', 'b/1.png', 'b/x.PNG', '2.png', 'gone.png', 'torn.png'];
  const paths = files.map((file) => join(source, file));
  beforeAll(async () => {
    for (const folder of ['', 'a', 'b']) await mkdir(join(source, folder), { recursive: true });
    for (const path of paths.filter((one) => !one.includes('gone'))) {
      await writeFile(path, `bytes of ${relative(source, path)}`);
      await utimes(path, 1e9, 1e9);
    }
  });
  const table = (part: Partial<TriedMany> = {}): TriedMany =>
    tried(files, [0, 0, 1, 0, 0, 1, -1], { paths, unknown: Uint8Array.of(0, 0, 0, 0, 1, 0, 0), reasons: [null, null, null, null, null, null, because('malformed', 'torn')], ...part });
  const place = async (n: string): Promise<string> => {
    const folder = join(root, n);
    await mkdir(folder);
    return folder;
  };

  it('lie in a folder a class, under their names, none over another', async () => {
    const to = await place('to');
    const before = filesBelow(source);
    const outcome = await sortCopies(table(), [source], to, quietContext());
    expect(outcome).toEqual({ directory: join(to, 'pictures_ mine-sorted'), copied: 5, skipped: 2, stopped: false });
    const copies = filesBelow(outcome.directory);
    expect(copies).toEqual(['cat/1-2.png', 'cat/1.png', 'cat/x.PNG', 'dog/1.png', 'none-of-these/2.png']);
    expect(await Promise.all(copies.map((name) => readFile(join(outcome.directory, name), 'utf8')))).toEqual(['1.png', 'a/1.png', 'b/x.PNG', 'b/1.png', '2.png'].map((file, i) => `bytes of ${i === 0 ? 'a/1.png' : i === 1 ? '1.png' : file}`));
    expect((await stat(join(outcome.directory, copies[0] ?? ''))).mtimeMs).toBe(1e12);
    expect(filesBelow(source)).toEqual(before);
  });

  it('come into another folder the second time', async () => {
    const to = await place('again');
    const directories = [];
    for (let i = 0; i < 3; i++) directories.push((await sortCopies(table(), [source, album], to, quietContext())).directory);
    expect(directories.map((path) => relative(to, path))).toEqual(['pictures-sorted', 'pictures-sorted-2', 'pictures-sorted-3']);
  });

  it('keep classes apart whose names a disk takes for one', async () => {
    const { directory } = await sortCopies(table({ classNames: ['None of: x', 'none of_ X'] }), [source], await place('alike'), quietContext());
    expect((await readdir(directory)).sort()).toEqual(['None of_ x', 'none of_ X-2', 'none-of-these']);
    const named = await sortCopies(table({ classNames: ['None-of-these', '..'] }), [source], await place('named'), quietContext());
    expect((await readdir(named.directory)).sort()).toEqual(['None-of-these', '_', 'none-of-these-2']);
  });

  it('stop when they are told to, and stay as far as they are', async () => {
    const { context } = stoppingAt('copy');
    // A clock by which every piece of progress is told.
    vi.spyOn(performance, 'now').mockImplementation(((now) => () => (now += 1000))(0));
    const outcome = await sortCopies(table(), [source], await place('stopped'), context);
    vi.restoreAllMocks();
    expect(outcome).toMatchObject({ copied: 1, skipped: 0, stopped: true });
    expect(filesBelow(outcome.directory)).toEqual(['cat/1.png']);
  });

  it('say so when the disk is full, and leave no half picture', async () => {
    const to = await place('full');
    vi.mocked(copyFile).mockImplementationOnce(async (_from, path) => {
      await writeFile(path, 'byt');
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    });
    await expect(sortCopies(table(), [source], to, quietContext())).rejects.toMatchObject({ code: 'not_copied', message: `The pictures could not be copied to ${join(to, 'pictures_ mine-sorted')}: the disk is full. Choose another folder.` });
    expect(filesBelow(to)).toEqual([]);
  });

  it('are refused where there is no such folder', async () => {
    await expect(sortCopies(table(), [source], join(root, 'nowhere'), quietContext())).rejects.toMatchObject({ code: 'not_copied', params: { reason: { code: 'not_there', message: 'it is not there' } } });
  });
});
