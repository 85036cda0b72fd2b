/** TensorFlow.js layers model: `model.json` in Keras' vocabulary and the weights beside it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Precision } from '../../contract';
import type { Layer } from '../model/layers';
import { weightKey } from '../model/layers';
import type { ModelMeta, TrainedModel } from '../model/model-folder';
import { tf } from '../runtime/tensorflow';
import { evened } from './evened';
import { kerasModel } from './keras-config';
import { kernelCount, type LoadedExport, type Outlet, type Wanted, weightCount } from './outlet';
import { KERNEL_BYTES, type NamedWeight, writeShards } from './tfjs-weights';

/** model.json: rounded weights say how they are rounded. */
const TOPOLOGY_BYTES: Partial<Record<Precision, number>> = { float32: 93e3, float16: 97e3, uint8: 104e3 };

/** Differs from Keras 3: there every kernel is "kernel"; tfjs-layers keeps Keras 2's "depthwise_kernel". */
const tfjsWeightName = (layer: Layer, name: string): string =>
  layer.type === 'DepthwiseConv2D' && name === 'kernel' ? `${layer.name}/depthwise_kernel` : `${layer.name}/${name}`;

const namedWeights = ({ network, weights }: TrainedModel): NamedWeight[] =>
  network.layers.flatMap((layer) =>
    layer.weights.map((spec) => {
      const values = weights.get(weightKey(layer, spec));
      if (!values) throw new Error(`The model has no weight ${weightKey(layer, spec)}.`);
      return { name: tfjsWeightName(layer, spec.name), shape: spec.shape, values };
    })
  );

async function write({ model, precision }: Wanted, directory: string): Promise<string[]> {
  const { names, manifest } = await writeShards(directory, namedWeights(precision === 'uint8' ? { ...model, weights: evened(model) } : model), precision);
  const description = {
    format: 'layers-model',
    generatedBy: 'Tsugiki',
    convertedBy: null,
    userDefinedMetadata: { ...model.meta },
    modelTopology: { keras_version: '2.15.0', backend: 'tensorflow', model_config: kerasModel(model.network, { scale: model.meta.scale, imageSize: model.meta.inputSize }) },
    weightsManifest: manifest
  };
  await writeFile(join(directory, 'model.json'), JSON.stringify(description));
  return ['model.json', ...names];
}

/** A whole page: choose a picture, read its class. */
const snippet = ({ imageSize, inputSize }: ModelMeta): string => `
<script src="https://cdn.jsdelivr.net/npm/@tensorflow/tfjs@4.22.0"></script>
<input type="file" accept="image/*" onchange="classify(this.files[0])"> <output id="answer"></output>
<script>
  const ready = Promise.all([tf.loadLayersModel('model.json'), fetch('labels.json').then((r) => r.json())]);
  async function classify(file) {
    const [model, labels] = await ready;
    const picture = await createImageBitmap(file, { resizeWidth: ${imageSize}, resizeHeight: ${imageSize}, resizeQuality: 'high' });
    const probabilities = tf.tidy(() => {
      const pixels = tf.browser.fromPixels(picture).toFloat()${imageSize === inputSize ? '' : `.resizeBilinear([${inputSize}, ${inputSize}], false, true)`};
      return model.predict(pixels.expandDims()).dataSync();
    });
    const best = probabilities.indexOf(Math.max(...probabilities));
    document.getElementById('answer').textContent = labels[best] + ' ' + (100 * probabilities[best]).toFixed(1) + ' %';
  }
</script>
<!-- Serve this folder: npx http-server, then open the page there; a browser does not fetch from file:// -->`;

async function load(directory: string, { model: { meta } }: Wanted): Promise<LoadedExport> {
  // tfjs-node's file:// does not decode %20; the handler takes the path as it is.
  const model = await tf.loadLayersModel(tf.io.fileSystem(join(directory, 'model.json')));
  return {
    predict: async (pixels, count) =>
      tf.tidy(() => {
        const output = model.predict(tf.tensor4d(pixels, [count, meta.inputSize, meta.inputSize, 3])) as tf.Tensor;
        return Float32Array.from(output.dataSync());
      }),
    dispose: () => model.dispose()
  };
}

export const tfjs: Outlet = {
  format: 'tfjs',
  title: 'TensorFlow.js layers model',
  // tfjs' own Resizing layer puts pixels elsewhere: it aligns corners.
  takes: 'inputSize',
  checkedBy: 'tf.loadLayersModel',
  isSlow: true,
  estimate: ({ model: { network }, precision }) => {
    const kernels = kernelCount(network);
    return (KERNEL_BYTES[precision] ?? 4) * kernels + 4 * (weightCount(network) - kernels) + (TOPOLOGY_BYTES[precision] ?? 0);
  },
  write,
  load,
  snippets: (meta) => [{ language: 'html', code: snippet(meta) }]
};
