import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { quietContext } from '../../electron/engine/context';
import { isPackedPath, openPacked } from '../../electron/engine/data/packed-sets';
import { recordingContext, temporaryFolder } from './fixtures';

const root = temporaryFolder();
const open = (path: string) => openPacked({ kind: 'path', path }, quietContext());
const folderOf = (name: string, files: Record<string, Uint8Array | string>): string => {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  for (const [file, bytes] of Object.entries(files)) writeFileSync(join(folder, file), bytes);
  return folder;
};

/** The format of http://yann.lecun.com/exdb/mnist/: magic number, sizes, bytes. */
function idx(shape: readonly number[], values: readonly number[], type = 8): Buffer {
  const sizes = shape.map((size) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(size);
    return bytes;
  });
  return Buffer.concat([Buffer.from([0, 0, type, shape.length]), ...sizes, Buffer.from(values)]);
}

/** Three pictures of 2 x 2: 0 1 / 2 3, then ten more, then twenty. */
const IMAGES = idx([3, 2, 2], [0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23]);
const LABELS = idx([3], [5, 0, 9]);
const TEST = { 't10k-images-idx3-ubyte': idx([1, 2, 2], [30, 31, 32, 33]), 't10k-labels-idx1-ubyte': idx([1], [4]) };
const MNIST = { 'train-images-idx3-ubyte': IMAGES, 'train-labels-idx1-ubyte': LABELS, ...TEST };

const parts = async (path: string) => {
  const set = await open(path);
  const [train, test] = [await set.load('train', quietContext()), await set.load('test', quietContext())];
  return { set, train, test, labels: [[...train.labels], [...test.labels]] };
};
const grey = (...values: number[]) => values.flatMap((value) => [value, value, value]);

describe('idx files', () => {
  it('are pictures row by row, grey in all three colours, with the digits as classes', async () => {
    const { set, train, test, labels } = await parts(folderOf('mnist', MNIST));
    expect(set).toMatchObject({ name: 'mnist', size: 2, testedOn: 'test', classNames: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] });
    expect(labels).toEqual([[5, 0, 9], [4]]);
    expect(train).toMatchObject({ count: 3, height: 2, width: 2 });
    expect([...train.pixels]).toEqual(grey(0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23));
    expect([...test.pixels]).toEqual(grey(30, 31, 32, 33));
  });

  it('are the same gzipped, in torchvision\'s folder, with older names, and whichever of them is chosen', async () => {
    const expected = (await parts(join(root, 'mnist'))).train;
    const gzipped = Object.fromEntries(Object.entries(MNIST).map(([name, bytes]) => [`${name}.gz`, gzipSync(bytes)]));
    const renamed = { 'train-images.idx3-ubyte': IMAGES, 'train-labels.idx1-ubyte': LABELS, 'test-images.idx3-ubyte': TEST['t10k-images-idx3-ubyte'], 'test-labels.idx1-ubyte': TEST['t10k-labels-idx1-ubyte'] };
    folderOf('torchvision/raw', { ...gzipped, ...MNIST });
    const paths = [folderOf('zipped', gzipped), join(root, 'torchvision'), folderOf('renamed', renamed), ...Object.keys(gzipped).map((name) => join(root, 'zipped', name))];
    for (const path of paths) {
      const { set, train, labels } = await parts(path);
      expect([train, labels[1], set.testedOn], path).toEqual([expected, [4], 'test']);
    }
    expect((await open(join(root, 'torchvision'))).name).toBe('torchvision');
  });

  it('need no test part, and may be in colour', async () => {
    const { set, train } = await parts(folderOf('colour', { 'train-images-idx4-ubyte': idx([1, 1, 1, 3], [1, 2, 3]), 'train-labels-idx1-ubyte': idx([1], [1]) }));
    expect([set.testedOn, set.classNames, [...train.pixels]]).toEqual(['validation', ['0', '1'], [1, 2, 3]]);
  });

  it('of EMNIST are turned upright and named by its list; of several sets in a folder one is to be chosen', async () => {
    const letters = { 'emnist-letters-train-images-idx3-ubyte': IMAGES, 'emnist-letters-train-labels-idx1-ubyte': idx([3], [2, 1, 2]), 'emnist-letters-mapping.txt': '1 65 97\n2 66 98\n' };
    const folder = folderOf('emnist', letters);
    const { set, train, labels } = await parts(folder);
    expect([set.name, set.classNames, labels[0]]).toEqual(['emnist-letters', ['A', 'B'], [1, 0, 1]]);
    expect([...train.pixels.subarray(0, 12)]).toEqual(grey(0, 2, 1, 3));
    folderOf('emnist', { 'emnist-digits-train-images-idx3-ubyte': IMAGES, 'emnist-digits-train-labels-idx1-ubyte': LABELS });
    await expect(open(folder)).rejects.toThrow(/several data sets: emnist-digits, emnist-letters\. Choose the images file of one/);
    expect((await open(join(folder, 'emnist-digits-train-images-idx3-ubyte'))).name).toBe('emnist-digits');
  });

  it('that lack their other half or are damaged are refused with the file and the reason', async () => {
    const damaged = (images: Buffer, labels = LABELS) => open(folderOf('damaged', { 'train-images-idx3-ubyte': images, 'train-labels-idx1-ubyte': labels }));
    await expect(open(folderOf('half', { 'train-images-idx3-ubyte': IMAGES }))).rejects.toThrow(/half is only a part of a data set: the labels that belong to train-images-idx3-ubyte are missing/);
    await expect(open(join(folderOf('labels', { 'train-labels-idx1-ubyte': LABELS }), 'train-labels-idx1-ubyte'))).rejects.toMatchObject({ code: 'idx_incomplete' });
    await expect(damaged(IMAGES.subarray(0, 20))).rejects.toThrow(/train-images-idx3-ubyte is not one of MNIST's files, or damaged: it has 20 bytes, and 28 are announced/);
    await expect(damaged(IMAGES, idx([2], [1, 2]))).rejects.toThrow(/it has 2 labels for 3 pictures/);
    await expect(damaged(idx([1, 2, 3], [0, 1, 2, 3, 4, 5]), idx([1], [0]))).rejects.toThrow(/its pictures are 3 x 2, and only square ones/);
    await expect(damaged(idx([4], [0, 1, 2, 3]))).rejects.toThrow(/its shape is 4, not that of pictures/);
    await expect(damaged(idx([3, 2, 2], [0], 13))).rejects.toThrow(/its values are not bytes/);
    await expect(damaged(Buffer.from('hello'))).rejects.toThrow(/does not begin as an idx file/);
    await expect(damaged(gzipSync(IMAGES).subarray(0, 20))).rejects.toMatchObject({ code: 'idx_damaged' });
  });

  it('are told from other files by name and first bytes', async () => {
    const folder = folderOf('told', { 'train-images-idx3-ubyte': 'text', 'images.gz': gzipSync('hello'), 'train-labels-idx1-ubyte': LABELS });
    expect(await isPackedPath(join(root, 'mnist', 't10k-labels-idx1-ubyte'))).toBe(true);
    for (const name of ['train-images-idx3-ubyte', 'images.gz']) expect(await isPackedPath(join(folder, name)), name).toBe(false);
  });

  it('stop when they are told to', async () => {
    const { context, control } = recordingContext();
    control.stop();
    await expect(openPacked({ kind: 'path', path: join(root, 'mnist') }, context)).rejects.toMatchObject({ code: 'stopped' });
  });
});
