// The model in TensorFlow.js.
import { join } from 'node:path';
import tf from '@tensorflow/tfjs-node';

/** @returns a function: pixels 0..255 [n, size, size, 3] -> probabilities [n, classes]. Scaling is inside the model. */
export async function load(folder) {
  const model = await tf.loadGraphModel(tf.io.fileSystem(join(folder, 'model.json')));
  return (pixels) => model.predict(pixels);
}
