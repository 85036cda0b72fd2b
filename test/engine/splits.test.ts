/** Which pictures are trained on and tested on: by lot, and each picture by its own. */
import { describe, expect, it } from 'vitest';
import type { Picture, Splits } from '../../electron/contract';
import { splitPictures } from '../../electron/engine/data/splits';

const COUNT = 600;
/** Three classes, one half as large as the others. */
const pictures = Array.from({ length: COUNT }, (_, id): Picture => ({ id, root: 0, file: `${id}.png`, row: null, hash: `${id}`, width: 8, height: 8, class: [0, 0, 1, 1, 2][id % 5]!, part: null, excluded: false }));
const SPLITS: Splits = { order: 'shuffled', seed: 7, testShare: 0.2 };
const ids = (list: readonly Picture[]) => list.map(({ id }) => id);
const share = (list: readonly Picture[], own: number) => list.filter((picture) => picture.class === own).length / list.length;

describe('a drawn split', () => {
  it('is complete, even among the classes, and in every tail', () => {
    const { train, validation, test } = splitPictures(pictures, SPLITS);
    expect([train.length, validation.length, test.length]).toEqual([480, 0, 120]);
    expect(ids([...train, ...test]).sort((a, b) => a - b)).toEqual(ids(pictures));
    for (const list of [test, train, train.slice(-96), train.slice(-240)]) [0.4, 0.4, 0.2].forEach((due, own) => expect(Math.abs(share(list, own) - due)).toBeLessThan(0.02));
  });

  it('follows from the seed, and takes neither the first pictures nor the last', () => {
    const test = ids(splitPictures(pictures, SPLITS).test);
    expect(ids(splitPictures([...pictures], SPLITS).test)).toEqual(test);
    const other = ids(splitPictures(pictures, { ...SPLITS, seed: 8 }).test);
    // Of 120 drawn from 600, 24 are drawn again by chance, give or take 4.
    expect(Math.abs(other.filter((id) => test.includes(id)).length - 24)).toBeLessThan(16);
    // The mean id of 120 of 600 is 300, give or take 14.
    expect(Math.abs(test.reduce((sum, id) => sum + id, 0) / 120 - 300)).toBeLessThan(56);
  });

  it('keeps its place when a picture is mended or excluded: at most one of its class goes over', () => {
    const before = splitPictures(pictures, SPLITS);
    const [moved, excluded] = [before.train[10]!, before.test[10]!];
    const changes: Picture[][] = [
      pictures.map((picture) => (picture === moved ? { ...picture, class: (picture.class + 1) % 3 } : picture)),
      pictures.map((picture) => (picture === excluded ? { ...picture, excluded: true } : picture))
    ];
    for (const changed of changes) {
      const after = splitPictures(changed, SPLITS);
      const tested = ids(before.test);
      expect(ids(after.test).filter((id) => !tested.includes(id)).length).toBeLessThanOrEqual(1);
      const kept = new Set(ids(before.train.slice(-96)));
      expect(ids(after.train.slice(-96)).filter((id) => !kept.has(id)).length).toBeLessThanOrEqual(2);
    }
  });
});
