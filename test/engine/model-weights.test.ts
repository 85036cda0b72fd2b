import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attachHead } from '../../electron/engine/model/head';
import { createHdf5, storeFloats } from '../../electron/engine/model/hdf5';
import { initialWeights } from '../../electron/engine/model/initial-weights';
import { mobileNetV2 } from '../../electron/engine/model/mobilenet-v2';
import { Inference } from '../../electron/engine/graph/inference';
import { loadWeights, writeWeights } from '../../electron/engine/model/weight-file';
import { discs, smallModel } from './export-fixture';
import { askPython, hasPython } from './python';
import { hasShared, PARITY, WEIGHTS } from './shared';

const parityHead = join(PARITY, 'initial_head.h5');
const withShared = it.skipIf(!hasShared);

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'tsugiki-weights-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const base = mobileNetV2({ alpha: 1, inputSize: 32 });
const small = attachHead(mobileNetV2({ alpha: 0.35, inputSize: 32 }), [{ units: 8, activation: 'relu' }], 3);

describe('a Keras .h5 weight file', () => {
  withShared('is read as Keras stored it', async () => {
    const weights = await loadWeights(base, WEIGHTS);
    expect(weights.size).toBe(260);
    expect(weights.get('Conv1/kernel')).toHaveLength(864);
    expect(weights.get('block_16_depthwise/kernel')).toHaveLength(9 * 960);
    expect([...weights.get('bn_Conv1/moving_variance')!].every((v) => v > 0)).toBe(true);
  });

  withShared('gives only the layers it has when asked by name', async () => {
    const network = attachHead(base, [{ units: 128, activation: 'relu' }], 10);
    const weights = await loadWeights(network, parityHead, { byName: true });
    expect([...weights.keys()]).toEqual(['dense/kernel', 'dense/bias', 'dense_1/kernel', 'dense_1/bias']);
    expect(weights.get('dense/kernel')).toHaveLength(1280 * 128);
  });

  withShared('that does not fit is refused with the first layer and both shapes', async () => {
    await expect(loadWeights(mobileNetV2({ alpha: 0.5, inputSize: 32 }), WEIGHTS)).rejects.toMatchObject({
      code: 'weights_do_not_fit',
      params: { layer: 'Conv1', file: '[3, 3, 3, 32]', network: '[3, 3, 3, 16]' }
    });
    const twelve = attachHead(base, [{ units: 128, activation: 'relu' }], 12);
    await expect(loadWeights(twelve, parityHead, { byName: true })).rejects.toThrow(/dense_1, kernel, is \[128, 10\] in the file and \[128, 12\]/);
    await expect(loadWeights(twelve, WEIGHTS)).rejects.toThrow(/none for layer dense of shape \[1280, 128\] \[128\]/);
    await expect(loadWeights(base, parityHead, { byName: true })).rejects.toThrow(/holds dense, dense_1/);
  });

  it('written by us comes back the same, bit for bit, and nothing else stays behind', async () => {
    const weights = initialWeights(small, 1);
    const path = join(folder, 'round trip.h5');
    await writeWeights(path, small, weights);
    expect(readdirSync(folder)).toEqual(['round trip.h5']);
    const read = await loadWeights(small, path);
    expect([...read.keys()]).toEqual([...weights.keys()]);
    for (const [key, values] of weights) expect(Buffer.from(read.get(key)!.buffer).equals(Buffer.from(values.buffer))).toBe(true);
    const bigger = await loadWeights(mobileNetV2({ alpha: 0.35, inputSize: 96 }), path);
    expect(bigger.size).toBe(weights.size - 4);
  });

  it('is matched in order where names differ, and found inside a whole model or a nested one', async () => {
    const network = attachHead({ name: 'none', layers: [{ type: 'InputLayer', name: 'input_layer', inputs: [], outputShape: [2, 2, 3], weights: [], part: 'base' }] }, [], 2);
    const kernel = Float32Array.of(1, 2, 3, 4, 5, 6);
    const file = (name: string, layerName: string, inner: string, prefix: string) => {
      const path = join(folder, name);
      return createHdf5(path, (root) => {
        const top = inner ? root.create_group(inner) : root;
        top.create_attribute('layer_names', ['input_1', layerName]);
        top.create_group('input_1').create_attribute('weight_names', new Float64Array(0), [0]);
        const group = top.create_group(layerName);
        group.create_attribute('weight_names', [`${prefix}/kernel:0`, `${prefix}/bias:0`]);
        storeFloats(group, `${prefix}/kernel:0`, kernel, [3, 2]);
        storeFloats(group, `${prefix}/bias:0`, Float32Array.of(7, 8), [2]);
      }).then(() => path);
    };
    for (const path of [await file('order.h5', 'dense_7', '', 'dense_7'), await file('whole.h5', 'dense', 'model_weights', 'dense'), await file('nested.h5', 'sequential', '', 'sequential/dense')]) {
      const weights = await loadWeights(network, path);
      expect([...weights.get('dense/kernel')!], path).toEqual([...kernel]);
      expect([...weights.get('dense/bias')!], path).toEqual([7, 8]);
    }
  });

  it('that is none is refused with a reason', async () => {
    await expect(loadWeights(small, join(folder, 'absent.h5'))).rejects.toMatchObject({ code: 'file_not_found' });
    const text = join(folder, 'text.h5');
    writeFileSync(text, 'hello');
    await expect(loadWeights(small, text)).rejects.toMatchObject({ code: 'not_hdf5' });
    const cut = join(folder, 'cut.h5');
    await writeWeights(cut, small, initialWeights(small, 1));
    truncateSync(cut, 20000);
    await expect(loadWeights(small, cut)).rejects.toMatchObject({ code: 'not_hdf5' });
    const other = join(folder, 'other.h5');
    await createHdf5(other, (root) => void root.create_group('layers'));
    await expect(loadWeights(small, other)).rejects.toMatchObject({ code: 'not_keras_weights' });
  });

  it.skipIf(!hasPython)('written by us is read by Keras, whose network then predicts as ours does', { timeout: 120_000 }, async () => {
    // An odd size: its stride-2 blocks pad on both sides.
    const model = smallModel({ inputSize: 45, imageSize: 45 });
    const pictures = discs(8, 45);
    const path = join(folder, 'for keras.h5');
    await writeWeights(path, model.network, model.weights);
    writeFileSync(join(folder, 'pixels.bin'), new Uint8Array(Float32Array.from(pictures.pixels).buffer));
    const { sums, probabilities } = askPython(
      `
import sys, json, keras, numpy as np
from keras import layers
base = keras.applications.MobileNetV2(alpha=0.35, include_top=False, weights=None, input_shape=(45, 45, 3))
x = layers.GlobalAveragePooling2D()(base.output)
model = keras.Model(base.input, layers.Dense(4, name="dense_1", activation="softmax")(layers.Dense(16, name="dense", activation="relu")(x)))
model.load_weights(sys.argv[1])
x = np.fromfile(sys.argv[2], np.float32).reshape(-1, 45, 45, 3) / 255
print("ANSWER " + json.dumps({"sums": {w.path: float(abs(w.numpy()).sum()) for w in model.weights}, "probabilities": model.predict(x, verbose=0).tolist()}))`,
      [path, join(folder, 'pixels.bin')]
    ) as { sums: Record<string, number>; probabilities: number[][] };
    expect(Object.keys(sums).sort()).toEqual([...model.weights.keys()].sort());
    for (const [key, sum] of Object.entries(sums)) expect(model.weights.get(key)!.reduce((total, w) => total + Math.abs(w), 0) / (sum || 1), key).toBeCloseTo(sum ? 1 : 0, 4);
    const ours = Inference.compile(model.network, model.weights, model.meta, ['dense_1']);
    const [values] = ours.run(pictures.pixels, pictures.count);
    ours.dispose();
    probabilities.flat().forEach((p, i) => expect(values?.[i]).toBeCloseTo(p, 4));
  });
});
