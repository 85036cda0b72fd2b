/** What trains in a phase, and what that means in numbers. Follows Keras: moving statistics never train, the head always does. */
import type { BlockInfo, LayerInfo, NetworkInfo, Phase } from '../../electron/contract';

export type BlockState = 'frozen' | 'partly' | 'learning';

export interface Counts {
  trainable: number;
  frozen: number;
  /** Share of the multiply-adds of one picture that lie below the lowest trainable layer: computed once, then kept. */
  saved: number;
}

const hasTrainable = (layer: LayerInfo): boolean => layer.trainableParameters > 0;

/** The backbone's layers in Keras' order. */
export const baseLayers = (network: NetworkInfo): LayerInfo[] =>
  network.blocks.filter((block) => block.part === 'base').flatMap((block) => block.layers);

/** Names of the layers that train in this phase, head included. */
export function trainableLayers(network: NetworkInfo, phase: Phase): Set<string> {
  const base = baseLayers(network);
  const chosen = new Set(phase.trainable);
  const first = phase.trainableFrom === 'all' ? 0 : base.findIndex((layer) => layer.name === phase.trainableFrom);
  const learns = (layer: LayerInfo, index: number): boolean => {
    if (phase.keepBatchNormFrozen && layer.type === 'BatchNormalization') return false;
    return phase.trainable ? chosen.has(layer.name) : first >= 0 && index >= first;
  };
  const head = network.blocks.filter((block) => block.part === 'head').flatMap((block) => block.layers);
  return new Set([...base.filter((layer, index) => hasTrainable(layer) && learns(layer, index)), ...head.filter(hasTrainable)].map((layer) => layer.name));
}

export function countWeights(network: NetworkInfo, phase: Phase): Counts {
  const learning = trainableLayers(network, phase);
  const layers = network.blocks.flatMap((block) => block.layers);
  let trainable = 0;
  let all = 0;
  let operations = 0;
  let kept: number | null = null;
  for (const layer of layers) {
    if (learning.has(layer.name)) {
      trainable += layer.trainableParameters;
      kept ??= operations;
    }
    all += layer.parameters;
    operations += layer.multiplyAdds;
  }
  return { trainable, frozen: all - trainable, saved: operations > 0 ? (kept ?? operations) / operations : 0 };
}

export function blockState(block: BlockInfo, learning: ReadonlySet<string>): BlockState {
  const own = block.layers.filter(hasTrainable);
  const on = own.filter((layer) => learning.has(layer.name)).length;
  if (on === 0) return 'frozen';
  return on === own.length ? 'learning' : 'partly';
}

const withoutList = (phase: Phase): Phase => {
  const { trainable: _, ...rest } = phase;
  return rest;
};

/** The phase with everything from `from` on trainable (null: base frozen). */
export const withLine = (phase: Phase, from: string | null): Phase => ({ ...withoutList(phase), trainableFrom: from });

/**
 * The phase with single layers switched on or off. Becomes a plain freeze line again as soon as the choice is one.
 * `names` are layers of the base.
 */
export function withLayers(network: NetworkInfo, phase: Phase, names: readonly string[], on: boolean): Phase {
  const base = baseLayers(network).filter(hasTrainable);
  // Batch norms kept frozen stay in the list: the switch and the choice of layers are two things.
  const chosen = trainableLayers(network, { ...phase, keepBatchNormFrozen: false });
  for (const name of names) {
    if (on) chosen.add(name);
    else chosen.delete(name);
  }
  const list = base.filter((layer) => chosen.has(layer.name));
  const first = base.findIndex((layer) => chosen.has(layer.name));
  if (first < 0) return withLine(phase, null);
  if (list.length === base.length - first) return withLine(phase, first === 0 ? 'all' : base[first]!.name);
  return { ...phase, trainableFrom: null, trainable: list.map((layer) => layer.name) };
}

/** Where the freeze line may stand between blocks: before block i stands `from` of stop i; after the last, null. */
export function lineStops(network: NetworkInfo): (string | null)[] {
  const blocks = network.blocks.filter((block) => block.part === 'base');
  return [...blocks.map((block, index) => (index === 0 ? 'all' : (block.layers.find(hasTrainable)?.name ?? null))), null];
}

/** Place before a layer, in blocks from the left: 13.5 is the middle of the fourteenth. Its first layer that can learn begins a block. */
const placeOf = (index: number, { layers }: BlockInfo, layer: number): number => (layers.findIndex(hasTrainable) === layer ? index : index + layer / layers.length);

/** Place of the line; behind the last block when the whole base is frozen. */
export function linePosition(network: NetworkInfo, phase: Phase): number {
  const learning = trainableLayers(network, { ...phase, keepBatchNormFrozen: false });
  const blocks = network.blocks.filter((block) => block.part === 'base');
  for (const [index, block] of blocks.entries()) {
    const first = block.layers.findIndex((layer) => learning.has(layer.name));
    if (first >= 0) return placeOf(index, block, first);
  }
  return blocks.length;
}

/** A place where the line may stand, and the phase's `trainableFrom` there. */
export interface Stop {
  readonly from: string | null;
  readonly position: number;
}

/** All places between blocks, and those inside of the block that is opened, from the left. */
export function stopsWithin(network: NetworkInfo, opened: string | null): Stop[] {
  const between = lineStops(network).map((from, position) => ({ from, position }));
  const index = network.blocks.findIndex((block) => block.name === opened && block.part === 'base');
  const block = network.blocks[index];
  if (!block) return between;
  const inside = block.layers.flatMap((layer, i) => (hasTrainable(layer) ? [{ from: layer.name, position: placeOf(index, block, i) }] : []));
  return [...between, ...inside.slice(1)].sort((a, b) => a.position - b.position);
}

/** The output map of a block: [height, width, channels] or [units]. */
export const outputOf = (block: BlockInfo): readonly number[] => block.layers.at(-1)?.outputShape ?? [];

/** Share of each block in the multiply-adds of one picture. */
export function computingShares(network: NetworkInfo): number[] {
  const own = network.blocks.map((block) => block.layers.reduce((sum, layer) => sum + layer.multiplyAdds, 0));
  const all = own.reduce((sum, operations) => sum + operations, 0);
  return own.map((operations) => operations / all);
}

/** Runs of a block's layers that learn, as shares of its width: [0, 1] for all of it. A layer without weights goes with the one before it. */
export function learningRuns(block: BlockInfo, learning: ReadonlySet<string>): { from: number; to: number }[] {
  const { layers } = block;
  const first = layers.findIndex(hasTrainable);
  const runs: { from: number; to: number }[] = [];
  let on = first >= 0 && learning.has(layers[first]!.name);
  for (const [index, layer] of layers.entries()) {
    if (hasTrainable(layer)) on = learning.has(layer.name);
    if (!on) continue;
    const last = runs.at(-1);
    if (last && last.to === index) last.to = index + 1;
    else runs.push({ from: index, to: index + 1 });
  }
  return runs.map(({ from, to }) => ({ from: from / layers.length, to: to / layers.length }));
}

export const parametersOf = (block: BlockInfo): number => block.layers.reduce((sum, layer) => sum + layer.parameters, 0);
