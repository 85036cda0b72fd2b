/** Which layers a phase trains. */
import { type Phase, TsugikiError } from '../../contract';
import type { Layer, Network } from './layers';

/**
 * Names of all layers with weights that train in a phase. The head always does.
 *
 * Keras: `layer.trainable = …` on each layer of the base; a batch norm that is not in the set runs in inference mode.
 * @throws TsugikiError unknown_layer
 */
export function trainableLayers(network: Network, phase: Pick<Phase, 'trainableFrom' | 'trainable' | 'keepBatchNormFrozen'>): Set<string> {
  const chosen = phase.trainable ? pickLayers(network, phase.trainable) : layersFrom(network, phase.trainableFrom);
  const trains = (layer: Layer): boolean =>
    layer.part === 'head' || (chosen.has(layer.name) && !(phase.keepBatchNormFrozen && layer.type === 'BatchNormalization'));
  return new Set(network.layers.filter((layer) => layer.weights.length > 0 && trains(layer)).map((layer) => layer.name));
}

function layersFrom(network: Network, start: string | null): Set<string> {
  if (start === null) return new Set();
  const from = start === 'all' ? 0 : indexOf(network, start, 'trainableFrom');
  return new Set(network.layers.slice(from).map((layer) => layer.name));
}

function pickLayers(network: Network, names: readonly string[]): Set<string> {
  names.forEach((name) => indexOf(network, name, 'trainable'));
  return new Set(names);
}

function indexOf(network: Network, name: string, setting: string): number {
  const index = network.layers.findIndex((layer) => layer.name === name);
  if (index >= 0) return index;
  const nearest = nearestName(name, network.layers.map((layer) => layer.name));
  throw new TsugikiError('unknown_layer', `${setting} names the layer "${name}", which ${network.name} does not have. Did you mean "${nearest}"?`, { setting, layer: name, nearest });
}

function nearestName(name: string, names: readonly string[]): string {
  const distances = names.map((other) => editDistance(name.toLowerCase(), other.toLowerCase()));
  return names[distances.indexOf(Math.min(...distances))] ?? '';
}

/** Levenshtein's: letters to insert, delete or replace. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
