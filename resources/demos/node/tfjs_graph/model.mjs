// The model in TensorFlow.js.
import { join } from 'node:path';
import tf from '@tensorflow/tfjs-node';

/** @returns a function: pixels 0..255 [size, size, 3] -> probabilities [classes]. Scaling is inside the model. */
export async function load(folder, size) {
  const model = await tf.loadGraphModel(tf.io.fileSystem(join(folder, 'model.json')));
  return (pixels) => tf.tidy(() => model.predict(tf.tensor(pixels, [1, size, size, 3])).dataSync());
}
