/** Opens the sets that are one file or a few: the sample, CIFAR-10 and CIFAR-100, and idx files as MNIST's. */
import { stat } from 'node:fs/promises';
import { type DataSource, TsugikiError } from '../../contract';
import type { JobContext } from '../context';
import { recogniseCifar } from './cifar';
import { recogniseIdx } from './idx';
import type { PackedOpener, PackedSet } from './packed';
import { locateReadyMade } from './ready-made';
import { openSample } from './sample';

/**
 * @throws TsugikiError data_not_found, data_not_understood; sample_damaged, cifar_damaged and the like; those of a download; StoppedError
 */
export async function openPacked(source: DataSource, context: JobContext): Promise<PackedSet> {
  if (source.kind === 'sample') return openSample();
  const path = source.kind === 'cifar10' || source.kind === 'cifar100' ? await locateReadyMade(source.kind, context) : source.path;
  if (!(await stat(path).catch(() => null))) {
    throw new TsugikiError('data_not_found', `${path} does not exist or may not be read. Choose another folder or file.`, { path });
  }
  const open = await recognise(path);
  if (!open) {
    throw new TsugikiError('data_not_understood', `${path} is not a data set of packed pictures: looked for CIFAR-10, CIFAR-100 and idx files as MNIST's. Choose one of these, or a folder of pictures.`, { path });
  }
  return open(context);
}

/** Whether `openPacked` knows what lies there; costs a look at names and first bytes. */
export const isPackedPath = async (path: string): Promise<boolean> => (await recognise(path).catch(() => null)) !== null;

/** idx files first: a .gz by itself is no archive. */
const recognise = async (path: string): Promise<PackedOpener | null> => (await recogniseIdx(path)) ?? (await recogniseCifar(path));
