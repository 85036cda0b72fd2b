/** What every export format is made of: a writer, a reader to check it with, and what to say about it. */
import type { ExportFormat, Precision } from '../../contract';
import type { JobContext } from '../context';
import type { ImageSet } from '../data/dataset';
import { type Network, sizeOf } from '../model/layers';
import type { ModelMeta, TrainedModel } from '../model/model-folder';

/** What is written. */
export interface Wanted {
  /** Its weights answer as the app does: the temperature is in them. */
  readonly model: TrainedModel;
  readonly precision: Precision;
}

/** What a writer may use beside the model. */
export interface Surroundings {
  /** The person's own pictures, of the size that the model learned from: to find out what numbers flow through the network. */
  readonly pictures: ImageSet;
  readonly context: JobContext;
}

/** An export read back. */
export interface LoadedExport {
  /**
   * @param pixels 0..255, [count, size, size, 3] in row order, R G B; size: what the outlet `takes`
   * @returns probabilities, [count, classes] in row order
   */
  predict(pixels: Float32Array, count: number): Promise<Float32Array>;
  dispose(): void;
}

/** A program that uses the export, for its README. */
export interface Snippet {
  readonly language: string;
  readonly code: string;
}

export interface Outlet {
  readonly format: ExportFormat;
  /** What the folder is: "TensorFlow SavedModel". */
  readonly title: string;
  /** Which size of the model's the file takes: that of the pictures, when the network's own resize is inside. */
  readonly takes: 'imageSize' | 'inputSize';
  /** The reader, as the parity report names it; null for a reader of our own. */
  readonly checkedBy: string | null;
  /** Its reader takes milliseconds for a picture of 32 x 32: rounded, it is compared on fewer of them. */
  readonly isSlow?: boolean;
  /** Bytes of what `write` will write, within a fiftieth. */
  estimate(wanted: Wanted): number;
  /** Writes the model's own files into an existing directory and tells their names, with slashes. */
  write(wanted: Wanted, directory: string, surroundings: Surroundings): Promise<string[]>;
  load(directory: string, wanted: Wanted): Promise<LoadedExport>;
  snippets(meta: ModelMeta): readonly Snippet[];
  /** For the README, where it is not pixels that go in and numbers that come out. */
  readonly inAndOut?: readonly string[];
  /** More of that, in sentences. */
  readonly also?: readonly string[];
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

const countOf = (network: Network, counts: (name: string) => boolean): number =>
  network.layers.reduce((sum, { weights }) => weights.reduce((all, { name, shape }) => all + (counts(name) ? sizeOf(shape) : 0), sum), 0);

/** Numbers in all of a network's weights. */
export const weightCount = (network: Network): number => countOf(network, () => true);

/** Numbers in the kernels alone. */
export const kernelCount = (network: Network): number => countOf(network, (name) => name === 'kernel');

/** Numbers that a network keeps beside its kernels once batch norms are folded: one a channel that comes out. */
export const channelCount = (network: Network): number => countOf(network, (name) => name === 'bias' || name === 'beta');
