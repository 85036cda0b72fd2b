/**
 * TensorFlow.js graph model: the folded inference graph in TensorFlow's own operations as JSON (GraphDef in protobuf's JSON form), its constants
 * as weights beside it. Runs faster than the layers model, and cannot train on.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Precision } from '../../contract';
import { type Attribute, type DType, Graph, type GraphShape, type Node, nameOf, type Tensor } from '../graph/graph';
import { FLOAT } from '../graph/operations/operation';
import type { ModelMeta } from '../model/model-folder';
import { tf } from '../runtime/tensorflow';
import { channelSizes, dividedBy } from './evened';
import { INPUT, OUTPUT } from './folded';
import { channelCount, kernelCount, type LoadedExport, type Outlet, type Wanted } from './outlet';
import { predicting } from './running';
import { KERNEL_BYTES, type NamedWeight, writeShards } from './tfjs-weights';

/** model.json, with nodes, their names and attributes; and bytes of a channel, which in uint8 has a size beside its bias. */
const GRAPH_BYTES: Partial<Record<Precision, number>> = { float32: 81e3, float16: 84e3, uint8: 116e3 };
const CHANNEL_BYTES: Partial<Record<Precision, number>> = { uint8: 7 };

const DTYPES: Partial<Record<DType, string>> = { float32: 'DT_FLOAT', int32: 'DT_INT32', bool: 'DT_BOOL' };

const shapeJson = (shape: GraphShape): object => ({ dim: shape.map((size) => ({ size: String(size ?? -1) })) });

function attributeJson(attribute: Attribute): object {
  if ('value' in attribute) return { tensor: { dtype: attribute.value instanceof Float32Array ? 'DT_FLOAT' : 'DT_INT32', tensorShape: shapeJson(attribute.shape) } };
  if ('type' in attribute) return { type: DTYPES[attribute.type] };
  if ('shape' in attribute) return { shape: shapeJson(attribute.shape) };
  if ('ints' in attribute) return { list: { i: attribute.ints.map(String) } };
  if ('s' in attribute) return { s: Buffer.from(attribute.s).toString('base64') };
  return 'i' in attribute ? { i: String(attribute.i) } : attribute;
}

const nodeJson = ({ name, op, inputs, attributes }: Node): object => ({
  name, op,
  input: inputs.map((input) => input.node.name),
  attr: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, attributeJson(value)]))
});

const tensorJson = (tensor: Tensor): object => ({ name: nameOf(tensor), dtype: DTYPES[tensor.dtype], tensorShape: shapeJson(tensor.shape) });

/** A kernel with channels of all sizes as one with channels of one size, times their sizes: under the name of the first, so that nothing else changes. */
function evenly(g: Graph, node: Node): Node[] {
  const value = node.attributes['value'];
  if (node.op !== 'Const' || !value || !('value' in value) || !(value.value instanceof Float32Array) || value.shape.length < 2) return [node];
  const shape = value.shape as number[];
  // Of a depthwise kernel, [k, k, channels, 1], the last but one.
  const own = shape[shape.length - 1] === 1 ? shape.slice(-2) : shape.slice(-1);
  const sizes = channelSizes(value.value, own[0] ?? 1);
  const [even, size] = [g.constant(dividedBy(value.value, sizes), shape, 'float32', `${node.name}/even`), g.constant(sizes, own, 'float32', `${node.name}/size`)];
  return [even.node, size.node, { ...node, op: 'Mul', inputs: [even, size], attributes: FLOAT }];
}

async function write({ model, precision }: Wanted, directory: string): Promise<string[]> {
  const { imageSize } = model.meta;
  const g = new Graph();
  const image = g.placeholder(INPUT, 'float32', [null, imageSize, imageSize, 3]);
  const probabilities = predicting(g, model, image);
  const read = new Set(g.nodes.flatMap(({ inputs }) => inputs.map(({ node }) => node)));
  const needed = g.nodes.filter((node) => node.op !== 'Const' || read.has(node));
  const nodes = precision === 'uint8' ? needed.flatMap((node) => evenly(g, node)) : needed;
  const weights = nodes.flatMap(({ name, attributes }): NamedWeight[] => {
    const value = attributes['value'];
    return value && 'value' in value ? [{ name, shape: value.shape as number[], values: value.value }] : [];
  });
  const { names, manifest } = await writeShards(directory, weights, precision);
  const description = {
    format: 'graph-model',
    generatedBy: 'Tsugiki',
    convertedBy: null,
    userDefinedMetadata: { ...model.meta },
    signature: { inputs: { [INPUT]: tensorJson(image) }, outputs: { [OUTPUT]: tensorJson(probabilities) } },
    modelTopology: { node: nodes.map(nodeJson), library: {}, versions: {} },
    weightsManifest: manifest
  };
  await writeFile(join(directory, 'model.json'), JSON.stringify(description));
  return ['model.json', ...names];
}

async function load(directory: string, { model: { meta } }: Wanted): Promise<LoadedExport> {
  const model = await tf.loadGraphModel(tf.io.fileSystem(join(directory, 'model.json')));
  return {
    predict: async (pixels, count) => tf.tidy(() => Float32Array.from((model.predict(tf.tensor4d(pixels, [count, meta.imageSize, meta.imageSize, 3])) as tf.Tensor).dataSync())),
    dispose: () => model.dispose()
  };
}

const snippet = ({ imageSize }: ModelMeta): string => `
<script src="https://cdn.jsdelivr.net/npm/@tensorflow/tfjs@4.22.0"></script>
<input type="file" accept="image/*" onchange="classify(this.files[0])"> <output id="answer"></output>
<script>
  const ready = Promise.all([tf.loadGraphModel('model.json'), fetch('labels.json').then((r) => r.json())]);
  async function classify(file) {
    const [model, labels] = await ready;
    const picture = await createImageBitmap(file, { resizeWidth: ${imageSize}, resizeHeight: ${imageSize}, resizeQuality: 'high' });
    const probabilities = tf.tidy(() => model.predict(tf.browser.fromPixels(picture).toFloat().expandDims()).dataSync());
    const best = probabilities.indexOf(Math.max(...probabilities));
    document.getElementById('answer').textContent = labels[best] + ' ' + (100 * probabilities[best]).toFixed(1) + ' %';
  }
</script>
<!-- Serve this folder: npx http-server, then open the page there; a browser does not fetch from file:// -->`;

export const tfjsGraph: Outlet = {
  format: 'tfjs_graph',
  title: 'TensorFlow.js graph model',
  takes: 'imageSize',
  checkedBy: 'tf.loadGraphModel',
  estimate: ({ model: { network }, precision }) => (KERNEL_BYTES[precision] ?? 4) * kernelCount(network) + (CHANNEL_BYTES[precision] ?? 4) * channelCount(network) + (GRAPH_BYTES[precision] ?? 0),
  write,
  load,
  snippets: (meta) => [{ language: 'html', code: snippet(meta) }]
};
