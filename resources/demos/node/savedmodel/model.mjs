// The SavedModel in TensorFlow.js for Node.
import tf from '@tensorflow/tfjs-node';

/** @returns a function: pixels 0..255 [n, size, size, 3] -> probabilities [n, classes]. Scaling is inside the model. */
export async function load(folder) {
  const model = await tf.node.loadSavedModel(folder, ['serve'], 'serving_default');
  return (image) => model.predict({ image }).probabilities;
}
