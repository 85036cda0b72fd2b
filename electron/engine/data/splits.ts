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
    train: splits.order === 'shuffled' ? mixed(train, new Random(splits.seed)) : train,
    validation: used.filter(({ part }) => part === 'validation'),
    test: used.filter((picture) => (picture.part === null ? drawn.has(picture) : picture.part === 'test'))
  };
}

/** `testShare` of each class. Another stream than the order's, so that neither follows from the other. */
function drawTest(pictures: readonly Picture[], { testShare, seed }: Splits): Picture[] {
  const random = new Random(~seed);
  return byClass(pictures).flatMap((own) => random.shuffle(own).slice(0, Math.round(own.length * testShare)));
}

/** Shuffled so that every tail, however long, holds each class's share: the k-th of a class's n pictures stands near k / n of the way. */
function mixed(pictures: readonly Picture[], random: Random): Picture[] {
  const placed = byClass(pictures).flatMap((own) => random.shuffle(own).map((picture, k) => ({ picture, place: (k + random.next()) / own.length })));
  return placed.sort((a, b) => a.place - b.place).map(({ picture }) => picture);
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
