/** Pictures as training will see them: augmentation shown before anything is trained. */
import type { Augmentation } from '../../contract';
import type { ImageSet } from '../data/dataset';
import { Augmenter, batchRandom, drawAugmentation, drawMixup, mix, pictureRandom } from '../training/augmentation';

/**
 * `count` variants of each picture: those of the first `count` epochs, or the kept ones. With mixup the pictures shown are mixed among
 * themselves; in training each finds its partner in its batch.
 * @param positions places of the pictures in the set they are trained from
 * @returns bytes [positions.length, count, height, width, 3]
 */
export function augmentPictures(set: ImageSet, positions: readonly number[], augmentation: Augmentation, seed: number, count: number): Uint8Array {
  const { height, width } = set;
  const size = height * width * 3;
  const chosen = new Uint8Array(positions.length * size);
  positions.forEach((position, i) => chosen.set(set.pixels.subarray(position * size, (position + 1) * size), i * size));
  const shown = new Uint8ClampedArray(positions.length * count * size); // rounds to nearest
  const augmenter = Augmenter.compile(augmentation, height, width);
  try {
    for (let variant = 0; variant < count; variant++) {
      const parameters = drawAugmentation(augmentation, positions.length, (i) => pictureRandom(seed, variant, positions[i] as number));
      const pictures = mix(augmenter.run(chosen, positions.length, parameters), drawMixup(augmentation.mixup, positions.length, batchRandom(seed, variant, 0)));
      positions.forEach((_, i) => shown.set(pictures.subarray(i * size, (i + 1) * size), (i * count + variant) * size));
    }
  } finally {
    augmenter.dispose();
  }
  return new Uint8Array(shown.buffer);
}
