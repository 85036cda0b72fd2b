/**
 * ONNX, `model.onnx`. Pictures come in as they lie in memory, [n, height, width, 3]; one Transpose brings them into ONNX' own order, channels first,
 * in which all else is written. onnx/docs/Operators.md.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesOf } from '../data/bytes-of';
import type { ModelMeta } from '../model/model-folder';
import { filtersFirst } from './channels-first';
import { fold, INPUT, OUTPUT, type Step, type StepOf } from './folded';
import { type AttributeValues, attributes, encodeOnnx, FLOAT, INT64, type OnnxModel, type OnnxNode, type OnnxTensor, valueInfo } from './onnx-proto';
import { readOnnx } from './onnx-reader';
import { channelCount, kernelCount, type LoadedExport, type Outlet, type Wanted } from './outlet';

const FILE = 'model.onnx';
/** Of May 2024: onnxruntime reads it from 1.18 on. */
const OPSET = 21;
const IR_VERSION = 10;
/** Nodes and their names. */
const GRAPH_BYTES = 20e3;

class Writer {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxTensor[] = [];

  node(op_type: string, input: string[], output: string, values: AttributeValues = {}): string {
    this.nodes.push({ name: output, op_type, input, output: [output], attribute: attributes(values) });
    return output;
  }

  floats(name: string, dims: readonly number[], values: Float32Array): string {
    return this.#tensor(name, dims, FLOAT, values);
  }

  ints(name: string, values: readonly number[]): string {
    return this.#tensor(name, [values.length], INT64, BigInt64Array.from(values, BigInt));
  }

  #tensor(name: string, dims: readonly number[], data_type: number, values: Float32Array | BigInt64Array): string {
    this.initializers.push({ name, dims: [...dims], data_type, raw_data: bytesOf(values) });
    return name;
  }
}

/** One step as nodes; the last one's output is called after the step. */
function put(w: Writer, step: Step, { outputShape: [, , channels = 0] }: Pick<Step, 'outputShape'>): void {
  const { name, inputs, outputShape } = step;
  const [x = '', other = ''] = inputs;
  switch (step.op) {
    case 'image':
      return;
    case 'rescale': {
      const scaled = w.node('Mul', [x, w.floats(`${name}/scale`, [], Float32Array.of(step.scale))], `${name}/scaled`);
      const shifted = step.offset === 0 ? scaled : w.node('Add', [scaled, w.floats(`${name}/offset`, [], Float32Array.of(step.offset))], `${name}/shifted`);
      w.node('Transpose', [shifted], name, { perm: { ints: [0, 3, 1, 2] } });
      return;
    }
    case 'resize': {
      const [height = 0, width = 0] = outputShape;
      // Sizes alone: neither a region nor scales. The batch is left as it comes, so only height and width are named.
      const sizes = w.ints(`${name}/sizes`, [height, width]);
      w.node('Resize', [x, '', '', sizes], name, { axes: { ints: [2, 3] }, mode: { s: 'linear' }, coordinate_transformation_mode: { s: 'half_pixel' } });
      return;
    }
    case 'conv':
      return convolution(w, step, [step.outputShape[2] ?? 0, channels], 1);
    case 'depthwise':
      return convolution(w, step, [channels, 1], channels);
    case 'add':
      w.node('Add', [x, other], name);
      return;
    case 'mean':
      w.node('Flatten', [w.node('GlobalAveragePool', [x], `${name}/pooled`)], name);
      return;
    case 'dense': {
      const { values, bias, activation } = step;
      const kernel = w.floats(`${name}/kernel`, [values.length / bias.length, bias.length], values);
      const product = activation === 'linear' ? name : `${name}/product`;
      w.node('Gemm', [x, kernel, w.floats(`${name}/bias`, [bias.length], bias)], product);
      if (activation !== 'linear') w.node('Relu', [product], name);
      return;
    }
    case 'softmax':
      w.node('Softmax', [x], name, { axis: { i: -1 } });
  }
}

function convolution(w: Writer, step: StepOf<'conv'> | StepOf<'depthwise'>, [filters, depth]: [filters: number, depth: number], group: number): void {
  const { name, inputs, values, bias, kernelSize, strides, pads, activation } = step;
  const [[top, bottom], [left, right]] = pads;
  const kernel = w.floats(`${name}/kernel`, [filters, depth, kernelSize, kernelSize], filtersFirst(values, kernelSize ** 2, depth, filters));
  const sums = activation === 'linear' ? name : `${name}/sums`;
  w.node('Conv', [...inputs, kernel, w.floats(`${name}/bias`, [filters], bias)], sums, {
    kernel_shape: { ints: [kernelSize, kernelSize] }, strides: { ints: [strides, strides] }, pads: { ints: [top, left, bottom, right] }, group: { i: group }
  });
  if (activation === 'relu') w.node('Relu', [sums], name);
  if (activation === 'relu6') w.node('Clip', [sums, once(w, 'zero', 0), once(w, 'six', 6)], name);
}

/** A number that many nodes share. */
const once = (w: Writer, name: string, value: number): string => (w.initializers.some((tensor) => tensor.name === name) ? name : w.floats(name, [], Float32Array.of(value)));

async function write({ model: { network, weights, meta } }: Wanted, directory: string): Promise<string[]> {
  const steps = fold(network, weights, meta);
  const w = new Writer();
  const byName = new Map(steps.map((step) => [step.name, step]));
  for (const step of steps) put(w, step, byName.get(step.inputs[0] ?? '') ?? step);
  const { imageSize, classNames, threshold } = meta;
  const model: OnnxModel = {
    ir_version: IR_VERSION,
    producer_name: 'Tsugiki',
    opset_import: [{ domain: '', version: OPSET }],
    graph: {
      name: network.name, node: w.nodes, initializer: w.initializers,
      input: [valueInfo(INPUT, ['n', imageSize, imageSize, 3])],
      output: [valueInfo(OUTPUT, ['n', classNames.length])]
    },
    metadata_props: [
      { key: 'labels', value: JSON.stringify(classNames) },
      { key: 'threshold', value: JSON.stringify(threshold) }
    ]
  };
  await writeFile(join(directory, FILE), encodeOnnx(model));
  return [FILE];
}

const load = async (directory: string): Promise<LoadedExport> => readOnnx(await readFile(join(directory, FILE)));

const pythonSnippet = ({ imageSize }: ModelMeta): string => `
import json, numpy as np, onnxruntime
from PIL import Image
session = onnxruntime.InferenceSession("${FILE}")
labels = json.load(open("labels.json", encoding="utf-8"))
picture = Image.open("picture.jpg").convert("RGB").resize((${imageSize}, ${imageSize}), Image.BILINEAR)
probabilities = session.run(None, {"${INPUT}": np.asarray(picture, "float32")[None]})[0][0]
print(labels[probabilities.argmax()], probabilities.max())`;

export const onnx: Outlet = {
  format: 'onnx',
  title: 'ONNX model',
  takes: 'imageSize',
  checkedBy: null,
  estimate: ({ model: { network } }) => 4 * (kernelCount(network) + channelCount(network)) + GRAPH_BYTES,
  write,
  load,
  snippets: (meta) => [{ language: 'python', code: pythonSnippet(meta) }]
};
