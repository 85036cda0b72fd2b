// The model in TensorFlow.js.
import { join } from 'node:path';
import tf from '@tensorflow/tfjs-node';

/** @returns a function: pixels 0..255 [n, size, size, 3] -> probabilities [n, classes]. Scaling is inside the model. */
export async function load(folder) {
  const model = await tf.loadLayersModel(tf.io.fileSystem(join(folder, 'model.json')));
  const [, height, width] = model.inputs[0].shape;
  return (pixels) => model.predict(tf.image.resizeBilinear(pixels, [height, width], false, true));
}
