/** Real pictures for what judges pictures: CIFAR-10's where they lie beside the checkout, and the sample's, which always do. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ImageSet } from '../../electron/engine/data/dataset';
import { decodePicture, type Picture, resizePicture } from '../../electron/engine/runtime/images';
import { CIFAR } from './shared';

const SAMPLE = resolve(__dirname, '..', '..', 'resources', 'sample');

/** The first pictures of a batch of CIFAR-10, 32 x 32. */
export function cifar(count: number, file = 'data_batch_1.bin'): ImageSet {
  const bytes = readFileSync(join(CIFAR, file));
  const pixels = new Uint8Array(count * 3072);
  for (let i = 0; i < count; i++) for (let at = 0; at < 3072; at++) pixels[i * 3072 + at] = bytes[i * 3073 + 1 + (at % 3) * 1024 + Math.floor(at / 3)]!;
  return { count, height: 32, width: 32, pixels, labels: Int32Array.from({ length: count }, (_, i) => bytes[i * 3073]!) };
}

/** The first training pictures of the sample that comes with the app, and how many classes it has. */
export function sample(count: number): { set: ImageSet; classes: number } {
  const { classNames, size, train } = JSON.parse(readFileSync(join(SAMPLE, 'labels.json'), 'utf8')) as { classNames: string[]; size: number; train: number[] };
  const pack = readFileSync(join(SAMPLE, 'train.jpg-pack'));
  const pixels = new Uint8Array(count * size * size * 3);
  for (let i = 0, at = 0; i < count; i++) {
    const length = pack.readUInt32LE(at);
    pixels.set(decodePicture(pack.subarray(at + 4, at + 4 + length)).pixels, i * size * size * 3);
    at += 4 + length;
  }
  return { set: { count, height: size, width: size, pixels, labels: Int32Array.from(train.slice(0, count)) }, classes: classNames.length };
}

/** One picture of a set. */
export function pictureOf({ pixels, height, width }: ImageSet, i: number): Picture {
  return { height, width, pixels: pixels.subarray(i * height * width * 3, (i + 1) * height * width * 3) };
}

/** RGB [size, size, 3] */
export const thumbnail = (picture: Picture, size: number): Uint8Array => resizePicture(picture, size, size).pixels;
