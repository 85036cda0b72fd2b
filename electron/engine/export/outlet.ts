/** What every export format is made of: a writer, and a reader that is not ours to check it with. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExportFormat } from '../../contract';
import type { Network } from '../model/layers';
import type { TrainedModel } from '../model/model-folder';

/** What all outlets take: pixels 0..255 as float32, [n, inputSize, inputSize, 3], row order, R G B; and give: [n, classes]. */
export interface LoadedExport {
  /** Probabilities, [count, classes] in row order. */
  predict(pixels: Float32Array, count: number): Promise<Float32Array>;
  dispose(): void;
}

export interface Outlet {
  readonly format: ExportFormat;
  /** Writes the model's files into an existing directory and tells their names. */
  write(model: TrainedModel, directory: string): Promise<string[]>;
  /** Loads what was written with the format's own reader. */
  load(directory: string, model: TrainedModel): Promise<LoadedExport>;
  /** The reader, as the parity report names it: "tf.loadLayersModel". */
  readonly checkedBy: string;
}

/** The pixels' way into the network's range: x * scale + offset. */
export const rescaling = (scale: '0..1' | '-1..1'): { scale: number; offset: number } =>
  scale === '0..1' ? { scale: 1 / 255, offset: 0 } : { scale: 1 / 127.5, offset: -1 };

/** `wanted`, or `wanted_1`, `wanted_2` ... when the network already has a layer of that name. */
export function freeName(network: Network, wanted: string): string {
  const taken = new Set(network.layers.map((layer) => layer.name));
  let name = wanted;
  for (let i = 1; taken.has(name); i++) name = `${wanted}_${i}`;
  return name;
}

export const fileSizes = (directory: string, names: readonly string[]): Promise<{ name: string; bytes: number }[]> =>
  Promise.all(names.map(async (name) => ({ name, bytes: (await stat(join(directory, name))).size })));
