/**
 * What a phase will cost, before it is run. The shape of the estimate comes from the network and from what our own steps were measured to
 * take (docs/performance.md, "How our own cost grows"); what this machine has shown scales it.
 */
import type { NetworkInfo, Phase, Recipe } from '../../electron/contract';
import { bytesKept, cutOf, keepingOf, layersOf, numbersIn, rowsOf, type Pictures } from './keeping';
import { trainableLayers } from './trainable';

/**
 * Seconds on the machine of docs/performance.md, fitted to its epochs at every place of the freeze line and at 32 to 224 px: of each step, of each
 * layer with weights in it, of each multiply-add of a picture, of each number that a layer gives out. Largest error 19 %, and 12 % for most.
 */
const STEP = 1.2e-3;
const LAYER = 1.8e-4;
const MULTIPLY_ADD = 3.2e-11;
const NUMBER = 1.43e-9;
/** Forward only, batch norm folded in, beside forward and back. */
const FORWARD = 1 / 6;
/** Until a phase's first step: its graphs are built and optimized. */
const COMPILING = 1.2;
const FLOAT = 4;

export interface Cost {
  /** Once, before the first epoch: what is kept, and compiling. */
  secondsBefore: number;
  secondsPerEpoch: number;
  /** Pictures or features kept at hand, weights with their gradients and Adam's two moments, and the maps of one batch. */
  bytes: number;
}

/** What was measured of a phase on this machine, beside what was reckoned for it. */
export interface Measurement {
  readonly alpha: number;
  readonly inputSize: number;
  /** Reckoned seconds an epoch. */
  readonly reckoned: number;
  /** Measured seconds an epoch, for each second reckoned. */
  readonly ratio: number;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/**
 * As the machine of docs/performance.md would do it.
 * @param network at the phase's input size
 */
export function reckon(network: NetworkInfo, recipe: Recipe, phase: Phase, pictures: Pictures): Cost {
  const learning = trainableLayers(network, phase);
  const layers = layersOf(network);
  const { index } = cutOf(network, learning);
  const keeping = keepingOf(network, phase, pictures);
  const once = keeping === 'kept' || keeping === 'variants';
  const secondsOf = (part: typeof layers): number => sum(part.map((layer) => MULTIPLY_ADD * layer.multiplyAdds + NUMBER * numbersIn(layer.outputShape)));
  const below = FORWARD * secondsOf(layers.slice(0, index));
  const tail = layers.slice(index);
  const above = secondsOf(tail);
  const forward = once ? 0 : below;
  const { training, validation, test } = pictures;
  const steps = Math.ceil(training / recipe.batchSize);
  // Pixels are kept as bytes; features as floats.
  const room = once ? bytesKept(network, phase, pictures) : 3 * network.inputSize ** 2 * (training + validation + test);
  const maps = sum((once ? tail : layers).map((layer) => numbersIn(layer.outputShape)));
  const weights = sum(tail.map((layer) => (learning.has(layer.name) ? layer.trainableParameters : 0)));
  return {
    secondsBefore: COMPILING + (once ? below * rowsOf(phase, pictures) : 0),
    secondsPerEpoch: steps * (STEP + LAYER * tail.filter((layer) => layer.parameters > 0).length) + training * (above + forward) + validation * (FORWARD * above + forward),
    bytes: room + FLOAT * (4 * weights + 2 * maps * recipe.batchSize)
  };
}

/**
 * How much slower than reckoned this machine is at a phase: between the two phases of the same network that were measured nearest to it;
 * else as it was on other networks; 1 where nothing has been measured.
 */
export function ratioAt(measurements: readonly Measurement[], { alpha, inputSize }: { alpha: number; inputSize: number }, reckoned: number): number {
  const own = measurements.filter((measured) => measured.alpha === alpha && measured.inputSize === inputSize).sort((a, b) => a.reckoned - b.reckoned);
  if (own.length === 0) {
    const logs = measurements.map(({ ratio }) => Math.log(ratio));
    return logs.length === 0 ? 1 : Math.exp(sum(logs) / logs.length);
  }
  const next = own.findIndex((measured) => measured.reckoned >= reckoned);
  const above = own[next] ?? own.at(-1)!;
  const below = own[next - 1] ?? (next === 0 ? own[0]! : own.at(-1)!);
  if (above.reckoned === below.reckoned) return above.ratio;
  const way = Math.log(reckoned / below.reckoned) / Math.log(above.reckoned / below.reckoned);
  return below.ratio ** (1 - way) * above.ratio ** way;
}
