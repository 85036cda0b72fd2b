/** An exported model opened elsewhere: TensorFlow.js in plain JavaScript, without the app, its engine or native code. */
import * as tf from '@tensorflow/tfjs';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface ModelJson {
  modelTopology: object;
  weightsManifest: { paths: string[]; weights: tf.io.WeightsManifestEntry[] }[];
}

/** What any web page would fetch, read from the folder. */
function files(directory: string): tf.io.IOHandler {
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(directory, 'model.json'), 'utf8')) as ModelJson;
  const bytes = Buffer.concat(weightsManifest.flatMap((group) => group.paths).map((name) => readFileSync(join(directory, name))));
  const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  return { load: () => Promise.resolve({ modelTopology, weightSpecs: weightsManifest.flatMap((group) => group.weights), weightData }) };
}

/** Probabilities of one picture of `size` x `size` pixels 0..255. */
export async function predictWithTfjs(directory: string, pixels: Uint8Array, size: number): Promise<number[]> {
  await tf.setBackend('cpu');
  const model = await tf.loadLayersModel(files(directory));
  const answer = tf.tidy(() => model.predict(tf.tensor4d(Float32Array.from(pixels), [1, size, size, 3])) as tf.Tensor);
  const probabilities = Array.from(await answer.data());
  answer.dispose();
  model.dispose();
  return probabilities;
}
