import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { quietContext } from '../../electron/engine/context';
import { openDataset } from '../../electron/engine/data/open';
import { unpickle } from '../../electron/engine/data/pickle';
import pickles from '../fixtures/pickles.json';
import { recordingContext, tar, tarGz, temporaryFolder } from './fixtures';
import { CIFAR, hasShared } from './shared';

const root = temporaryFolder();
const open = (path: string) => openDataset({ kind: 'path', path }, quietContext());
const folderOf = (name: string, files: Record<string, Uint8Array>): string => {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  for (const [file, bytes] of Object.entries(files)) writeFileSync(join(folder, file), bytes);
  return folder;
};

/** Rows whose bytes tell where they belong: red 10 + position, green 100 + position, blue 200, for the first pixel; 0 elsewhere. */
const rows = (labels: readonly number[], last = 7): Buffer =>
  Buffer.concat(
    labels.map((label, i) => {
      const row = Buffer.alloc(3073);
      row[0] = label;
      row[1] = 10 + i;
      row[1 + 1024] = 100 + i;
      row[1 + 2048] = 200;
      row[3072] = last;
      return row;
    })
  );

/** As Python 2 and numpy wrote the published batches, operation for operation. */
function python2Batch(labels: readonly number[], data: Buffer): Buffer {
  const text = (value: string) => Buffer.concat([Buffer.from([0x55, value.length]), Buffer.from(value, 'latin1')]);
  const number = (value: number, bytes: number) => {
    const buffer = Buffer.alloc(bytes);
    buffer.writeUIntLE(value, 0, bytes);
    return buffer;
  };
  const ascii = (value: string) => Buffer.from(value, 'latin1');
  return Buffer.concat([
    ascii('\x80\x02}q\x01('), text('batch_label'), ascii('q\x02'), text('training batch 1 of 5'), ascii('q\x03'),
    text('labels'), ascii('q\x04]q\x05('), ...labels.map((label) => Buffer.from([0x4b, label])), ascii('e'),
    text('data'), ascii('q\x06cnumpy.core.multiarray\n_reconstruct\nq\x07cnumpy\nndarray\nq\x08K\x00\x85'), text('b'), ascii('\x87Rq\x09(K\x01M'),
    number(labels.length, 2), ascii('M\x00\x0c\x86cnumpy\ndtype\nq\x0a'), text('u1'), ascii('K\x00K\x01\x87Rq\x0b(K\x03'), text('|'),
    ascii('NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89T'), number(data.length, 4), data, ascii('tb'),
    text('filenames'), ascii('q\x0c]q\x0d('), ...labels.map((_, i) => text(`picture_${i}.png`)), ascii('eu.')
  ]);
}

/** The planes of `rows` without the labels. */
const planesOf = (binary: Buffer): Buffer => Buffer.concat(Array.from({ length: binary.length / 3073 }, (_, i) => binary.subarray(i * 3073 + 1, (i + 1) * 3073)));

describe('CIFAR-10', () => {
  it('is read from .bin files: batches in order, planes to pixels, labels beside them', async () => {
    const folder = folderOf('bin', { 'data_batch_2.bin': rows([3, 4]), 'data_batch_1.bin': rows([0, 1, 9]), 'test_batch.bin': rows([5]), 'batches.meta.txt': Buffer.from('airplane\n') });
    const { context, reports } = recordingContext();
    const dataset = await openDataset({ kind: 'path', path: folder }, context);
    expect(dataset.summary).toMatchObject({ name: 'CIFAR-10', trainCount: 5, testCount: 1, testedOn: 'test', pictureSize: 32, skipped: [] });
    expect(dataset.summary.classNames).toEqual(['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck']);
    expect(dataset.summary.classCounts).toEqual([1, 1, 0, 1, 1, 0, 0, 0, 0, 1]);
    const train = await dataset.load('train', 96, quietContext());
    expect([train.height, train.width, train.pixels.length]).toEqual([32, 32, 5 * 3072]);
    expect([...train.labels]).toEqual([0, 1, 9, 3, 4]);
    expect([...train.pixels.subarray(2 * 3072, 2 * 3072 + 4)]).toEqual([12, 102, 200, 0]);
    expect(train.pixels[5 * 3072 - 1]).toBe(7);
    expect([...(await dataset.load('test', 32, quietContext())).labels]).toEqual([5]);
    const last = reports[reports.length - 1];
    expect(last).toMatchObject({ kind: 'stage', stage: 'read', done: 6 * 3073, total: 6 * 3073 });
  });

  it('says what it is tested on', async () => {
    const train = { 'data_batch_1.bin': rows([0, 1]) };
    expect((await open(folderOf('first', { ...train, 'test_batch_first1000.bin': rows([2]) }))).summary).toMatchObject({ testedOn: 'test_first', testCount: 1 });
    expect((await open(folderOf('both', { ...train, 'test_batch_first1000.bin': rows([2]), 'test_batch.bin': rows([2, 3]) }))).summary).toMatchObject({ testedOn: 'test', testCount: 2 });
    const without = await open(folderOf('none', train));
    expect(without.summary).toMatchObject({ testedOn: 'validation', testCount: 0 });
    expect((await without.load('test', 32, quietContext())).count).toBe(0);
  });

  it('is found one folder down, as the archive unpacks it', async () => {
    folderOf('outer/cifar-10-batches-bin', { 'data_batch_1.bin': rows([0, 1]) });
    expect((await open(join(root, 'outer'))).summary.trainCount).toBe(2);
  });

  it('is the same from the Python version, as Python 2 wrote it and as Python 3 rewrites it', async () => {
    const binary = rows([6, 9, 2]);
    const fromPython2 = await open(folderOf('python', { data_batch_1: python2Batch([6, 9, 2], planesOf(binary)), test_batch: python2Batch([1], planesOf(rows([1]))) }));
    const fromBinary = await open(folderOf('binary', { 'data_batch_1.bin': binary, 'test_batch.bin': rows([1]) }));
    expect({ ...fromPython2.summary, source: null }).toEqual({ ...fromBinary.summary, source: null });
    for (const split of ['train', 'test'] as const) expect(await fromPython2.load(split, 32, quietContext())).toEqual(await fromBinary.load(split, 32, quietContext()));

    for (const protocol of ['2', '4'] as const) {
      const set = await (await open(folderOf(`protocol${protocol}`, { data_batch_1: inflateSync(Buffer.from(pickles[protocol], 'base64')) }))).load('train', 32, quietContext());
      expect([...set.labels]).toEqual([6, 9]);
      expect([...set.pixels.subarray(3072, 3076)]).toEqual([37, (37 + 1024) % 251, (37 + 2048) % 251, 38]);
    }
  });

  it('is the same from its archives', async () => {
    const binary = rows([6, 9, 2]);
    const files = { 'bin.tar.gz': await tarGz([{ name: 'cifar-10-batches-bin/readme.html', content: '<p>' }, { name: 'cifar-10-batches-bin/data_batch_1.bin', content: binary }, { name: 'cifar-10-batches-bin/test_batch.bin', content: rows([1]) }]),
      'python.tar.gz': await tarGz([{ name: 'cifar-10-batches-py/data_batch_1', content: python2Batch([6, 9, 2], planesOf(binary)) }]),
      'plain.tar': await tar([{ name: 'data_batch_1.bin', content: binary }]) };
    folderOf('archives', files);
    for (const name of Object.keys(files)) {
      const dataset = await open(join(root, 'archives', name));
      expect([...(await dataset.load('train', 32, quietContext())).labels], name).toEqual([6, 9, 2]);
      expect(dataset.summary.testCount, name).toBe(name === 'bin.tar.gz' ? 1 : 0);
    }
  });

  it('that is damaged is refused with the file and the reason', async () => {
    await expect(open(folderOf('short', { 'data_batch_1.bin': rows([1, 2]).subarray(0, 5000) }))).rejects.toThrow(/data_batch_1\.bin is not a batch of CIFAR-10, or damaged: its 5000 bytes are no whole number of pictures of 3073 bytes/);
    await expect(open(folderOf('label', { 'data_batch_1.bin': rows([1, 10]) }))).rejects.toThrow(/picture 2 has the class 10/);
    await expect(open(folderOf('empty', { 'data_batch_1.bin': Buffer.alloc(0) }))).rejects.toMatchObject({ code: 'cifar10_damaged' });
    const whole = python2Batch([1, 2], planesOf(rows([1, 2])));
    await expect(open(folderOf('cut', { data_batch_1: whole.subarray(0, 4000) }))).rejects.toThrow(/the pickle is cut off/);
    const archive = await tarGz([{ name: 'data_batch_1.bin', content: Buffer.alloc(3073 * 400, 1) }]);
    writeFileSync(join(root, 'cut.tar.gz'), archive.subarray(0, archive.length - 100));
    await expect(open(join(root, 'cut.tar.gz'))).rejects.toMatchObject({ code: 'archive_damaged' });
    writeFileSync(join(root, 'testonly.tar.gz'), await tarGz([{ name: 'test_batch.bin', content: rows([1]) }]));
    await expect(open(join(root, 'testonly.tar.gz'))).rejects.toMatchObject({ code: 'cifar10_incomplete' });
  });

  it('stops when it is told to', async () => {
    const { context, control } = recordingContext();
    control.stop();
    const path = folderOf('stop', { 'data_batch_1.bin': rows(Array.from({ length: 2500 }, () => 1)) });
    await expect(openDataset({ kind: 'path', path }, context)).rejects.toMatchObject({ code: 'stopped' });
  });

  it.skipIf(!hasShared)('as published: 50,000 pictures, 5,000 a class', async () => {
    const dataset = await open(CIFAR);
    expect(dataset.summary).toMatchObject({ trainCount: 50000, testCount: 1000, testedOn: 'test_first', classCounts: Array.from({ length: 10 }, () => 5000) });
    const { pixels, labels } = await dataset.load('train', 32, quietContext());
    // The first picture is the well-known frog; its first pixel and label as Keras' cifar10.load_data() gives them.
    expect([labels[0], labels[1], labels[49999]]).toEqual([6, 9, 1]);
    expect([...pixels.subarray(0, 3)]).toEqual([59, 62, 63]);
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
