/** TensorFlow SavedModel: the folded inference graph with its weights as constants; signatures "serving_default", of pixels, and "serving_bytes", of a picture file. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Graph, type Tensor } from '../graph/graph';
import { resizeToBytes } from '../graph/operations/picture';
import { cast, reshapeTo } from '../graph/operations/shapes';
import { encodeSavedModel } from '../graph/saved-model';
import type { ModelMeta } from '../model/model-folder';
import { tf } from '../runtime/tensorflow';
import { channelCount, kernelCount, type LoadedExport, type Outlet, type Wanted } from './outlet';
import { predicting } from './running';

const FILE = 'saved_model.pb';
/** Nodes, their names and attributes. */
const GRAPH_BYTES = 38e3;

async function write({ model }: Wanted, directory: string): Promise<string[]> {
  const { imageSize } = model.meta;
  const g = new Graph();
  const bytes = g.placeholder('image_bytes', 'string', []);
  // Pictures are what the file's bytes show, until somebody brings the pixels themselves: one network serves both.
  const image = g.tensor('PlaceholderWithDefault', { name: 'image', inputs: [decoded(g, bytes, imageSize)], attributes: { dtype: { type: 'float32' }, shape: { shape: [null, imageSize, imageSize, 3] } }, outputs: [['float32', [null, imageSize, imageSize, 3]]] });
  const probabilities = predicting(g, model, image);
  const signatures = { serving_default: { inputs: { image }, outputs: { probabilities } }, serving_bytes: { inputs: { image_bytes: bytes }, outputs: { probabilities } } };
  await writeFile(join(directory, FILE), encodeSavedModel(g, signatures));
  return [FILE];
}

/** A JPEG, PNG, BMP or GIF file as the app would see it. @returns [1, size, size, 3], whole numbers 0..255 */
function decoded(g: Graph, bytes: Tensor, size: number): Tensor {
  const picture = g.tensor('DecodeImage', { inputs: [bytes], attributes: { channels: { i: 3 }, dtype: { type: 'uint8' }, expand_animations: { b: false } }, outputs: [['uint8', [null, null, 3]]] });
  return cast(g, reshapeTo(g, resizeToBytes(g, picture, g.ints([size, size])), [1, size, size, 3]), 'float32');
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
  estimate: ({ model: { network } }) => 4 * (kernelCount(network) + channelCount(network)) + GRAPH_BYTES,
  write,
  load,
  also: [
    'The signature `serving_bytes` takes `image_bytes`, the bytes of one JPEG, PNG, BMP or GIF file, and shrinks the picture itself.',
    'TensorFlow reads no EXIF: a photograph that the camera only noted as turned is seen lying on its side, by `serving_bytes` and by `decode_image` alike. Turn it upright before, as `python/classify.py` does.'
  ],
  snippets: (meta) => [
    { language: 'python', code: pythonSnippet(meta) },
    { language: 'js', code: nodeSnippet(meta) }
  ]
};
