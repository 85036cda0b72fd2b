/** Models from elsewhere and our own exports, opened again: their answers against those of the programs that made them. */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { unzipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXPORT_FORMATS, EXPORT_PRECISIONS, type ExportFormat, type OpeningNote, type Precision, type Scale } from '../../electron/contract';
import { quietContext } from '../../electron/engine/context';
import { fold, type StepOf } from '../../electron/engine/export/folded';
import { kerasModel } from '../../electron/engine/export/keras-config';
import { openAnyModel } from '../../electron/engine/export/opening/open-model';
import { OUTLETS } from '../../electron/engine/export/outlets';
import { compare } from '../../electron/engine/export/parity';
import { Inference } from '../../electron/engine/graph/inference';
import { Evaluator } from '../../electron/engine/jobs/evaluate';
import { exportModel } from '../../electron/engine/jobs/export';
import { calibratedWeights } from '../../electron/engine/model/calibrated';
import { saveModel, type TrainedModel } from '../../electron/engine/model/model-folder';
import { weightKey } from '../../electron/engine/model/layers';
import { tf } from '../../electron/engine/runtime/tensorflow';
import { discs, smallModel } from './export-fixture';

const FOREIGN = resolve(__dirname, '../fixtures/foreign-models');
const RECORD = JSON.parse(readFileSync(join(FOREIGN, 'answers.json'), 'utf8')) as { models: Record<string, { file: string; size: number; output: number[][] }> };
const COUNT = 4;

/** As record-foreign-models.py draws them: whole numbers, [COUNT, size, size, 3]. */
function pictures(size: number): Float32Array {
  const pixels = new Float32Array(COUNT * size * size * 3);
  let at = 0;
  for (let k = 0; k < COUNT; k++) {
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) for (let c = 0; c < 3; c++) pixels[at++] = (y * (3 + 5 * k) + x * (7 + 2 * k) + c * 60 * (k + 1) + Math.floor((x * y * k) / 4)) % 256;
    }
  }
  return pixels;
}

/** What the app answers, [count, classes]. */
function answers(model: TrainedModel, pixels: Float32Array, count: number): Float32Array {
  const { network, meta } = model;
  const inference = Inference.compile(network, calibratedWeights(model), meta, [network.layers[network.layers.length - 1]?.name ?? ''], { type: 'float32' });
  try {
    return inference.run(pixels, count)[0] ?? new Float32Array();
  } finally {
    inference.dispose();
  }
}

const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number => (a.length === b.length ? Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? NaN))), 0) : NaN);
const code = (error: unknown): unknown => (error as { code?: string }).code;
const softmax = (row: readonly number[]): number[] => {
  const powers = row.map(Math.exp);
  return powers.map((power) => power / powers.reduce((sum, one) => sum + one, 0));
};

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'tsugiki opening, '))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A fixture's files on disk, as whoever made them has them. */
function unpack(name: string): string {
  const folder = join(directory, name);
  mkdirSync(folder);
  for (const [file, bytes] of Object.entries(unzipSync(readFileSync(join(FOREIGN, `${name}.zip`))))) writeFileSync(join(folder, file), bytes);
  return folder;
}

describe('made with Keras', () => {
  const two = ([p = NaN]: readonly number[]): number[] => [1 - p, p];
  it.each<{ name: string; scale?: Scale; shown?: (row: number[]) => number[]; meta: object; notes: OpeningNote[]; called: string }>([
    { name: 'keras3-transfer-learning', shown: two, meta: { scale: '-1..1', inputSize: 32, classNames: ['cat', 'dog'], head: [{ dropout: 0.2 }] }, notes: [], called: 'cats_and_dogs' },
    { name: 'keras3-sequential', meta: { scale: '0..1', classNames: ['cup', 'fork', 'spoon'], head: [{ units: 16, activation: 'relu' }, { dropout: 0.5 }] }, notes: [], called: 'kitchen' },
    { name: 'keras3-flat', scale: '0..1', shown: softmax, meta: { scale: '0..1', imageSize: 24, inputSize: 32, head: [{ units: 8, activation: 'relu' }] }, notes: ['logits', 'names_assumed'], called: 'keras3-flat' },
    { name: 'keras3-whole', meta: { scale: '-1..1', imageSize: 48, inputSize: 48, head: [], classNames: ['class_0', 'class_1', 'class_2', 'class_3', 'class_4'] }, notes: ['scale_assumed', 'names_assumed'], called: 'whole' },
    { name: 'keras2-transfer-learning', shown: two, meta: { scale: '-1..1', head: [{ dropout: 0.2 }] }, notes: ['names_assumed'], called: 'keras2-transfer-learning' },
    { name: 'keras2-sequential', meta: { scale: '0..1', head: [{ units: 16, activation: 'relu' }, { dropout: 0.5 }] }, notes: ['names_assumed'], called: 'keras2-sequential' },
    { name: 'teachable-machine', meta: { scale: '-1..1', classNames: ['Rock', 'Paper 2', 'Scissors'], head: [{ units: 20, activation: 'relu' }] }, notes: ['scale_assumed'], called: 'teachable-machine' }
  ])('$name answers as Keras does', async ({ name, scale, shown = (row) => row, meta, notes, called }) => {
    const { file, size, output } = RECORD.models[name] ?? { file: '', size: 0, output: [] };
    const opened = await openAnyModel(join(unpack(name), file), { scale });
    expect(opened).toMatchObject({ name: called, notes, model: { meta: { alpha: 0.35, imageSize: size, temperature: 1, threshold: null, ...meta } } });
    const expected = output.flatMap(shown);
    // Pictures are told apart: an answer that is always the same would agree with little.
    expect(largest(expected.slice(0, expected.length / 2), expected.slice(expected.length / 2))).toBeGreaterThan(0.02);
    expect(largest(answers(opened.model, pictures(size), COUNT), expected)).toBeLessThan(1e-4);
  });

  it('opens as the zip it came in, and as a folder', async () => {
    const zipped = await openAnyModel(join(FOREIGN, 'keras3-transfer-learning.zip'));
    const folder = await openAnyModel(unpack('keras3-transfer-learning'));
    expect(zipped).toMatchObject({ name: 'keras3-transfer-learning', model: { meta: { classNames: ['cat', 'dog'] } } });
    expect(folder.model.weights).toEqual(zipped.model.weights);
  });
});

describe('made with TensorFlow.js', () => {
  /** The base as tfjs has it, with the weights of `model`. */
  function mobileNet({ network, weights, meta }: TrainedModel): Promise<tf.LayersModel> {
    return tf.models.modelFromJSON({ modelTopology: kerasModel(network, { scale: meta.scale, imageSize: meta.inputSize }) as never }).then((layers) => {
      for (const layer of network.layers) {
        if (layer.weights.length > 0) layers.getLayer(layer.name).setWeights(layer.weights.map((spec) => tf.tensor(weights.get(weightKey(layer, spec)) ?? [], [...spec.shape])));
      }
      return layers;
    });
  }

  it('a Teachable Machine answers as TensorFlow.js does', async () => {
    const own = await mobileNet(smallModel());
    // As teachable-mobilenet.ts: what lies behind the input, up to out_relu, then pooled; a second Sequential without a last bias.
    const first = tf.input({ shape: [32, 32, 3] });
    let x: tf.SymbolicTensor = first;
    const made = new Map<string, tf.SymbolicTensor>();
    for (const { name, type, inputs } of smallModel().network.layers.filter(({ part }) => part === 'base')) {
      if (type === 'InputLayer') made.set(name, first);
      else made.set(name, (x = own.getLayer(name).apply(inputs.length === 1 ? (made.get(inputs[0] ?? '') as tf.SymbolicTensor) : inputs.map((one) => made.get(one) as tf.SymbolicTensor)) as tf.SymbolicTensor));
    }
    const truncated = tf.sequential();
    truncated.add(tf.model({ inputs: first, outputs: x }));
    truncated.add(tf.layers.globalAveragePooling2d({}));
    const training = tf.sequential({
      layers: [
        tf.layers.dense({ inputShape: [1280], units: 12, activation: 'relu', useBias: true, kernelInitializer: tf.initializers.varianceScaling({ seed: 1 }), biasInitializer: tf.initializers.randomUniform({ seed: 2 }) }),
        tf.layers.dense({ units: 3, activation: 'softmax', useBias: false, kernelInitializer: tf.initializers.varianceScaling({ seed: 3 }) })
      ]
    });
    const joint = tf.sequential();
    joint.add(truncated);
    joint.add(training);
    await joint.save(tf.io.fileSystem(directory));
    writeFileSync(join(directory, 'metadata.json'), JSON.stringify({ tfjsVersion: '1.3.1', packageVersion: '0.8.4', packageName: '@teachablemachine/image', modelName: 'tm-my-image-model', labels: ['a', 'b', 'c'], imageSize: 224 }));

    const pixels = pictures(32);
    const expected = (joint.predict(tf.tensor4d(pixels, [COUNT, 32, 32, 3]).div(127.5).sub(1)) as tf.Tensor).dataSync();
    const opened = await openAnyModel(join(directory, 'model.json'));
    expect(opened).toMatchObject({ name: 'tm-my-image-model', notes: [], model: { meta: { scale: '-1..1', classNames: ['a', 'b', 'c'], head: [{ units: 12, activation: 'relu' }] } } });
    expect(largest(expected.subarray(0, 6), expected.subarray(6))).toBeGreaterThan(0.02);
    expect(largest(answers(opened.model, pixels, COUNT), expected)).toBeLessThan(1e-4);
  });
});

describe('our own', () => {
  const VARIANTS: readonly { format: ExportFormat; precision: Precision }[] = EXPORT_FORMATS.flatMap((format) => EXPORT_PRECISIONS[format].map((precision) => ({ format, precision })));
  const PICTURES = discs(20, 32);

  it.each(VARIANTS)('$format, $precision, answers as it did', async ({ format, precision }) => {
    const model = smallModel({ inputSize: 45, scale: '-1..1', temperature: 4, threshold: 0.4 });
    await exportModel({ model, format, precision, directory, pictures: PICTURES, story: null }, quietContext());
    const { model: opened, notes, name } = await openAnyModel(directory);
    expect({ notes, name, meta: opened.meta }).toEqual({ notes: [], name: 'Test pictures', meta: { ...model.meta, temperature: 1 } });
    const pixels = Float32Array.from(PICTURES.pixels);
    const now = answers(opened, pixels, PICTURES.count);
    const before = answers(model, pixels, PICTURES.count);
    expect(largest(before, Float32Array.from(before, (_, i) => before[i % 4] ?? NaN))).toBeGreaterThan(0.02);
    if (precision === 'float32') return expect(largest(now, before)).toBeLessThan(1e-5);
    expect(largest(now, before)).toBeGreaterThan(0);
    if (precision === 'dynamic' || precision === 'int8') return nextToEachOther(opened, model);
    // What the file says, not what the app had.
    const written = await OUTLETS[format].load(directory, { model, precision });
    const { largestDifference } = await compare(new Evaluator(opened), written, PICTURES, quietContext(), { takes: OUTLETS[format].takes, most: PICTURES.count });
    written.dispose();
    expect(largestDifference).toBeLessThan(1e-4);
  });

  /** LiteRT's programs round what flows between the layers, too; the app does not. So the weights are compared: no farther than half a step of 127 a channel. */
  function nextToEachOther(opened: TrainedModel, model: TrainedModel): void {
    const [found, whole] = [opened, { ...model, weights: calibratedWeights(model) }].map(({ network, weights, meta }) => fold(network, weights, meta).filter((step): step is StepOf<'conv'> => 'values' in step));
    expect(found).toHaveLength(whole?.length ?? NaN);
    whole?.forEach(({ values, bias, name }, i) => {
      const steps = new Float64Array(bias.length);
      values.forEach((value, at) => (steps[at % bias.length] = Math.max(steps[at % bias.length] ?? 0, Math.abs(value) / 127)));
      const step = (at: number): number => (steps[at % bias.length] ?? NaN) * (1 + 1e-5);
      expect(found?.[i]?.values.every((value, at) => Math.abs(value - (values[at] ?? NaN)) <= step(at) / 2), name).toBe(true);
      if (i > 0) return;
      // The first bias makes good half a step of the pixels, times 27 numbers that may each be half a step of their own away; and what those make of pixels of at most 1.
      expect(found?.[0]?.bias.every((value, at) => Math.abs(value - (bias[at] ?? NaN)) <= (step(at) / 127.5) * (1 + 27) / 2 + (27 * step(at)) / 2), 'bias').toBe(true);
    });
  }

  it('a model, the folder of its run, its model.json', async () => {
    const model = smallModel({ threshold: 0.3 });
    await saveModel(join(directory, 'run', 'model'), model);
    for (const path of ['run', 'run/model', 'run/model/model.json']) {
      const opened = await openAnyModel(join(directory, path));
      expect(opened.model.meta).toEqual(model.meta);
      expect(opened.model.weights).toEqual(model.weights);
    }
  });
});

describe('what does not open says why', () => {
  const opening = (path: string) => openAnyModel(join(directory, path)).catch((error: unknown) => error as Error);

  /** Our TensorFlow.js export, with something about its JSON changed. */
  async function changed(change: (layers: { class_name: string; name: string; config: Record<string, unknown>; inbound_nodes: unknown }[]) => void): Promise<void> {
    await exportModel({ model: smallModel(), format: 'tfjs', precision: 'float32', directory, pictures: discs(4, 32), story: null }, quietContext());
    const json = JSON.parse(readFileSync(join(directory, 'model.json'), 'utf8')) as { modelTopology: { model_config: { config: { layers: Parameters<typeof change>[0] } } } };
    change(json.modelTopology.model_config.config.layers);
    writeFileSync(join(directory, 'model.json'), JSON.stringify(json));
  }

  it.each<[string, Parameters<typeof changed>[0], string]>([
    ['another pooling', (layers) => layers.forEach((layer) => layer.class_name === 'GlobalAveragePooling2D' && (layer.class_name = 'GlobalMaxPooling2D')), 'global_average_pooling2d (GlobalMaxPooling2D)'],
    ['a Lambda before the base', (layers) => layers.forEach((layer) => layer.class_name === 'Rescaling' && (layer.class_name = 'Lambda')), 'rescaling (Lambda) where a MobileNetV2 has Conv1'],
    ['an activation of its own', (layers) => layers.forEach((layer) => layer.name === 'block_3_expand_relu' && (layer.config['max_value'] = null)), 'block_3_expand_relu (ReLU) where a MobileNetV2 has block_3_expand_relu'],
    ['another stride', (layers) => layers.forEach((layer) => layer.name === 'block_6_depthwise' && (layer.config['strides'] = [1, 1])), 'block_6_depthwise (DepthwiseConv2D) where a MobileNetV2 has block_6_depthwise'],
    ['another padding', (layers) => layers.forEach((layer) => layer.name === 'block_6_pad' && (layer.config['padding'] = [[1, 1], [1, 1]])), 'block_6_depthwise (DepthwiseConv2D) where a MobileNetV2 has block_6_depthwise'],
    ['a way that is missing', (layers) => layers.forEach((layer) => layer.name === 'block_2_add' && (layer.inbound_nodes = [[['block_2_project_BN', 0, 0, {}], ['block_2_project_BN', 0, 0, {}]]])), 'where a MobileNetV2 has block_2_add'],
    ['an activation of the head', (layers) => layers.forEach((layer) => layer.name === 'dense' && (layer.config['activation'] = 'tanh')), 'dense (tanh), and Tsugiki\'s heads'],
    ['many answers at once', (layers) => layers.forEach((layer) => layer.name === 'dense_1' && (layer.config['activation'] = 'sigmoid')), 'dense_1 (sigmoid), and Tsugiki\'s heads'],
    ['pixels of its own range', (layers) => layers.forEach((layer) => layer.class_name === 'Rescaling' && (layer.config['offset'] = -0.5)), 'scales pixels by'],
    ['pictures that are no square', (layers) => layers.forEach((layer) => layer.class_name === 'InputLayer' && (layer.config['batch_input_shape'] = [null, 32, 48, 3])), 'it takes [32, 48, 3]']
  ])('%s', async (_what, change, sentence) => {
    await changed(change);
    expect((await opening('model.json') as Error).message).toContain(sentence);
  });

  it('another network', async () => {
    const other = tf.sequential({ layers: [tf.layers.conv2d({ inputShape: [32, 32, 3], filters: 8, kernelSize: 3 }), tf.layers.globalAveragePooling2d({}), tf.layers.dense({ units: 2, activation: 'softmax' })] });
    await other.save(tf.io.fileSystem(directory));
    expect(code(await opening('model.json'))).toBe('model_foreign_network');
  });

  it('a base without classes', async () => {
    await changed((layers) => layers.forEach((layer) => ['dense', 'dense_1'].includes(layer.name) && (layer.class_name = 'Identity')));
    expect(code(await opening('model.json'))).toBe('model_no_classes');
  });

  it.each([
    ['nothing', 'none.keras', null, 'model_not_found'],
    ['an empty file', 'empty.keras', '', 'not_a_model_file'],
    ['a text', 'text.h5', 'hello', 'not_a_model_file'],
    ['some JSON', 'model.json', '{"a": 1}', 'not_a_model_file'],
    ['JSON that is cut off', 'model.json', '{"modelTopology": {', 'model_unreadable'],
    ['TensorFlow.js that leads out of its folder', 'model.json', JSON.stringify({ modelTopology: { class_name: 'Sequential', config: [] }, weightsManifest: [{ paths: ['../secret'], weights: [] }] }), 'not_a_model_file'],
    ['TensorFlow.js without its weights', 'model.json', JSON.stringify({ modelTopology: { class_name: 'Sequential', config: [] }, weightsManifest: [{ paths: ['a.bin'], weights: [] }] }), 'model_unreadable'],
    ['ONNX from elsewhere', 'a.onnx', 'x', 'model_undescribed'],
    ['LiteRT from elsewhere', 'a.tflite', 'x', 'model_undescribed'],
    ['a zip that is cut off', 'a.keras', 'PK\x03\x04', 'archive_damaged']
  ])('%s', async (_what, name, content, expected) => {
    if (content !== null) writeFileSync(join(directory, name), content);
    expect(code(await opening(name))).toBe(expected);
  });

  it('a folder of something else', async () => {
    mkdirSync(join(directory, 'pictures'));
    expect(code(await opening('pictures'))).toBe('not_a_model_file');
  });

  it('a file that is too large to be a model', async () => {
    writeFileSync(join(directory, 'large.h5'), '\x89HDF\r\n\x1a\n', 'latin1');
    truncateSync(join(directory, 'large.h5'), 600 * 2 ** 20);
    expect(code(await opening('large.h5'))).toBe('model_too_large');
  });

  it.each(['keras3-sequential', 'keras3-transfer-learning'])('%s cut off anywhere, and with bytes that were changed', async (name) => {
    const folder = unpack(name);
    const { file } = RECORD.models[name] ?? { file: '' };
    const whole = readFileSync(join(folder, file));
    for (const share of [0.001, 0.1, 0.5, 0.9, 0.999]) {
      writeFileSync(join(folder, file), whole.subarray(0, Math.floor(share * whole.length)));
      expect(['model_unreadable', 'archive_damaged', 'not_a_model_file']).toContain(code(await opening(`${name}/${file}`)));
    }
    expect(readdirSync(tmpdir()).filter((one) => one.startsWith('tsugiki-open-'))).toEqual([]);
  });

  it('weights without a network', async () => {
    copyFileSync(resolve(__dirname, '../../resources/backbone/mobilenet_v2_0.35_64.h5'), join(directory, 'weights.h5'));
    expect(code(await opening('weights.h5'))).toBe('model_weights_only');
  });
});
