/** Which pictures of a project are trained on, validated on and tested on, and in which order. */
import type { Picture, Split, Splits } from '../../contract';
import { Random } from '../model/random';

/** An excluded picture is in none of them. */
export function splitPictures(pictures: readonly Picture[], splits: Splits): Record<Split, Picture[]> {
  const used = pictures.filter((picture) => !picture.excluded);
  const free = used.filter(({ part }) => part === null);
  const drawn = new Set(drawTest(free, splits));
  const train = used.filter((picture) => (picture.part === null ? !drawn.has(picture) : picture.part === 'train'));
  return {
    train: splits.order === 'shuffled' ? mixed(train, splits.seed) : train,
    validation: used.filter(({ part }) => part === 'validation'),
    test: used.filter((picture) => (picture.part === null ? drawn.has(picture) : picture.part === 'test'))
  };
}

/** `testShare` of each class. By other lots than the order's, so that neither follows from the other. */
function drawTest(pictures: readonly Picture[], { testShare, seed }: Splits): Picture[] {
  return byClass(pictures).flatMap((own) => byLot(own, ~seed).slice(0, Math.round(own.length * testShare)).map(({ picture }) => picture));
}

/** Shuffled so that every tail, however long, holds each class's share: the k-th of a class's n pictures stands near k / n of the way. */
function mixed(pictures: readonly Picture[], seed: number): Picture[] {
  const placed = byClass(pictures).flatMap((own) => byLot(own, seed).map(({ picture, lot }, k) => ({ picture, place: (k + lot) / own.length })));
  return placed.sort((a, b) => a.place - b.place).map(({ picture }) => picture);
}

/**
 * In the order of lots from 0 to 1. Each picture has its own, whatever happens to the others: one that is mended or excluded must not send those
 * that a model was tested on among those it learned from.
 */
function byLot(pictures: readonly Picture[], seed: number): { picture: Picture; lot: number }[] {
  // Times the golden ratio: neighbouring ids and seeds meet in no generator.
  const drawn = pictures.map((picture) => ({ picture, lot: new Random(seed ^ Math.imul(picture.id + 1, 0x9e3779b1)).next() }));
  return drawn.sort((a, b) => a.lot - b.lot);
}

function byClass(pictures: readonly Picture[]): Picture[][] {
  const classes = new Map<number, Picture[]>();
  for (const picture of pictures) {
    const own = classes.get(picture.class);
    if (own) own.push(picture);
    else classes.set(picture.class, [picture]);
  }
  return [...classes.values()];
}
