/** The programs around an export, run as their README says: they answer as the app does, whatever a picture's size and shape. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'papaparse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXPORT_PRECISIONS, type ExportFormat, NONE_OF_THESE } from '../../electron/contract';
import { quietContext } from '../../electron/engine/context';
import { exportSizes } from '../../electron/engine/export/outlets';
import { PROJECTS } from '../../electron/engine/export/projects';
import { tflite } from '../../electron/engine/export/tflite';
import { boardNeeds } from '../../electron/engine/export/tflite/snippets';
import { Classifier } from '../../electron/engine/jobs/classify';
import { exportModel } from '../../electron/engine/jobs/export';
import type { TrainedModel } from '../../electron/engine/model/model-folder';
import type { Picture } from '../../electron/engine/runtime/images';
import { tf } from '../../electron/engine/runtime/tensorflow';
import { discs, smallModel } from './export-fixture';
import { type Colours, jpeg, png, withOrientation } from './fixtures';
import { askPython, hasPython, type Ran, runPythonFile } from './python';

let model: TrainedModel;
const fixture = (name: string): Uint8Array => readFileSync(resolve(__dirname, '../fixtures/pictures', name));

/** A disc on slanting ground. */
const disc = (width: number, height: number, shade: number): Colours => ({
  width, height, at: (x, y) => (Math.hypot(x - width / 3, y - height / 2) < height / 4 ? [shade, 255 - shade, 60] : [(200 * x) / width, (220 * y) / height, shade])
});

/** Where a program names the file, to what is in it. */
async function pictures(): Promise<Record<string, Uint8Array>> {
  const names = ['rgba.png', 'palette-alpha.png', 'colour-key.png', 'grey-alpha.png', 'grey16.png', 'interlaced.png', 'one-bit.png', 'palette.gif', 'rgb24.bmp', 'progressive.jpg', 'grey.jpg'];
  return {
    'small/square.png': await png(disc(32, 32, 30)),
    'small/narrow.png': await png(disc(19, 57, 120)),
    'large/landscape.png': await png(disc(1003, 401, 200)),
    'large/photo.jpg': await jpeg(disc(1200, 800, 90)),
    'large/turned.jpg': withOrientation(await jpeg(disc(700, 500, 160)), 6, true),
    'large/mirrored.jpg': withOrientation(await jpeg(disc(301, 202, 240)), 7, false),
    ...Object.fromEntries(names.map((name) => [`kinds/${name}`, fixture(name)]))
  };
}

/** Random weights have a favourite class; here every class has its share of these pictures, so that answers hang on what is seen. */
function withoutFavourite(model: TrainedModel, pictures: readonly Uint8Array[]): TrainedModel {
  const { classNames, temperature } = model.meta;
  const classifier = new Classifier(model);
  const logits = pictures.map((bytes) => classifier.classify(bytes).probabilities.map((probability) => temperature * Math.log(probability)));
  classifier.dispose();
  const bias = Float32Array.from(classNames, (_, i) => -logits.reduce((sum, row) => sum + (row[i] ?? NaN), 0) / logits.length);
  const own = model.weights.get('dense_1/bias');
  return { ...model, weights: new Map(model.weights).set('dense_1/bias', bias.map((value, i) => value + (own?.[i] ?? NaN))) };
}

let directory: string;
let files: Record<string, Uint8Array>;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tsugiki projects ü '));
  files = await pictures();
  model = withoutFavourite(smallModel({ inputSize: 64, imageSize: 32, temperature: 0.25, threshold: 0.6 }), Object.values(files));
  for (const folder of ['small', 'large', 'kinds']) mkdirSync(join(directory, 'photos', folder), { recursive: true });
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(directory, 'photos', name), bytes);
  writeFileSync(join(directory, 'photos', 'broken.png'), 'no picture');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Row {
  readonly file: string;
  readonly answer: string;
  readonly problem: string;
  readonly [column: string]: string;
}

/** Runs a program of the export on the folder of pictures; @returns its table */
function tableOf(run: (args: readonly string[]) => Ran): Row[] {
  const csv = join(directory, 'answers.csv');
  const { stdout, stderr } = run([join(directory, 'photos'), '--csv', csv]);
  expect(stdout, stderr).toContain('square.png');
  const { data, errors } = parse<Row>(readFileSync(csv, 'utf8').replace(/^\ufeff/, ''), { header: true, skipEmptyLines: true });
  rmSync(csv);
  expect(errors).toEqual([]);
  return data;
}

/** A JPEG of its full size, decoded exactly: TensorFlow rounds faster on its own, Pillow does not. */
function exactly(bytes: Uint8Array): Picture {
  const tensor = tf.node.decodeJpeg(bytes, 3, 1, true, false, 1, 'INTEGER_ACCURATE');
  const [height = 0, width = 0] = tensor.shape;
  const pixels = new Uint8Array(tensor.dataSync());
  tensor.dispose();
  return { height, width, pixels };
}

/**
 * @param decode what stands for the app's own decoder, by a file's name; null for that one
 * @param near by how much a probability may differ, by a file's name
 * @param unread what the program does not read
 */
function answersAsTheApp(
  rows: readonly Row[], decode: (name: string) => ((bytes: Uint8Array) => Picture) | null = () => null, { near = (_name: string): number => 1e-3, unread = [] as readonly string[] } = {}
): void {
  expect(rows.map(({ file }) => file).sort()).toEqual([...Object.keys(files).filter((name) => !unread.includes(name)), 'broken.png'].sort());
  const classifier = new Classifier(model);
  for (const row of rows) {
    if (row.file === 'broken.png') {
      expect(row).toMatchObject({ answer: '', class_1: '', probability_1: '' });
      expect(row.problem).not.toBe('');
      continue;
    }
    const bytes = files[row.file] ?? new Uint8Array();
    const picture = decode(row.file)?.(bytes);
    const { top, unknown } = picture ? classifier.look(picture) : classifier.classify(bytes);
    expect(row, row.file).toMatchObject({ class_1: top[0]?.label, answer: unknown ? NONE_OF_THESE : top[0]?.label, problem: '' });
    top.forEach(({ label, probability }, i) => {
      const there = [1, 2, 3, 4].find((rank) => row[`class_${rank}`] === label);
      expect(Math.abs(Number(row[`probability_${there}`]) - probability), `${row.file}, place ${i + 1}`).toBeLessThan(near(row.file));
    });
  }
  classifier.dispose();
  // Some are known and some are not, or the threshold would not have been tried.
  expect(new Set(rows.filter(({ problem }) => problem === '').map(({ answer }) => answer === NONE_OF_THESE)).size).toBe(2);
}

async function exported(format: ExportFormat): Promise<string> {
  const to = join(directory, format);
  await exportModel({ model, format, precision: 'float32', directory: to, pictures: discs(4, 32), story: null }, quietContext());
  return to;
}

describe.skipIf(!hasPython)('the Python program', () => {
  it.each(['keras', 'keras_h5', 'savedmodel', 'onnx', 'tflite'] as const)('of %s answers as the app', async (format) => {
    const folder = await exported(format);
    const rows = tableOf((args) => runPythonFile(join(folder, 'python/classify.py'), args));
    answersAsTheApp(rows, (name) => (/^kinds.*jpg$/.test(name) ? exactly : null));
  });
});

describe('the Node program', () => {
  // tfjs-node calls functions that newer Nodes no longer have; the program is for its own Nodes.
  const shim = 'data:text/javascript,import util from "node:util"; util.isNullOrUndefined ??= (v) => v == null; util.isArray ??= Array.isArray;';

  it.each(['tfjs', 'tfjs_graph', 'savedmodel'] as const)('of %s answers as the app', async (format) => {
    const folder = await exported(format);
    // npm install would bring them.
    symlinkSync(resolve('node_modules'), join(folder, 'node/node_modules'), 'junction');
    const rows = tableOf((args) => spawnSync(process.execPath, ['--import', shim, join(folder, 'node/classify.mjs'), ...args], { encoding: 'utf8', env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' } }));
    answersAsTheApp(rows);
  });
});

// Sharp and onnxruntime are not among the packages of this repository: they come where the other programs do.
describe.skipIf(!hasPython)('the Node program of ONNX', () => {
  it('answers as the app', async () => {
    const folder = await exported('onnx');
    const { status, stderr } = spawnSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: join(folder, 'node'), encoding: 'utf8', shell: process.platform === 'win32' });
    expect(status, stderr).toBe(0);
    const rows = tableOf((args) => spawnSync(process.execPath, [join(folder, 'node/classify.mjs'), ...args], { encoding: 'utf8' }));
    // Sharp reads no BMP, and decodes JPEGs at their full size only: a mean of 2 x 2 pixels is not quite what comes of decoding at half the size.
    answersAsTheApp(rows, (name) => (/^kinds.*jpg$/.test(name) ? exactly : null), { unread: ['kinds/rgb24.bmp'], near: (name) => (/^large.*jpg$/.test(name) ? 0.05 : 1e-3) });
  }, 300_000);
});

/** argv: the model, height of the pictures in pixels.bin, bytes of the arena. Answers, as bytes; null where the library is not installed. */
const MICRO = `
import importlib.util, json, sys
import numpy as np
path, size, arena = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
if not importlib.util.find_spec("tflite_micro"):
    print("ANSWER null")
    sys.exit()
from tflite_micro.python.tflite_micro import runtime
def ask(picture):
    interpreter.set_input(picture[None], 0)
    interpreter.invoke()
    return interpreter.get_output(0)[0].tolist()
try:
    interpreter = runtime.Interpreter.from_file(path + "/model.tflite", arena_size=arena)
except RuntimeError:
    print('ANSWER "too small"')
    sys.exit()
pictures = np.fromfile(path + "/pixels.bin", np.uint8).reshape(-1, size, size, 3)
print("ANSWER " + json.dumps([ask(picture) for picture in pictures]))
`;

describe.skipIf(!hasPython)('the int8 model in TensorFlow Lite Micro', () => {
  it.each([{ inputSize: 32, imageSize: 32 }, { inputSize: 64, imageSize: 32 }, { inputSize: 96, imageSize: 96 }])('answers as elsewhere in the memory that is told, %o', async (sizes) => {
    const small = smallModel({ ...sizes, classes: 10 });
    const folder = join(directory, `micro ${sizes.inputSize}`);
    mkdirSync(folder);
    const seen = discs(8, sizes.imageSize);
    await tflite.write({ model: small, precision: 'int8' }, folder, { pictures: seen, context: quietContext() });
    const { flash, arena } = boardNeeds(small.meta);
    writeFileSync(join(folder, 'pixels.bin'), seen.pixels);
    const told = (share: number): unknown => askPython(MICRO, [folder, String(sizes.imageSize), String(Math.round(share * arena))]);
    const answers = told(1) as number[][] | null;
    if (answers === null) return console.info('skipped: no tflite_micro in this Python');
    const reader = await tflite.load(folder, { model: small, precision: 'int8' });
    const ours = await reader.predict(Float32Array.from(seen.pixels), seen.count);
    reader.dispose();
    expect(answers.flat()).toEqual(Array.from(ours, (probability) => Math.round(256 * probability)));
    // It is what is needed, not a guess on the safe side.
    expect(told(0.75)).toBe('too small');
    const { size } = statSync(join(folder, 'model.tflite'));
    expect(Math.abs(flash - size) / size).toBeLessThan(0.1);
  });
});

describe('the size told beforehand', () => {
  it('counts the programs in', async () => {
    for (const { format, precision, bytes } of exportSizes(model).filter(({ format }) => PROJECTS[format].length > 0)) {
      if (precision !== EXPORT_PRECISIONS[format][0]) continue;
      const { files: written } = await exportModel({ model, format, precision, directory: join(directory, `sized ${format}`), pictures: discs(1, 32), story: null }, quietContext());
      const total = written.reduce((sum, file) => sum + file.bytes, 0);
      expect(Math.abs(bytes - total) / total, `${format}: ${bytes} for ${total}`).toBeLessThan(0.1);
    }
  });
});
