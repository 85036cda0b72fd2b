import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { quietContext } from '../../electron/engine/context';
import type { PackedSet } from '../../electron/engine/data/packed';
import { isPackedPath, openPacked } from '../../electron/engine/data/packed-sets';
import { unpickle } from '../../electron/engine/data/pickle';
import pickles from '../fixtures/pickles.json';
import { planesOf, python2Batch, rows } from './cifar-fixture';
import { recordingContext, tar, tarGz, temporaryFolder } from './fixtures';
import { CIFAR, hasShared } from './shared';

const root = temporaryFolder();
const open = (path: string) => openPacked({ kind: 'path', path }, quietContext());
const load = (set: PackedSet, part: 'train' | 'test') => set.load(part, quietContext());
const labelsOf = async (set: PackedSet, part: 'train' | 'test') => [...(await load(set, part)).labels];
const folderOf = (name: string, files: Record<string, Uint8Array>): string => {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  for (const [file, bytes] of Object.entries(files)) writeFileSync(join(folder, file), bytes);
  return folder;
};

describe('CIFAR-10', () => {
  it('is read from .bin files: batches in order, planes to pixels, labels beside them', async () => {
    const path = folderOf('bin', { 'data_batch_2.bin': rows([3, 4]), 'data_batch_1.bin': rows([0, 1, 9]), 'test_batch.bin': rows([5]), 'batches.meta.txt': Buffer.from('airplane\n') });
    const { context, reports } = recordingContext();
    const set = await openPacked({ kind: 'path', path }, context);
    expect(set).toMatchObject({ name: 'CIFAR-10', testedOn: 'test', size: 32 });
    expect(set.classNames).toEqual(['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck']);
    const train = await load(set, 'train');
    expect([train.count, train.height, train.width, train.pixels.length]).toEqual([5, 32, 32, 5 * 3072]);
    expect([...train.labels]).toEqual([0, 1, 9, 3, 4]);
    expect([...train.pixels.subarray(2 * 3072, 2 * 3072 + 4)]).toEqual([12, 102, 200, 0]);
    expect(train.pixels[5 * 3072 - 1]).toBe(7);
    expect(await labelsOf(set, 'test')).toEqual([5]);
    expect(await load(set, 'train')).toBe(train);
    const last = reports[reports.length - 1];
    expect(last).toMatchObject({ kind: 'stage', stage: 'read', done: 6 * 3073, total: 6 * 3073 });
  });

  it('says what it is tested on', async () => {
    const train = { 'data_batch_1.bin': rows([0, 1]) };
    const first = await open(folderOf('first', { ...train, 'test_batch_first1000.bin': rows([2]) }));
    expect([first.testedOn, await labelsOf(first, 'test')]).toEqual(['test_first', [2]]);
    const both = await open(folderOf('both', { ...train, 'test_batch_first1000.bin': rows([2]), 'test_batch.bin': rows([2, 3]) }));
    expect([both.testedOn, await labelsOf(both, 'test')]).toEqual(['test', [2, 3]]);
    const without = await open(folderOf('none', train));
    expect([without.testedOn, (await load(without, 'test')).count]).toEqual(['validation', 0]);
  });

  it('is found one folder down, as the archive unpacks it', async () => {
    folderOf('outer/cifar-10-batches-bin', { 'data_batch_1.bin': rows([0, 1]) });
    expect(await labelsOf(await open(join(root, 'outer')), 'train')).toEqual([0, 1]);
  });

  it('is one batch where one is chosen', async () => {
    const folder = folderOf('single', { 'data_batch_1.bin': rows([0, 1]), 'data_batch_2.bin': rows([4]), 'test_batch.bin': rows([5]) });
    for (const [file, labels] of [['data_batch_2.bin', [4]], ['test_batch.bin', [5]]] as const) {
      const set = await open(join(folder, file));
      expect([set.testedOn, await labelsOf(set, 'train')], file).toEqual(['validation', labels]);
    }
  });

  it('is the same from the Python version, as Python 2 wrote it and as Python 3 rewrites it', async () => {
    const binary = rows([6, 9, 2]);
    const fromPython2 = await open(folderOf('python', { data_batch_1: python2Batch([6, 9, 2], planesOf(binary)), test_batch: python2Batch([1], planesOf(rows([1]))) }));
    const fromBinary = await open(folderOf('binary', { 'data_batch_1.bin': binary, 'test_batch.bin': rows([1]) }));
    expect({ ...fromPython2, load: null }).toEqual({ ...fromBinary, load: null });
    for (const part of ['train', 'test'] as const) expect(await load(fromPython2, part)).toEqual(await load(fromBinary, part));

    for (const protocol of ['2', '4'] as const) {
      const set = await load(await open(folderOf(`protocol${protocol}`, { data_batch_1: inflateSync(Buffer.from(pickles[protocol], 'base64')) })), 'train');
      expect([...set.labels]).toEqual([6, 9]);
      expect([...set.pixels.subarray(3072, 3076)]).toEqual([37, (37 + 1024) % 251, (37 + 2048) % 251, 38]);
    }
  });

  it('is the same from its archives', async () => {
    const binary = rows([6, 9, 2]);
    const files = { 'bin.tar.gz': await tarGz([{ name: 'cifar-10-batches-bin/readme.html', content: '<p>' }, { name: 'cifar-10-batches-bin/data_batch_1.bin', content: binary }, { name: 'cifar-10-batches-bin/test_batch.bin', content: rows([1]) }]),
      'python.tar.gz': await tarGz([{ name: 'cifar-10-batches-py/data_batch_1', content: python2Batch([6, 9, 2], planesOf(binary)) }]),
      'plain.tar': await tar([{ name: 'data_batch_1.bin', content: binary }]) };
    const folder = folderOf('archives', files);
    for (const name of Object.keys(files)) {
      const set = await open(join(folder, name));
      expect(await labelsOf(set, 'train'), name).toEqual([6, 9, 2]);
      expect(await labelsOf(set, 'test'), name).toEqual(name === 'bin.tar.gz' ? [1] : []);
    }
    const alone = folderOf('archive alone', { 'cifar-10-binary.tar.gz': files['bin.tar.gz'] });
    expect(await labelsOf(await open(alone), 'train')).toEqual([6, 9, 2]);
  });

  it('that is damaged is refused with the file and the reason', async () => {
    await expect(open(folderOf('short', { 'data_batch_1.bin': rows([1, 2]).subarray(0, 5000) }))).rejects.toThrow(/data_batch_1\.bin is not a batch of CIFAR-10, or damaged: its 5000 bytes are no whole number of pictures of 3073 bytes/);
    await expect(open(folderOf('label', { 'data_batch_1.bin': rows([1, 10]) }))).rejects.toThrow(/picture 2 has the class 10/);
    await expect(open(folderOf('empty', { 'data_batch_1.bin': Buffer.alloc(0) }))).rejects.toMatchObject({ code: 'cifar_damaged' });
    const whole = python2Batch([1, 2], planesOf(rows([1, 2])));
    await expect(open(folderOf('cut', { data_batch_1: whole.subarray(0, 4000) }))).rejects.toThrow(/the pickle is cut off/);
    const archive = await tarGz([{ name: 'data_batch_1.bin', content: Buffer.alloc(3073 * 400, 1) }]);
    writeFileSync(join(root, 'cut.tar.gz'), archive.subarray(0, archive.length - 100));
    await expect(open(join(root, 'cut.tar.gz'))).rejects.toMatchObject({ code: 'archive_damaged' });
    writeFileSync(join(root, 'testonly.tar.gz'), await tarGz([{ name: 'test_batch.bin', content: rows([1]) }]));
    await expect(open(join(root, 'testonly.tar.gz'))).rejects.toMatchObject({ code: 'cifar_incomplete' });
  });

  it('stops when it is told to', async () => {
    const { context, control } = recordingContext();
    control.stop();
    const path = folderOf('stop', { 'data_batch_1.bin': rows(Array.from({ length: 2500 }, () => 1)) });
    await expect(openPacked({ kind: 'path', path }, context)).rejects.toMatchObject({ code: 'stopped' });
  });

  it.skipIf(!hasShared)('as published: 50,000 pictures, 5,000 a class', async () => {
    const set = await open(CIFAR);
    const { pixels, labels } = await load(set, 'train');
    expect([set.testedOn, (await load(set, 'test')).count, labels.length]).toEqual(['test_first', 1000, 50000]);
    expect(set.classNames.map((_, label) => labels.reduce((sum, each) => sum + Number(each === label), 0))).toEqual(Array.from({ length: 10 }, () => 5000));
    // The first picture is the well-known frog; its first pixel and label as Keras' cifar10.load_data() gives them.
    expect([labels[0], labels[1], labels[49999]]).toEqual([6, 9, 1]);
    expect([...pixels.subarray(0, 3)]).toEqual([59, 62, 63]);
  });
});

describe('isPackedPath', () => {
  it('knows packed sets from pictures and everything else, and never throws', async () => {
    const cifar = folderOf('known', { 'data_batch_1.bin': rows([1]) });
    const pictures = await tarGz([{ name: 'cats/1.jpg', content: 'x' }]);
    const others = folderOf('others', { 'pictures.tar.gz': pictures, 'broken.tar.gz': pictures.subarray(0, 20), 'data_batch_1.bin.txt': rows([1]), 'train.bin': Buffer.from('nothing'), empty: Buffer.alloc(0) });
    mkdirSync(join(others, 'classes', 'train', 'cats'), { recursive: true });
    mkdirSync(join(others, 'classes', 'test', 'cats'), { recursive: true });
    expect([await isPackedPath(cifar), await isPackedPath(join(cifar, 'data_batch_1.bin'))]).toEqual([true, true]);
    for (const name of ['', 'pictures.tar.gz', 'broken.tar.gz', 'data_batch_1.bin.txt', 'train.bin', 'empty', 'classes', 'not there']) {
      expect(await isPackedPath(join(others, name)), name).toBe(false);
    }
    await expect(open(others)).rejects.toMatchObject({ code: 'data_not_understood' });
    await expect(open(join(others, 'not there'))).rejects.toMatchObject({ code: 'data_not_found' });
  });
});

describe('unpickle', () => {
  it('calls nothing and refuses what it does not know', () => {
    expect(() => unpickle(Buffer.from("\x80\x02cos\nsystem\nU\x02ls\x85R.", 'latin1'))).toThrow(/wants os\.system, which is not allowed/);
    expect(() => unpickle(Buffer.from('\x80\x02\x99.', 'latin1'))).toThrow(/operation 0x99/);
    expect(() => unpickle(Buffer.from('\x80\x02e.', 'latin1'))).toThrow(/out of order/);
    expect(() => unpickle(Buffer.alloc(0))).toThrow(/cut off/);
  });

  it('reads numbers, texts and lists', () => {
    const read = (source: string) => unpickle(Buffer.from(`\x80\x02${source}.`, 'latin1'));
    expect(read('](K\x05M\x10\x27J\xff\xff\xff\xff\x8a\x02\x00\xffG\x3f\xf8\x00\x00\x00\x00\x00\x00\x88Ne')).toEqual([5, 10000, -1, -256, 1.5, true, null]);
    expect(read('}(X\x01\x00\x00\x00aK\x01X\x01\x00\x00\x00bK\x02u')).toEqual(new Map([['a', 1], ['b', 2]]));
  });
});
