/** TensorFlow SavedModel: the folded inference graph with its weights as constants, signature "serving_default". */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inferenceSavedModel } from '../graph/inference';
import type { ModelMeta, TrainedModel } from '../model/model-folder';
import { tf } from '../runtime/tensorflow';
import type { LoadedExport, Outlet } from './outlet';
import { labelsJson, readme } from './readme';

async function write(model: TrainedModel, directory: string): Promise<string[]> {
  const { inputSize, scale } = model.meta;
  const files: [string, string | Uint8Array][] = [
    // The resize from the stored size stays outside: whoever calls it has pictures of their own size.
    ['saved_model.pb', inferenceSavedModel(model.network, model.weights, { imageSize: inputSize, inputSize, scale })],
    ['labels.json', labelsJson(model.meta)],
    [
      'README.md',
      readme(model.meta, 'TensorFlow SavedModel', [
        { language: 'python', code: pythonSnippet(model.meta) },
        { language: 'js', code: nodeSnippet(model.meta) }
      ])
    ]
  ];
  for (const [name, content] of files) await writeFile(join(directory, name), content);
  return files.map(([name]) => name);
}

const pythonSnippet = ({ imageSize, inputSize }: ModelMeta): string => `
import json, tensorflow as tf
model = tf.saved_model.load(".").signatures["serving_default"]
labels = json.load(open("labels.json", encoding="utf-8"))
picture = tf.cast(tf.io.decode_image(tf.io.read_file("picture.jpg"), channels=3, expand_animations=False), tf.float32)
picture = tf.round(tf.image.resize(picture, (${imageSize}, ${imageSize}), antialias=True))
${imageSize === inputSize ? '' : `picture = tf.image.resize(picture, (${inputSize}, ${inputSize}))\n`}probabilities = model(image=picture[None])["probabilities"][0].numpy()
print(labels[probabilities.argmax()], probabilities.max())`;

const nodeSnippet = ({ imageSize, inputSize }: ModelMeta): string => `
const tf = require('@tensorflow/tfjs-node');
const fs = require('fs');
(async () => {
  const model = await tf.node.loadSavedModel(__dirname);
  const labels = JSON.parse(fs.readFileSync('labels.json', 'utf8'));
  let picture = tf.node.decodeImage(fs.readFileSync('picture.jpg'), 3, 'int32', false).toFloat();
  const blocks = picture.shape.slice(0, 2).map((size) => Math.max(1, Math.floor(size / ${imageSize}))); // average before shrinking
  picture = tf.avgPool(picture, blocks, blocks, 'same').resizeBilinear([${imageSize}, ${imageSize}], false, true);
${imageSize === inputSize ? '' : `  picture = picture.resizeBilinear([${inputSize}, ${inputSize}], false, true);\n`}  const { probabilities } = model.predict({ image: picture.expandDims() });
  const values = probabilities.dataSync();
  const best = values.indexOf(Math.max(...values));
  console.log(labels[best], values[best]);
})();`;

async function load(directory: string, { meta }: TrainedModel): Promise<LoadedExport> {
  const model = await tf.node.loadSavedModel(directory, ['serve'], 'serving_default');
  return {
    predict: async (pixels, count) =>
      tf.tidy(() => {
        const image = tf.tensor4d(pixels, [count, meta.inputSize, meta.inputSize, 3]);
        const { probabilities } = model.predict({ image }) as tf.NamedTensorMap;
        if (!probabilities) throw new Error('The SavedModel gave no output "probabilities".');
        return Float32Array.from(probabilities.dataSync());
      }),
    dispose: () => model.dispose()
  };
}

export const savedmodel: Outlet = { format: 'savedmodel', write, load, checkedBy: 'tf.node.loadSavedModel' };
