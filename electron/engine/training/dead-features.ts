/** Features that see nothing: at a small input size much of what the frozen part was trained to see is not there. */
import type { Cut } from '../graph/cut';
import { sizeOf } from '../model/layers';
import type { EpochExamples } from './phase-examples';

/** Pictures that are looked at. */
const LOOKED_AT = 512;

/** Share of the channels that cross the cut and are 0 everywhere in all of the first training pictures; null where nothing lies below the cut. */
export function deadFeatures(cut: Cut, training: EpochExamples): number | null {
  if (cut.atInput) return null;
  const count = Math.min(LOOKED_AT, training.count);
  const { examples } = training.gather(Int32Array.from({ length: count }, (_, i) => i), 0);
  let [channels, dead, first] = [0, 0, 0];
  for (const { outputShape } of cut.crossing) {
    const size = sizeOf(outputShape);
    const depth = outputShape[outputShape.length - 1] as number;
    const alive = new Uint8Array(depth);
    for (let picture = 0; picture < count; picture++) {
      // Channels come last in a layer's output.
      const at = picture * cut.size + first;
      for (let i = 0; i < size; i++) if (examples[at + i] !== 0) alive[i % depth] = 1;
    }
    channels += depth;
    dead += alive.reduce((sum, lives) => sum + 1 - lives, 0);
    first += size;
  }
  return dead / channels;
}
