/** Where a network is cut: below, everything is frozen and runs once a picture; above, it trains. */
import type { Layer, Network } from '../model/layers';

export interface Cut {
  /** Layers whose outputs cross the cut, in network order; the input layer alone when nothing can be cached. */
  readonly crossing: readonly Layer[];
  /** Numbers a picture that have to be kept. */
  readonly size: number;
  /** True when nothing lies below: the tail starts at the pixels. */
  readonly atInput: boolean;
}

/** The highest cut that leaves every trainable layer above it. */
export function cutBelow(network: Network, trainable: ReadonlySet<string>): Cut {
  // Layers without weights just below the lowest trainable one are frozen too, and cheap to keep below; dropout differs from step to step.
  const lowest = network.layers.findIndex((layer) => (trainable.has(layer.name) && layer.weights.length > 0) || layer.type === 'Dropout');
  return cutAt(network, lowest < 0 ? network.layers.length - 1 : lowest);
}

/** The cut just before the layer at `index`. */
export function cutAt(network: Network, index: number): Cut {
  const below = new Set(network.layers.slice(0, index).map((layer) => layer.name));
  const crossingNames = new Set(network.layers.slice(index).flatMap((layer) => layer.inputs.filter((name) => below.has(name))));
  const crossing = network.layers.filter((layer) => crossingNames.has(layer.name));
  const size = crossing.reduce((sum, layer) => sum + layer.outputShape.reduce((product, n) => product * n, 1), 0);
  return { crossing, size, atInput: crossing.every((layer) => layer.type === 'InputLayer') };
}

/** The cut that keeps nothing: the pixels themselves. */
export const cutAtInput = (network: Network): Cut => cutAt(network, 1);

/** The layers below a cut, those that cross it among them. */
export function layersBelow(network: Network, { crossing }: Cut): readonly Layer[] {
  return network.layers.slice(0, 1 + Math.max(...crossing.map((layer) => network.layers.indexOf(layer))));
}

/** The cuts between the input and `cut`, from the highest down: what is kept at one of them can be taken further. */
export function cutsBelow(network: Network, cut: Cut): Cut[] {
  const top = layersBelow(network, cut).length - 1;
  return Array.from({ length: top }, (_, i) => cutAt(network, top - i)).filter((lower) => !lower.atInput);
}
