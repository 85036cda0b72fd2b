/** The numbers of each step in the files that our writers write from `fold`, or from the graph that the app runs. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Scale } from '../../../contract';
import { constantsOf } from '../../graph/saved-model';
import { decodeCoreml } from '../coreml/proto';
import { constantOf as coremlConstant } from '../coreml/reader';
import { decodeOnnx } from '../onnx-proto';
import { filtersLast } from '../channels-first';
import { constantOf } from '../onnx-reader';
import { madeGood, PIXELS } from '../tflite/build';
import { numbers } from '../tflite/reader';
import { decodeTflite, TYPES } from '../tflite/schema';
import type { StepWeights } from './folded-weights';
import type { Stored } from './operations';

export const FOLDED: Readonly<Record<string, (path: string, scale: Scale) => Promise<StepWeights>>> = {
  '.onnx': async (path) => onnx(await readFile(path)),
  '.tflite': async (path, scale) => tflite(await readFile(path), scale),
  '.mlmodel': async (path) => coreml(await readFile(path), await readFile(join(dirname(path), 'weights', 'weight.bin'))),
  '.pb': async (path) => inOrder(constantsOf(await readFile(path)))
};

/** @throws Error that names what the file lacks */
function needed<T>(found: ReadonlyMap<string, T>, name: string): T {
  const value = found.get(name);
  if (value === undefined) throw new Error(`it has no ${name}`);
  return value;
}

function onnx(bytes: Uint8Array): StepWeights {
  const { graph } = decodeOnnx(bytes);
  const tensors = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  const floats = (name: string): Float32Array => Float32Array.from(constantOf(needed(tensors, name)).values);
  return ({ name, op }) => {
    const [filters = 0, depth = 0, height = 1, width = 1] = needed(tensors, `${name}/kernel`).dims;
    const kernel = floats(`${name}/kernel`);
    return { values: op === 'dense' ? kernel : filtersLast(kernel, filters, depth, height * width), bias: floats(`${name}/bias`) };
  };
}

/** Numbers of 8 bits are what they stand for. */
function tflite(bytes: Uint8Array, scale: Scale): StepWeights {
  const { tensors, input } = decodeTflite(bytes);
  const inBytes = tensors[input]?.type !== TYPES.float32;
  const constants = new Map(tensors.filter(({ data }) => data).map((tensor) => [tensor.name.replace(/\/half$/, ''), tensor]));
  return ({ name, op }, index) => {
    const stored = numbers(needed(constants, `${name}/kernel`));
    const bias = numbers(needed(constants, `${name}/bias`));
    const filters = bias.length;
    // Of a depthwise kernel the channels are last already.
    const values = op === 'depthwise' ? stored : filtersLast(stored, filters, stored.length / filters, 1);
    // There the bias makes good what the bytes of the pixels cannot say; here they are whole.
    return { values, bias: inBytes && index === 0 ? madeGood(bias, { values, channelOf: (place) => place % filters }, -PIXELS[scale].shift) : bias };
  };
}

/** A program's operations with weights stand in the steps' order. */
function coreml(bytes: Uint8Array, weights: Uint8Array): StepWeights {
  const { operations } = decodeCoreml(bytes);
  const constants = new Map(operations.map(({ outputs: [output], attributes }) => [output?.name ?? '', attributes['val']]));
  const weighted = operations.filter(({ inputs }) => inputs['weight'] && inputs['bias']);
  return ({ name }, index) => {
    const found = (key: string) => {
      const [binding] = weighted[index]?.inputs[key]?.arguments ?? [];
      if (!binding || !('name' in binding)) throw new Error(`it has no ${key} for ${name}`);
      return coremlConstant(needed(constants, binding.name), weights);
    };
    const { shape: [filters = 0, depth = 0, height = 1, width = 1], values } = found('weight');
    return { values: filtersLast(values, filters, depth, height * width), bias: Float32Array.from(found('bias').values) };
  };
}

/** A kernel in 8 bits stands in two parts there, numbers of one size and the size of each channel; the channel varies fastest. */
export function wholeKernels(constants: ReadonlyMap<string, Stored>): Stored[] {
  return [...constants].filter(([name]) => !name.endsWith('/size')).map(([name, kernel]) => {
    if (!name.endsWith('/even')) return kernel;
    const sizes = needed(constants, name.replace(/even$/, 'size')).values;
    return { ...kernel, values: kernel.values.map((value, i) => value * (sizes[i % sizes.length] ?? NaN)) };
  });
}

/** Constants of the graph that the app runs: of each step one kernel and one bias, step after step, behind those of the entrance. */
export function inOrder(constants: readonly Stored[]): StepWeights {
  const [kernels, biases] = [constants.filter(({ shape }) => shape.length > 1), constants.filter(({ shape }) => shape.length === 1)];
  return ({ name }, index, count) => {
    const [kernel, bias] = [kernels[kernels.length - count + index], biases[biases.length - count + index]];
    if (!kernel || !bias) throw new Error(`it has no numbers for ${name}`);
    return { values: kernel.values, bias: bias.values };
  };
}
