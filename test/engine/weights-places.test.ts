/** Which weights "auto" takes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { localImageNetWeights } from '../../electron/engine/jobs/weights';

const NAME = 'mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5';
let root: string;

function put(folder: string, name = NAME): string {
  mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, folder, name), '');
  return join(root, folder, name);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tsugiki-weights-'));
  vi.stubEnv('HOME', root);
  vi.stubEnv('USERPROFILE', root);
  vi.stubEnv('TSUGIKI_CACHE', join(root, 'cache'));
  vi.stubEnv('TSUGIKI_WEIGHTS', join(root, 'given'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

it('are those of TSUGIKI_WEIGHTS, then of the cache, then of Keras, of the alpha asked for', () => {
  expect(localImageNetWeights(1)).toBeNull();
  const ofKeras = put('.keras/models');
  expect(localImageNetWeights(1)).toBe(ofKeras);
  const cached = put('cache/weights');
  expect(localImageNetWeights(1)).toBe(cached);
  const given = put('given', 'mobilenet_v2_1.0_224_no_top.h5');
  expect(localImageNetWeights(1)).toBe(given);
  expect(localImageNetWeights(0.5)).toBeNull();
});
