import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { quietContext } from '../../electron/engine/context';
import { isPackedPath, openPacked } from '../../electron/engine/data/packed-sets';
import { planesOf, python2Batch, python2Names, rows } from './cifar-fixture';
import { tarGz, temporaryFolder } from './fixtures';

const root = temporaryFolder();
const open = (path: string) => openPacked({ kind: 'path', path }, quietContext());
const folderOf = (name: string, files: Record<string, Uint8Array | string>): string => {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  for (const [file, bytes] of Object.entries(files)) writeFileSync(join(folder, file), bytes);
  return folder;
};

/** A hundred names that are not the published ones. */
const NAMES = Array.from({ length: 100 }, (_, i) => `class ${i}`);
/** Coarse label, fine label. */
const TRAIN = rows([[3, 49], [19, 99], [0, 0]]);
const TEST = rows([[11, 7]]);

const parts = async (path: string) => {
  const set = await open(path);
  const [train, test] = [await set.load('train', quietContext()), await set.load('test', quietContext())];
  return { set, train, test, labels: [[...train.labels], [...test.labels]] };
};

describe('CIFAR-100', () => {
  it('is read from train.bin and test.bin: the fine label, and the planes behind both labels', async () => {
    const { set, train, labels } = await parts(folderOf('bin', { 'train.bin': TRAIN, 'test.bin': TEST, 'fine_label_names.txt': `${NAMES.join('\n')}\n` }));
    expect(set).toMatchObject({ name: 'CIFAR-100', size: 32, testedOn: 'test', classNames: NAMES });
    expect(labels).toEqual([[49, 99, 0], [7]]);
    expect([...train.pixels.subarray(2 * 3072, 2 * 3072 + 4)]).toEqual([12, 102, 200, 0]);
  });

  it('is the same from the Python version and from both archives', async () => {
    const binary = await parts(join(root, 'bin'));
    const python = { train: python2Batch([49, 99, 0], planesOf(TRAIN, 2), 'fine_labels'), test: python2Batch([7], planesOf(TEST, 2), 'fine_labels'), meta: python2Names('fine_label_names', NAMES) };
    const paths = [
      folderOf('python', python),
      join(folderOf('archives', {
        'cifar-100-binary.tar.gz': await tarGz([{ name: 'cifar-100-binary/fine_label_names.txt', content: NAMES.join('\n') }, { name: 'cifar-100-binary/train.bin', content: TRAIN }, { name: 'cifar-100-binary/test.bin', content: TEST }]),
        'python.tar.gz': await tarGz([{ name: 'cifar-100-python/train', content: python.train }, { name: 'cifar-100-python/test', content: python.test }, { name: 'cifar-100-python/meta', content: python.meta }])
      }), 'python.tar.gz'),
      join(root, 'archives')
    ];
    for (const path of paths) {
      const { set, train, test } = await parts(path);
      expect([set.name, set.classNames, train, test], path).toEqual(['CIFAR-100', NAMES, binary.train, binary.test]);
    }
  });

  it('takes the published names where there are none, in their order', async () => {
    const { set, labels } = await parts(folderOf('cifar-100-binary', { 'train.bin': TRAIN }));
    expect([set.testedOn, labels]).toEqual(['validation', [[49, 99, 0], []]]);
    // Labels of torchvision's and Keras' documentation: 0 apple, 49 mountain, 99 worm.
    expect([set.classNames.length, new Set(set.classNames).size]).toEqual([100, 100]);
    expect([0, 49, 99].map((label) => set.classNames[label])).toEqual(['apple', 'mountain', 'worm']);
    expect([...set.classNames].sort()).toEqual(set.classNames);
  });

  it('is one file where one is chosen, its names beside it', async () => {
    const { set, labels } = await parts(join(root, 'bin', 'test.bin'));
    expect([set.testedOn, set.classNames, labels]).toEqual(['validation', NAMES, [[7], []]]);
  });

  it('is not what happens to be called train.bin', async () => {
    expect(await isPackedPath(folderOf('other', { 'train.bin': TRAIN }))).toBe(false);
    expect(await isPackedPath(join(folderOf('odd', { 'train.bin': TRAIN.subarray(1) }), 'train.bin'))).toBe(false);
  });

  it('that is damaged is refused with the file and the reason', async () => {
    await expect(open(folderOf('damaged/cifar-100-binary', { 'train.bin': rows([[0, 100]]) }))).rejects.toThrow(/train\.bin is not a batch of CIFAR-100, or damaged: picture 1 has the class 100, and there are only 0 to 99/);
    writeFileSync(join(root, 'testonly.tar.gz'), await tarGz([{ name: 'cifar-100-binary/test.bin', content: TEST }]));
    await expect(open(join(root, 'testonly.tar.gz'))).rejects.toMatchObject({ code: 'cifar_incomplete' });
    await expect(open(folderOf('labels/cifar-100-python', { train: python2Batch([1, 2], planesOf(rows([1])), 'fine_labels') }))).rejects.toThrow(/does not hold "data" and "fine_labels" of the same number/);
  });
});
