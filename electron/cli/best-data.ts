/** The data that `train` takes when nobody says: CIFAR-10 when it is on this machine, else the sample that comes with the app. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from '../contract';
import { findReadyMade } from '../engine/data/ready-made';

/** What `keras.datasets.cifar10.load_data()` leaves behind, in its older and newer layouts. */
const KERAS_COPIES = ['cifar-10-batches-py-target', 'cifar-10-batches-py', 'cifar-10-batches-py.tar.gz'];

/** Where CIFAR-10 lies on this machine: our own cache (or TSUGIKI_DATA), else Keras'; null when nowhere. */
export const localCifar10 = async (): Promise<string | null> =>
  (await findReadyMade('cifar10')) ?? KERAS_COPIES.map((name) => join(homedir(), '.keras', 'datasets', name)).find((path) => existsSync(path)) ?? null;

export async function bestDataAtHand(): Promise<DataSource> {
  const path = await localCifar10();
  return path === null ? { kind: 'sample' } : { kind: 'path', path };
}
