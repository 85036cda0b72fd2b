/** LiteRT (TensorFlow Lite), `model.tflite`: for phones and small boards. With numbers of 32, 16 or 8 bits. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Precision } from '../../contract';
import type { ModelMeta } from '../model/model-folder';
import { fold, INPUT, OUTPUT, type Step } from './folded';
import { channelCount, kernelCount, type LoadedExport, type Outlet, type Surroundings, type Wanted } from './outlet';
import { buildTflite } from './tflite/build';
import { corrected, measureFlow } from './tflite/calibrate';
import { readTflite } from './tflite/reader';
import { encodeTflite, type TfliteModel } from './tflite/schema';
import { snippets } from './tflite/snippets';

const FILE = 'model.tflite';
/** Bytes of a kernel's number; of a channel: its bias, and its scales and zero points of 4 and 8 bytes; of tensors and operations. */
const BYTES: Partial<Record<Precision, { kernels: number; channels: number; graph: number }>> = {
  float32: { kernels: 4, channels: 4, graph: 21e3 }, float16: { kernels: 2, channels: 2, graph: 32e3 }, dynamic: { kernels: 1, channels: 16, graph: 32e3 }, int8: { kernels: 1, channels: 28, graph: 27e3 }
};

async function write({ model, precision }: Wanted, directory: string, surroundings: Surroundings): Promise<string[]> {
  const { network, weights, meta } = model;
  const steps = fold(network, weights, meta);
  const build = precision === 'int8' ? await buildInt8(steps, meta, surroundings) : buildTflite(steps, precision, meta.scale, null);
  await writeFile(join(directory, FILE), encodeTflite(build, { input: INPUT, output: OUTPUT }));
  return [FILE];
}

async function buildInt8(steps: readonly Step[], { scale, inputSize }: ModelMeta, surroundings: Surroundings): Promise<TfliteModel> {
  const flow = await measureFlow(buildTflite(steps, 'float32', scale, null), inputSize, surroundings);
  return corrected(buildTflite(steps, 'int8', scale, flow.ranges), flow);
}

const load = async (directory: string): Promise<LoadedExport> => readTflite(await readFile(join(directory, FILE)));

export const tflite: Outlet = {
  format: 'tflite',
  title: 'LiteRT (TensorFlow Lite) model',
  takes: 'imageSize',
  checkedBy: null,
  estimate: ({ model: { network }, precision }) => {
    const { kernels, channels, graph } = BYTES[precision] ?? { kernels: 4, channels: 4, graph: 0 };
    return kernels * kernelCount(network) + channels * channelCount(network) + graph;
  },
  write,
  load,
  snippets
};
