// The SavedModel in TensorFlow.js for Node.
import tf from '@tensorflow/tfjs-node';

/** @returns a function: pixels 0..255 [size, size, 3] -> probabilities [classes]. Scaling is inside the model. */
export async function load(folder, size) {
  const model = await tf.node.loadSavedModel(folder, ['serve'], 'serving_default');
  return (pixels) => tf.tidy(() => model.predict({ image: tf.tensor(pixels, [1, size, size, 3]) }).probabilities.dataSync());
}
