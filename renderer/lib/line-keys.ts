/** The keys that move the freeze line: arrows by a block, with Shift by a layer; Home and End to either end. */
import type { NetworkInfo, Phase } from '../../electron/contract';
import { baseLayers, linePosition, lineStops, trainableLayers, withLine } from './trainable';

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };

/** `trainableFrom` one layer further to the left (-1) or right (1). */
function byLayer(network: NetworkInfo, phase: Phase, step: number): string | null {
  const layers = baseLayers(network).filter((layer) => layer.trainableParameters > 0);
  const learning = trainableLayers(network, { ...phase, keepBatchNormFrozen: false });
  const first = layers.findIndex((layer) => learning.has(layer.name));
  const next = Math.max(0, (first < 0 ? layers.length : first) + step);
  return next === 0 ? 'all' : (layers[next]?.name ?? null);
}

/** @returns the phase with the line moved; null where it stands there already, undefined for any other key */
export function moveLine(network: NetworkInfo, phase: Phase, { key, shiftKey }: { key: string; shiftKey: boolean }): Phase | null | undefined {
  const step = STEPS[key];
  if (step === undefined && key !== 'Home' && key !== 'End') return undefined;
  const stops = lineStops(network);
  const position = linePosition(network, phase);
  const stop = key === 'Home' ? 0 : key === 'End' ? stops.length - 1 : step === -1 ? Math.ceil(position) - 1 : Math.floor(position) + 1;
  const from = step !== undefined && shiftKey ? byLayer(network, phase, step) : stops[Math.min(stops.length - 1, Math.max(0, stop))]!;
  return phase.trainable || from !== phase.trainableFrom ? withLine(phase, from) : null;
}
