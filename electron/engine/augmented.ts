/** A project's own pictures beside what augmentation makes of them. */
import type { Augmented, AugmentRequest } from '../contract';
import type { JobContext } from './context';
import type { ProjectDataset } from './data/project-dataset';
import { augmentPictures } from './jobs/augment';

/** Training pictures from all over the set, each beside its first variants. */
export async function augmented(dataset: ProjectDataset, { augmentation, pictures, variants }: AugmentRequest, context: JobContext): Promise<Augmented> {
  const set = await dataset.spread(pictures, context);
  const bytes = set.height * set.width * 3;
  const changed = augmentPictures(set, Array.from({ length: set.count }, (_, i) => i), augmentation, 0, variants);
  const pixels = new Uint8Array(set.count * (1 + variants) * bytes);
  for (let i = 0; i < set.count; i++) {
    const at = i * (1 + variants) * bytes;
    pixels.set(set.pixels.subarray(i * bytes, (i + 1) * bytes), at);
    pixels.set(changed.subarray(i * variants * bytes, (i + 1) * variants * bytes), at + bytes);
  }
  return { size: set.height, variants, pixels, labels: [...set.labels] };
}
