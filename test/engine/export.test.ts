import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXPORT_FORMATS, EXPORT_PRECISIONS, type ExportFormat, type Precision } from '../../electron/contract';
import { JobControl, quietContext } from '../../electron/engine/context';
import { exportSizes, OUTLETS } from '../../electron/engine/export/outlets';
import { compare, resizePixels } from '../../electron/engine/export/parity';
import { kerasModel } from '../../electron/engine/export/keras-config';
import { Classifier } from '../../electron/engine/jobs/classify';
import { Evaluator, type KnownAnswers } from '../../electron/engine/jobs/evaluate';
import { exportModel } from '../../electron/engine/jobs/export';
import { tf } from '../../electron/engine/runtime/tensorflow';
import { discs, filesBelow, smallModel } from './export-fixture';
import { hasPython, type Ran, runPython } from './python';

const TFJS = { format: 'tfjs', precision: 'float32' } as const;
const VARIANTS: readonly { format: ExportFormat; precision: Precision }[] = EXPORT_FORMATS.flatMap((format) => EXPORT_PRECISIONS[format].map((precision) => ({ format, precision })));

describe('exports', () => {
  let directory: string;
  // A space and a comma: paths that tfjs' file:// does not survive.
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'tsugiki export, '))));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  describe.each(VARIANTS)('$format, $precision', ({ format, precision }) => {
    it.each([
      { inputSize: 32, imageSize: 32, scale: '0..1' as const },
      { inputSize: 64, imageSize: 32, scale: '-1..1' as const, temperature: 1.5, threshold: 0.4 }
    ])('predicts as the app does: %o', async (settings) => {
      const model = smallModel(settings);
      const result = await exportModel({ model, format, precision, directory, pictures: discs(40, 32), story: null }, quietContext());
      expect(result.parity.pictures).toBe(40);
      if (precision === 'float32') {
        expect(result.parity.agreement).toBe(1);
        expect(result.parity.largestDifference).toBeLessThan(1e-4);
      } else {
        expect(result.parity.agreement).toBeGreaterThanOrEqual(0.95);
        expect(result.parity.largestDifference).toBeGreaterThan(0);
      }
      expect(filesBelow(directory)).toEqual(result.files.map((file) => file.name).sort());
      expect(JSON.parse(readFileSync(join(directory, 'labels.json'), 'utf8'))).toEqual(model.meta.classNames);
      expect(readFileSync(join(directory, 'labels.txt'), 'utf8').split('\n')).toEqual([...model.meta.classNames, '']);
      expect(JSON.parse(readFileSync(join(directory, 'parity.json'), 'utf8'))).toEqual(result.parity);
      expect(JSON.parse(readFileSync(join(directory, 'tsugiki.json'), 'utf8'))).toMatchObject({ export: format, precision, ...model.meta });
    });

    it('knows its size beforehand', async () => {
      const model = smallModel();
      const { files } = await exportModel({ model, format, precision, directory, pictures: discs(10, 32), story: null }, quietContext());
      const { files: own } = JSON.parse(readFileSync(join(directory, 'tsugiki.json'), 'utf8')) as { files: { name: string }[] };
      const bytes = own.reduce((sum, { name }) => sum + (files.find((file) => file.name === name)?.bytes ?? NaN), 0);
      const estimate = OUTLETS[format].estimate({ model, precision });
      expect(Math.abs(estimate - bytes) / bytes, `${estimate} for ${bytes}`).toBeLessThan(0.02);
      // What the window tells is the folder with all that is in it.
      const told = exportSizes(model).find((size) => size.format === format && size.precision === precision)?.bytes ?? NaN;
      const folder = files.reduce((sum, file) => sum + file.bytes, 0);
      expect(Math.abs(told - folder) / folder, `${told} for ${folder}`).toBeLessThan(0.02);
    });

    it('answers differently for different pictures, so that agreeing means something', async () => {
      const model = smallModel();
      await exportModel({ model, format, precision, directory, pictures: discs(20, 32), story: null }, quietContext());
      const written = await OUTLETS[format].load(directory, { model, precision });
      const probabilities = await written.predict(Float32Array.from(discs(20, 32).pixels), 20);
      written.dispose();
      const first = Array.from({ length: 20 }, (_, i) => probabilities[i * 4] as number);
      expect(Math.max(...first) - Math.min(...first)).toBeGreaterThan(0.01);
      for (let i = 0; i < 20; i++) expect(probabilities.subarray(i * 4, i * 4 + 4).reduce((a, b) => a + b)).toBeCloseTo(1, precision === 'int8' ? 1 : 3);
    });

    it('is not kept when it predicts something else', async () => {
      const model = smallModel();
      const { load } = OUTLETS[format];
      const outlet = OUTLETS[format] as { load: typeof load };
      outlet.load = async (...args) => {
        const written = await load(...args);
        return { ...written, predict: async (pixels, count) => (await written.predict(pixels, count)).map((_, i, all) => all[i - (i % 4) + 3 - (i % 4)] as number), dispose: written.dispose };
      };
      try {
        writeFileSync(join(directory, 'labels.json'), 'earlier');
        await expect(exportModel({ model, format, precision, directory, pictures: discs(3, 32), story: null }, quietContext())).rejects.toMatchObject({ code: 'export_differs' });
        expect(readdirSync(directory)).toEqual(['labels.json']);
        expect(readFileSync(join(directory, 'labels.json'), 'utf8')).toBe('earlier');
      } finally {
        outlet.load = load;
      }
    });

    it('stops between two parts and leaves nothing', async () => {
      const control = new JobControl();
      control.stop();
      await expect(exportModel({ model: smallModel(), format, precision, directory, pictures: discs(1, 32), story: null }, control.context(() => undefined))).rejects.toMatchObject({ code: 'stopped' });
      expect(readdirSync(directory)).toEqual([]);
    });
  });

  it('does not ask the app again what it has answered before', async () => {
    const known: KnownAnswers = new Map();
    const input = { model: smallModel(), ...TFJS, directory, pictures: { ...discs(3, 32), hashes: ['a', 'b', 'c'] }, story: null, known };
    const { parity } = await exportModel(input, quietContext());
    expect([...known.keys()]).toEqual(['a', 'b', 'c']);
    expect((await exportModel(input, quietContext())).parity).toEqual(parity);
    known.set('b', new Float32Array(4));
    await expect(exportModel(input, quietContext())).rejects.toMatchObject({ code: 'export_differs' });
  });

  it('compares a changed model and sees it', async () => {
    const model = smallModel();
    const { parity } = await exportModel({ model, ...TFJS, directory, pictures: discs(3, 32), story: null }, quietContext());
    expect(parity.largestDifference).toBeLessThan(1e-4);
    const written = await OUTLETS.tfjs.load(directory, { model, precision: 'float32' });
    const weights = new Map(model.weights).set('dense_1/bias', new Float32Array([2, 0, 0, -2]));
    const other = await compare(new Evaluator({ ...model, weights }), written, discs(3, 32), quietContext(), { takes: 'inputSize', most: 3 });
    written.dispose();
    expect(other.largestDifference).toBeGreaterThan(0.01);
  });

  it('says why it cannot write', async () => {
    writeFileSync(join(directory, 'taken'), '');
    const input = { model: smallModel(), ...TFJS, directory: join(directory, 'taken', 'inside'), pictures: discs(1, 32), story: null };
    await expect(exportModel(input, quietContext())).rejects.toMatchObject({ code: 'export_not_written', message: expect.stringContaining('part of the path is a file') as string });
  });

  it('has Keras\' layer names and no groups in depthwise convolutions', () => {
    const { network } = smallModel();
    const { layers } = kerasModel(network, { scale: '0..1', imageSize: 32 }).config;
    expect(layers.map((layer) => layer.name)).toEqual([network.layers[0]?.name, 'rescaling', ...network.layers.slice(1).map((layer) => layer.name)]);
    const depthwise = layers.filter((layer) => layer.class_name === 'DepthwiseConv2D');
    expect(depthwise).toHaveLength(17);
    for (const layer of depthwise) expect(Object.keys(layer.config)).not.toContain('groups');
  });

  it('resizes with half-pixel centres', () => {
    // [0, 100] to four: centres at -0.25, 0.25, 0.75, 1.25 of the source, clamped at the edges.
    const pixels = new Uint8Array([0, 0, 0, 100, 100, 100, 0, 0, 0, 100, 100, 100]);
    const row = Array.from(resizePixels(pixels, 1, { height: 2, width: 2 }, 4)).filter((_, i) => i % 3 === 0).slice(0, 4);
    [0, 25, 75, 100].forEach((expected, i) => expect(row[i]).toBeCloseTo(expected, 3));
  });
});

describe('the snippets beside an export', () => {
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'tsugiki-snippet-'))));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  /** Writes an export and a picture, runs the README's program there; its last word is the probability. */
  async function run(language: string, program: (code: string) => Ran): Promise<void> {
    const model = smallModel({ inputSize: 64, imageSize: 32 });
    const pictures = discs(3, 128);
    await exportModel({ model, format: 'savedmodel', precision: 'float32', directory, pictures, story: null }, quietContext());
    const jpeg = await tf.node.encodeJpeg(tf.tensor3d(pictures.pixels.slice(0, 128 * 128 * 3), [128, 128, 3], 'int32'), 'rgb', 95);
    writeFileSync(join(directory, 'picture.jpg'), jpeg);
    const code = new RegExp('```' + language + '\\n([^]*?)```').exec(readFileSync(join(directory, 'README.md'), 'utf8'))?.[1] ?? '';
    const ran = program(code.replace('__dirname', '"."'));
    const classifier = new Classifier(model);
    const [best] = classifier.classify(jpeg).top;
    classifier.dispose();
    const [, label, probability] = /^(.*) ([\d.e-]+)$/m.exec(ran.stdout.trim().split('\n').pop() ?? '') ?? [];
    expect(label, ran.stderr).toBe(best?.label);
    expect(Number(probability)).toBeCloseTo(best?.probability ?? 0, 2);
  }

  it('in Node says what the app says', async () => {
    // tfjs-node calls functions that newer Nodes no longer have; the snippet is for its own Node.
    const shim = 'const util = require("util"); util.isNullOrUndefined ??= (v) => v == null; util.isArray ??= Array.isArray;';
    await run('js', (code) => spawnSync(process.execPath, ['-e', shim + code], { cwd: directory, encoding: 'utf8', env: { ...process.env, NODE_PATH: resolve('node_modules') } }));
  });

  it.skipIf(!hasPython)('in Python says what the app says', async () => {
    await run('python', (code) => runPython(code, [], directory));
  });
});
