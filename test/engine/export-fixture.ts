/** A small trained-looking model: random weights, but alive in every layer, so that its answers differ from picture to picture. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Scale } from '../../electron/contract';
import type { ImageSet } from '../../electron/engine/data/dataset';
import { initialWeights } from '../../electron/engine/model/initial-weights';
import { type ModelMeta, networkOf, type TrainedModel } from '../../electron/engine/model/model-folder';
import { Random } from '../../electron/engine/model/random';

export function smallModel({ inputSize = 32, imageSize = 32, scale = '0..1' as Scale, classes = 4, temperature = 1, threshold = null as number | null } = {}): TrainedModel {
  const meta: ModelMeta = {
    backbone: 'MobileNetV2', alpha: 0.35, inputSize, imageSize, scale, head: [{ units: 16, activation: 'relu' }],
    classNames: Array.from({ length: classes }, (_, i) => `class "${i}" ü`),
    temperature, threshold,
    trained: { data: 'Test pictures', testAccuracy: 0.5, date: '2026-01-02T03:04:05.000Z' }
  };
  const network = networkOf(meta);
  const weights = initialWeights(network, 1);
  const random = new Random(2);
  const alive: Record<string, () => number> = {
    // Gains near 1: larger ones would amplify rounding from block to block.
    gamma: () => 0.8 + 0.4 * random.next(), beta: () => random.next() - 0.3, moving_mean: () => 0.2 * (random.next() - 0.5), moving_variance: () => 0.07 + 0.07 * random.next(), bias: () => 0.2 * (random.next() - 0.5)
  };
  for (const [key, values] of weights) {
    const draw = alive[key.split('/')[1] ?? ''];
    if (draw) weights.set(key, values.map(draw));
  }
  // A decided head: small differences between pictures show in the probabilities.
  const last = weights.get('dense_1/kernel');
  if (last) weights.set('dense_1/kernel', last.map((value) => 4 * value));
  return { network, weights, meta };
}

/** Pictures with structure: a disc of one colour on a ground of another. */
export function discs(count: number, size: number): ImageSet {
  const random = new Random(3);
  const pixels = new Uint8Array(count * size * size * 3);
  let at = 0;
  for (let i = 0; i < count; i++) {
    const colours = Array.from({ length: 6 }, () => Math.floor(random.next() * 256));
    const [x, y, radius] = [random.next() * size, random.next() * size, (random.next() * size) / 2];
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        const inside = Math.hypot(column - x, row - y) < radius ? 3 : 0;
        for (let channel = 0; channel < 3; channel++) pixels[at++] = colours[inside + channel] as number;
      }
    }
  }
  return { count, height: size, width: size, pixels, labels: Int32Array.from({ length: count }, (_, i) => i % 4) };
}

/** Names of all files in a folder and the folders in it, with slashes, sorted. */
export function filesBelow(directory: string): string[] {
  const names = readdirSync(directory, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(directory, entry.name)).map((name) => `${entry.name}/${name}`) : [entry.name]
  );
  return names.sort();
}
