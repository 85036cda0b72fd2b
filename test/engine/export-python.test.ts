/** Exports opened by the programs that they are for, in Python: TensorFlow, Keras. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExportFormat, Parity, Precision } from '../../electron/contract';
import { quietContext } from '../../electron/engine/context';
import { compare } from '../../electron/engine/export/parity';
import { exportModel } from '../../electron/engine/jobs/export';
import { calibratedWeights } from '../../electron/engine/model/calibrated';
import type { TrainedModel } from '../../electron/engine/model/model-folder';
import { discs, smallModel } from './export-fixture';
import { askPython, hasPython } from './python';

/** Two models: the tutorial's way, and all that an export has to bring along. */
const MODELS = [
  { inputSize: 32, scale: '0..1' as const },
  { inputSize: 45, scale: '-1..1' as const, temperature: 2 }
];
const PICTURES = discs(100, 32);

/** Before each program: the pictures as `x`, [100, 32, 32, 3] float32; the export's folder as `d`; the network's input size as `size`. */
const BEGIN = `
import json, os, sys, numpy as np
d, size = sys.argv[1], int(sys.argv[2])
x = np.fromfile(os.path.join(d, "pixels.bin"), np.float32).reshape(-1, 32, 32, 3)
`;

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'tsugiki-python-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Exports, lets a Python program answer with a flat list of probabilities, and compares those with the app's. */
async function judge(model: TrainedModel, format: ExportFormat, precision: Precision, program: string): Promise<Omit<Parity, 'checkedBy'>> {
  await exportModel({ model, format, precision, directory, pictures: PICTURES, story: null }, quietContext());
  writeFileSync(join(directory, 'pixels.bin'), new Uint8Array(Float32Array.from(PICTURES.pixels).buffer));
  const answer = askPython(BEGIN + program, [directory, String(model.meta.inputSize)]) as number[];
  const classes = model.meta.classNames.length;
  let at = 0;
  const predict = async (_pixels: Float32Array, count: number): Promise<Float32Array> => Float32Array.from(answer.slice(at, (at += count * classes)));
  const calibrated = { ...model, weights: calibratedWeights(model) };
  return compare(calibrated, { predict, dispose: () => undefined }, PICTURES, quietContext(), { takes: 'imageSize', most: PICTURES.count });
}

describe.skipIf(!hasPython).each(MODELS)('in Python, %o', (settings) => {
  it('the SavedModel is TensorFlow\'s', async () => {
    const parity = await judge(smallModel(settings), 'savedmodel', 'float32', `
import tensorflow as tf
p = tf.saved_model.load(d).signatures["serving_default"](image=tf.constant(x))["probabilities"]
print("ANSWER " + json.dumps(p.numpy().ravel().tolist()))`);
    expect(parity).toMatchObject({ pictures: 100, agreement: 1 });
    expect(parity.largestDifference).toBeLessThan(1e-4);
  }, 180_000);

  it('the layers model is Keras\' own, layer by layer from its configs', async () => {
    const parity = await judge(smallModel(settings), 'tfjs', 'float32', `
import tensorflow as tf, keras
from keras import layers as L
m = json.load(open(os.path.join(d, "model.json"), encoding="utf-8"))
group = m["weightsManifest"][0]
raw = b"".join(open(os.path.join(d, p), "rb").read() for p in group["paths"])
values, at = {}, 0
for w in group["weights"]:
    n = int(np.prod(w["shape"])) * 4
    values.setdefault(w["name"].rsplit("/", 1)[0], []).append(np.frombuffer(raw[at:at + n], np.float32).reshape(w["shape"])); at += n
assert at == len(raw)
out = {}
for l in m["modelTopology"]["model_config"]["config"]["layers"]:
    c = dict(l["config"])
    if l["class_name"] == "InputLayer":
        inputs = out[l["name"]] = keras.Input(c["batch_input_shape"][1:], name=c["name"]); continue
    layer = getattr(L, l["class_name"]).from_config(c)
    y = [out[i[0]] for i in l["inbound_nodes"][0]]
    y = out[l["name"]] = layer(y if len(y) > 1 else y[0])
    if l["name"] in values: layer.set_weights(values.pop(l["name"]))
assert not values, values.keys()
p = keras.Model(inputs, y).predict(tf.image.resize(x, (size, size)), verbose=0)
print("ANSWER " + json.dumps(p.ravel().tolist()))`);
    expect(parity).toMatchObject({ pictures: 100, agreement: 1 });
    expect(parity.largestDifference).toBeLessThan(1e-4);
  }, 180_000);
});
