// The model in TensorFlow.js.
import { join } from 'node:path';
import tf from '@tensorflow/tfjs-node';

/** @returns a function: pixels 0..255 [size, size, 3] -> probabilities [classes]. Scaling is inside the model. */
export async function load(folder, size) {
  const model = await tf.loadLayersModel(tf.io.fileSystem(join(folder, 'model.json')));
  const [, height, width] = model.inputs[0].shape;
  return (pixels) => tf.tidy(() => model.predict(tf.image.resizeBilinear(tf.tensor(pixels, [1, size, size, 3]), [height, width], false, true)).dataSync());
}
