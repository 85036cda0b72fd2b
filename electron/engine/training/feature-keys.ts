/**
 * Keys of kept features: what the rows at a cut depend on, and nothing else. One pass over the network hashes input, layers and weights from
 * the bottom up; the state after a layer stands for all that lies below, so every cut has its key, and what changes above it changes no key.
 */
import { createHash } from 'node:crypto';
import type { Cut } from '../graph/cut';
import type { InputSpec } from '../graph/inference';
import { type Network, type Weights, weightKey } from '../model/layers';
import { tensorflowVersion } from '../runtime/tensorflow';

/** To be raised when the same layers come to be computed in another way: rows of different roundings do not mix. */
const ARITHMETIC = 2;

export class FeatureKeys {
  /** By layer: the hash of it and of all before it. */
  readonly #states: ReadonlyMap<string, string>;

  constructor(network: Network, weights: Weights, input: InputSpec) {
    const hash = createHash('sha1').update(JSON.stringify([ARITHMETIC, tensorflowVersion(), input]));
    this.#states = new Map(
      network.layers.map((layer) => {
        hash.update(JSON.stringify(layer));
        for (const spec of layer.weights) {
          const value = weights.get(weightKey(layer, spec));
          if (!value) throw new Error(`The weights have no ${weightKey(layer, spec)}.`);
          hash.update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
        }
        return [layer.name, hash.copy().digest('hex')];
      })
    );
  }

  /** @param variant which variant of the pictures the rows come from; '' for the pictures as they are */
  of(cut: Cut, variant = ''): string {
    const states = cut.crossing.map((layer) => this.#states.get(layer.name));
    return createHash('sha1').update(JSON.stringify([...states, variant])).digest('hex');
  }
}
