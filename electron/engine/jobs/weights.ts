/** Where the base's weights come from. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { TsugikiError } from '../../contract';
import type { JobContext } from '../context';
import { resourcesDirectory } from '../data/resources';
import { userCache } from '../data/user-cache';

/** The file name under which Keras keeps MobileNetV2 without top. */
const kerasName = (alpha: number): string => `mobilenet_v2_weights_tf_dim_ordering_tf_kernels_${alpha === 1 ? '1.0' : alpha}_224_no_top.h5`;

/** Folders looked through for Keras' weight files, first found wins: TSUGIKI_WEIGHTS, the user's cache, Keras' own. */
const folders = (): string[] => [...(process.env['TSUGIKI_WEIGHTS'] ? [resolve(process.env['TSUGIKI_WEIGHTS'])] : []), userCache('weights'), join(homedir(), '.keras', 'models')];

/** ImageNet weights of this alpha on this machine, or null. */
export function localImageNetWeights(alpha: number): string | null {
  const names = [kerasName(alpha), `mobilenet_v2_${alpha === 1 ? '1.0' : alpha}_224_no_top.h5`];
  return folders().flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path)) ?? null;
}

/** The embedded backbone, made by `npm run pretrain`; only alpha 0.35. */
export function embeddedWeights(alpha: number): string | null {
  const path = join(resourcesDirectory(), 'backbone', 'mobilenet_v2_0.35_64.h5');
  return alpha === 0.35 && existsSync(path) ? path : null;
}

/**
 * The weight file for a source, or null for random weights.
 * @throws TsugikiError weights_missing when neither ImageNet nor embedded weights of this alpha are at hand
 */
export async function findWeights(source: string, alpha: number, _context: JobContext): Promise<string | null> {
  if (source === 'random') return null;
  if (source !== 'auto') {
    if (existsSync(source)) return resolve(source);
    throw new TsugikiError('weights_not_found', `The weight file ${source} does not exist. Choose a Keras .h5 of MobileNetV2 without top.`, { path: source });
  }
  const found = localImageNetWeights(alpha) ?? embeddedWeights(alpha);
  if (found) return found;
  throw new TsugikiError(
    'weights_missing',
    `No pretrained weights for MobileNetV2 alpha ${alpha} are on this machine. Choose Keras' file ${kerasName(alpha)}, or alpha 0.35, whose backbone is built in.`,
    { alpha, file: kerasName(alpha) }
  );
}

/** What "auto" stands for on this machine, "imagenet" or "embedded"; any other source is its own name. */
export const weightsOrigin = (source: string, alpha: number): string => (source !== 'auto' ? source : localImageNetWeights(alpha) ? 'imagenet' : 'embedded');

/** The same source as Keras has it: "imagenet", "random", or the path of a file. Of what is not on this machine Keras knows where to get it. */
export const kerasWeights = (source: string, alpha: number): string => (source !== 'auto' ? source : localImageNetWeights(alpha) ? 'imagenet' : (embeddedWeights(alpha) ?? 'imagenet'));
