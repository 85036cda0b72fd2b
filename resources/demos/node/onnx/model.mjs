// The model in onnxruntime.
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';

/** @returns a function: pixels 0..255 [size, size, 3] -> probabilities [classes]. Scaling is inside the model. */
export async function load(folder, size) {
  const session = await InferenceSession.create(join(folder, 'model.onnx'));
  return async (pixels) => (await session.run({ image: new Tensor('float32', pixels, [1, size, size, 3]) })).probabilities.data;
}
