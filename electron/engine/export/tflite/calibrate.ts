/** Between which numbers each step's output lies, on the person's own pictures: what an int8 has to reach from and to. */
import { type ImageSet, sliceImages } from '../../data/dataset';
import { Graph, nameOf, type Tensor } from '../../graph/graph';
import { constants, pixelInput } from '../../graph/inference';
import { buildNetwork } from '../../graph/network';
import { FLOAT } from '../../graph/operations/operation';
import { encodeSavedModel } from '../../graph/saved-model';
import type { TrainedModel } from '../../model/model-folder';
import { Session } from '../../runtime/session';
import { resizePixels } from '../parity';
import type { Surroundings } from '../outlet';
import type { Step } from '../folded';

/** More say no more. */
const PICTURES = 200;
const BATCH = 20;

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** @returns the range of each step that is a layer's output, or the logits, by name */
export async function ranges({ network, weights, meta }: TrainedModel, steps: readonly Step[], { pictures, context }: Surroundings): Promise<Map<string, Range>> {
  const g = new Graph();
  const { pixels, given } = pixelInput(g, network, meta);
  const outputs = buildNetwork(g, network, { given, weight: constants(g, weights) });
  const watched = steps.flatMap(({ name }) => {
    const output = outputs.get(name);
    return output ? [{ name, ends: [extreme(g, 'Min', output), extreme(g, 'Max', output)] }] : [];
  });
  const session = new Session(encodeSavedModel(g));
  const found = new Map<string, Range>();
  try {
    for (const batch of batches(pictures)) {
      await context.breathe();
      const { imageSize } = meta;
      const feed = { name: nameOf(pixels), shape: [batch.count, imageSize, imageSize, 3], data: resizePixels(batch.pixels, batch.count, batch, imageSize) };
      const ends = session.run([feed], watched.flatMap((one) => one.ends.map(nameOf)));
      watched.forEach(({ name }, i) => {
        const [min, max] = [ends[2 * i]?.[0] ?? 0, ends[2 * i + 1]?.[0] ?? 0];
        const before = found.get(name);
        found.set(name, { min: Math.min(min, before?.min ?? min), max: Math.max(max, before?.max ?? max) });
      });
    }
  } finally {
    session.dispose();
  }
  return found;
}

/** Taken evenly from the whole set: pictures often lie class by class. */
function* batches(pictures: ImageSet): Generator<ImageSet> {
  const runs = Math.ceil(Math.min(PICTURES, pictures.count) / BATCH);
  for (let i = 0; i < runs; i++) {
    const from = Math.floor((i * pictures.count) / runs);
    yield sliceImages(pictures, from, Math.min(from + BATCH, pictures.count));
  }
}

const extreme = (g: Graph, op: 'Min' | 'Max', x: Tensor): Tensor =>
  g.tensor(op, { inputs: [x, g.ints(x.shape.map((_, axis) => axis))], attributes: { ...FLOAT, Tidx: { type: 'int32' }, keep_dims: { b: false } }, outputs: [['float32', []]] });
