import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { TsugikiError } from '../../electron/contract';
import { readPictures } from '../../electron/engine/data/read-pictures';
import { type Picture, readPicture } from '../../electron/engine/runtime/images';
import { Session } from '../../electron/engine/runtime/session';
import { type Colours, jpeg, plain, png, withOrientation } from './fixtures';

/** A slope of its own in every colour: a picture turned, mirrored or taken for another one shows. */
const slope = (width: number, height: number, seed: number): Colours => ({
  width,
  height,
  at: (x, y) => [(seed * 37 + (x * 200) / width) % 256, (y * 250) / height, (x * y * 3 + seed) % 256].map(Math.floor)
});
const many = <T>(count: number, make: (i: number) => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: count }, (_, i) => make(i)));

const run = vi.spyOn(Session.prototype, 'run');
beforeEach(() => void run.mockClear());

/** Largest difference from what `readPicture` makes of each file. */
function difference(files: readonly Uint8Array[], height: number, width: number): number {
  let largest = 0;
  readPictures(files, height, width).forEach((picture, i) => {
    const expected = readPicture(files[i]!, height, width);
    const { pixels, ...shape } = picture as Picture;
    expect([shape.height, shape.width, pixels.length], `file ${i}`).toEqual([height, width, height * width * 3]);
    pixels.forEach((value, j) => (largest = Math.max(largest, Math.abs(value - expected.pixels[j]!))));
  });
  return largest;
}

describe('readPictures', () => {
  it('makes of files of many sizes, at once, what is made of each alone', async () => {
    const files = [
      ...(await many(16, (i) => png(slope(20 + i, 50 - i, i)))),
      ...(await many(16, (i) => jpeg(slope(30 + i, 40, i)))),
      ...(await many(16, (i) => jpeg(slope(140 + 3 * i, 130, i))))
    ];
    expect(difference(files, 24, 31)).toBeLessThanOrEqual(1);
    expect(run).toHaveBeenCalledTimes(3);
  });

  it('turns them upright, whatever their shape', async () => {
    const files = await many(16, async (i) => withOrientation(await jpeg(slope(40, 24, i)), (i % 8) + 1, true));
    expect(difference(files, 12, 20)).toBeLessThanOrEqual(1);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('leaves those that fit as they are', async () => {
    const files = [...(await many(16, (i) => png(slope(32, 32, i)))), ...(await many(16, async (i) => withOrientation(await jpeg(slope(32, 32, i)), (i % 4) + 1, true)))];
    expect(difference(files, 32, 32)).toBe(0);
    expect(run).toHaveBeenCalledTimes(2);
  });

  it('reads what is left over and what the graph does not do one by one, in their order', async () => {
    const kinds = ['rgba.png', 'palette-alpha.png', 'transparent.gif', 'lossy.webp', 'rgb24.bmp', 'colour.avif'].map((name) => readFileSync(join(__dirname, '..', 'fixtures', 'pictures', name)));
    const pngs = await many(20, (i) => png(slope(9, 9, i)));
    const files = pngs.flatMap((file, i) => [file, ...kinds.slice(i, i + 1)]);
    expect(difference(files, 8, 8)).toBeLessThanOrEqual(1);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('gives the error of a damaged file in its place, and the others all the same', async () => {
    const files = await many(16, (i) => png(slope(9, 9, i)));
    const whole = files[5]!;
    files[5] = whole.subarray(0, whole.length - 30);
    files.push(Buffer.from('no picture'), await png(plain(9, 9, 1, 2, 3)));
    const pictures = readPictures(files, 8, 8);
    expect(pictures.flatMap((picture, i) => (picture instanceof TsugikiError ? [[i, picture.code]] : []))).toEqual([[5, 'picture_unreadable'], [16, 'picture_unreadable']]);
    expect(pictures[4]).toEqual(readPicture(files[4]!, 8, 8));
    expect([...(pictures[17] as Picture).pixels.subarray(0, 3)]).toEqual([1, 2, 3]);
  });
});
