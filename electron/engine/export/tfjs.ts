/** TensorFlow.js layers model: `model.json` in Keras' vocabulary and the weights in shards of at most 4 MiB. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Layer } from '../model/layers';
import { weightKey } from '../model/layers';
import type { ModelMeta, TrainedModel } from '../model/model-folder';
import { tf } from '../runtime/tensorflow';
import { kerasModel } from './keras-config';
import { type LoadedExport, type Outlet, type Wanted, weightCount } from './outlet';

/** Small enough for any web server's cache; what tfjs' own converter uses. */
const SHARD_BYTES = 4 * 1024 * 1024;
/** model.json. */
const TOPOLOGY_BYTES = 95e3;

interface ManifestEntry {
  name: string;
  shape: number[];
  dtype: 'float32';
}

/** Differs from Keras 3: there every kernel is "kernel"; tfjs-layers keeps Keras 2's "depthwise_kernel". */
const tfjsWeightName = (layer: Layer, name: string): string =>
  layer.type === 'DepthwiseConv2D' && name === 'kernel' ? `${layer.name}/depthwise_kernel` : `${layer.name}/${name}`;

/** All weights one after the other, and what lies where. */
function packWeights({ network, weights }: TrainedModel): { manifest: ManifestEntry[]; bytes: Uint8Array } {
  const manifest: ManifestEntry[] = [];
  const parts: Uint8Array[] = [];
  for (const layer of network.layers) {
    for (const spec of layer.weights) {
      const values = weights.get(weightKey(layer, spec));
      if (!values) throw new Error(`The model has no weight ${weightKey(layer, spec)}.`);
      manifest.push({ name: tfjsWeightName(layer, spec.name), shape: [...spec.shape], dtype: 'float32' });
      parts.push(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    }
  }
  return { manifest, bytes: Buffer.concat(parts) };
}

const shardName = (index: number, count: number): string => `group1-shard${index + 1}of${count}.bin`;

async function write({ model }: Wanted, directory: string): Promise<string[]> {
  const { manifest, bytes } = packWeights(model);
  const count = Math.max(1, Math.ceil(bytes.byteLength / SHARD_BYTES));
  const shards = Array.from({ length: count }, (_, index) => shardName(index, count));
  const description = {
    format: 'layers-model',
    generatedBy: 'Tsugiki',
    convertedBy: null,
    userDefinedMetadata: { ...model.meta },
    modelTopology: { keras_version: '2.15.0', backend: 'tensorflow', model_config: kerasModel(model.network, { scale: model.meta.scale, imageSize: model.meta.inputSize }) },
    weightsManifest: [{ paths: shards, weights: manifest }]
  };
  const files: [string, string | Uint8Array][] = [
    ['model.json', JSON.stringify(description)],
    ...shards.map((name, index): [string, Uint8Array] => [name, bytes.subarray(index * SHARD_BYTES, (index + 1) * SHARD_BYTES)])
  ];
  for (const [name, content] of files) await writeFile(join(directory, name), content);
  return files.map(([name]) => name);
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
  estimate: ({ model }) => 4 * weightCount(model.network) + TOPOLOGY_BYTES,
  write,
  load,
  snippets: (meta) => [{ language: 'html', code: snippet(meta) }]
};
