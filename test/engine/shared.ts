/** The data and records that lie beside a checkout, and the word said when they do not. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(__dirname, '..', '..', '..', 'shared');
export const CIFAR = resolve(root, 'data/cifar-10-batches-bin');
export const WEIGHTS = resolve(root, 'data/weights/mobilenet_v2_1.0_224_no_top.h5');
export const PHOTOS = resolve(root, 'data/photos');
export const PARITY = resolve(root, 'reference/parity');

export const hasShared = existsSync(CIFAR) && existsSync(WEIGHTS) && existsSync(PARITY);
if (!hasShared) console.warn('skipped: no shared data (CIFAR-10, ImageNet weights, Keras records)');

export const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
