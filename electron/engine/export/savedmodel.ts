/** TensorFlow SavedModel: the folded inference graph with its weights as constants, signature "serving_default". */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inferenceSavedModel } from '../graph/inference';
import type { ModelMeta } from '../model/model-folder';
import { tf } from '../runtime/tensorflow';
import { type LoadedExport, type Outlet, type Wanted, weightCount } from './outlet';

const FILE = 'saved_model.pb';
/** Nodes, their names and attributes. */
const GRAPH_BYTES = 50e3;

async function write({ model: { network, weights, meta } }: Wanted, directory: string): Promise<string[]> {
  await writeFile(join(directory, FILE), inferenceSavedModel(network, weights, meta));
  return [FILE];
}

const pythonSnippet = ({ imageSize }: ModelMeta): string => `
import json, tensorflow as tf
model = tf.saved_model.load(".").signatures["serving_default"]
labels = json.load(open("labels.json", encoding="utf-8"))
picture = tf.cast(tf.io.decode_image(tf.io.read_file("picture.jpg"), channels=3, expand_animations=False), tf.float32)
picture = tf.round(tf.image.resize(picture, (${imageSize}, ${imageSize}), antialias=True))
probabilities = model(image=picture[None])["probabilities"][0].numpy()
print(labels[probabilities.argmax()], probabilities.max())`;

const nodeSnippet = ({ imageSize }: ModelMeta): string => `
const tf = require('@tensorflow/tfjs-node');
const fs = require('fs');
(async () => {
  const model = await tf.node.loadSavedModel(__dirname);
  const labels = JSON.parse(fs.readFileSync('labels.json', 'utf8'));
  let picture = tf.node.decodeImage(fs.readFileSync('picture.jpg'), 3, 'int32', false).toFloat();
  const blocks = picture.shape.slice(0, 2).map((size) => Math.max(1, Math.floor(size / ${imageSize}))); // average before shrinking
  picture = tf.avgPool(picture, blocks, blocks, 'same').resizeBilinear([${imageSize}, ${imageSize}], false, true);
  const { probabilities } = model.predict({ image: picture.expandDims() });
  const values = probabilities.dataSync();
  const best = values.indexOf(Math.max(...values));
  console.log(labels[best], values[best]);
})();`;

async function load(directory: string, { model: { meta } }: Wanted): Promise<LoadedExport> {
  const model = await tf.node.loadSavedModel(directory, ['serve'], 'serving_default');
  return {
    predict: async (pixels, count) =>
      tf.tidy(() => {
        const image = tf.tensor4d(pixels, [count, meta.imageSize, meta.imageSize, 3]);
        const { probabilities } = model.predict({ image }) as tf.NamedTensorMap;
        if (!probabilities) throw new Error('The SavedModel gave no output "probabilities".');
        return Float32Array.from(probabilities.dataSync());
      }),
    dispose: () => model.dispose()
  };
}

export const savedmodel: Outlet = {
  format: 'savedmodel',
  title: 'TensorFlow SavedModel',
  takes: 'imageSize',
  checkedBy: 'tf.node.loadSavedModel',
  estimate: ({ model }) => 4 * weightCount(model.network) + GRAPH_BYTES,
  write,
  load,
  snippets: (meta) => [
    { language: 'python', code: pythonSnippet(meta) },
    { language: 'js', code: nodeSnippet(meta) }
  ]
};
