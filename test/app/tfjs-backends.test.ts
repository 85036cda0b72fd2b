/** TensorFlow.js exports in a browser, on each of its backends: WebGL, WebAssembly and plain JavaScript answer as the app does. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ElectronApplication, type Page, _electron } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { electronPath } from '../../scripts/setup/electron.mjs';
import { EXPORT_PRECISIONS } from '../../electron/contract';
import { quietContext } from '../../electron/engine/context';
import { compare, differs, resizePixels, TOLERANCE } from '../../electron/engine/export/parity';
import type { LoadedExport } from '../../electron/engine/export/outlet';
import { OUTLETS } from '../../electron/engine/export/outlets';
import type { tf } from '../../electron/engine/runtime/tensorflow';
import { Evaluator } from '../../electron/engine/jobs/evaluate';
import { discs, smallModel } from '../engine/export-fixture';
import { REPO, display } from './harness';

const COUNT = 24;
const model = smallModel({ inputSize: 64, imageSize: 32 });
const evaluator = new Evaluator(model);
const pictures = discs(COUNT, 32);
const variants = (['tfjs', 'tfjs_graph'] as const).flatMap((format) => EXPORT_PRECISIONS[format].map((precision) => ({ format, precision })));

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** TensorFlow.js as the page has it; the WebAssembly backend adds `wasm`. */
type InPage = { tf: typeof tf & { wasm: { setWasmPaths(paths: Record<string, string>, byFetch: boolean): void } } };

/** What the page is handed: text, as it may not read the disk. */
interface Question {
  readonly backend: string;
  /** model.json */
  readonly json: string;
  readonly weights: string;
  /** float32, [count, size, size, 3] */
  readonly pixels: string;
  readonly count: number;
  readonly size: number;
}

/** Runs in the page. @returns the probabilities, and the backend that they came from */
async function ask({ backend, json, weights, pixels, count, size }: Question): Promise<{ ranOn: string; probabilities: number[] }> {
  const { tf } = globalThis as unknown as InPage;
  const bytesOf = (text: string): ArrayBuffer => Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer;
  await tf.setBackend(backend);
  const { format, modelTopology, signature, weightsManifest } = JSON.parse(json) as { format: string; modelTopology: object; signature: object; weightsManifest: { weights: [] }[] };
  const artifacts = tf.io.fromMemory({ modelTopology, signature, weightSpecs: weightsManifest.flatMap((group) => group.weights), weightData: bytesOf(weights) });
  const loaded = await (format === 'graph-model' ? tf.loadGraphModel(artifacts) : tf.loadLayersModel(artifacts));
  const output = tf.tidy(() => loaded.predict(tf.tensor4d(new Float32Array(bytesOf(pixels)), [count, size, size, 3])) as tf.Tensor);
  const probabilities = [...(await output.data())];
  output.dispose();
  loaded.dispose();
  return { ranOn: tf.getBackend(), probabilities };
}

describe('TensorFlow.js in a browser', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tsugiki tfjs '));
  let app: ElectronApplication;
  let page: Page;

  beforeAll(async () => {
    app = await _electron.launch({
      executablePath: electronPath(), args: ['--no-sandbox', join(REPO, 'test/app/browser'), join(REPO, 'test/app/browser/tfjs.html')],
      env: { ...(process.env as Record<string, string>), DISPLAY: await display() }
    });
    page = await app.firstWindow();
    const dist = join(REPO, 'node_modules/@tensorflow/tfjs-backend-wasm/dist');
    const programs = readdirSync(dist).filter((name) => name.endsWith('.wasm'));
    const paths = Object.fromEntries(programs.map((name) => [name, `data:application/wasm;base64,${base64(readFileSync(join(dist, name)))}`]));
    await page.evaluate((where) => (globalThis as unknown as InPage).tf.wasm.setWasmPaths(where, true), paths);
  });
  afterAll(async () => {
    await app.close();
    evaluator.dispose();
    rmSync(directory, { recursive: true, force: true });
  });

  describe.each(variants)('$format, $precision', ({ format, precision }) => {
    const outlet = OUTLETS[format];
    const wanted = { model, precision };
    const files = join(directory, `${format}-${precision}`);
    const size = model.meta[outlet.takes];
    const pixels = resizePixels(pictures.pixels, COUNT, pictures, size);
    let inNode: Float32Array;
    let asked: Pick<Question, 'json' | 'weights'>;

    beforeAll(async () => {
      mkdirSync(files);
      const names = await outlet.write(wanted, files, { pictures, context: quietContext() });
      const [json, ...shards] = names.map((name) => readFileSync(join(files, name)));
      asked = { json: String(json), weights: base64(Buffer.concat(shards)) };
      const loaded = await outlet.load(files, wanted);
      inNode = await loaded.predict(pixels, COUNT);
      loaded.dispose();
    });

    it.each(['webgl', 'wasm', 'cpu'])('answers on %s as in Node, and as the app does', async (backend) => {
      let ranOn = '';
      let answered = new Float32Array();
      const inPage: LoadedExport = {
        predict: async (batch, count) => {
          const told = await page.evaluate(ask, { ...asked, backend, pixels: base64(new Uint8Array(batch.buffer)), count, size });
          ranOn = told.ranOn;
          return (answered = Float32Array.from(told.probabilities));
        },
        dispose: () => undefined
      };
      const compared = await compare(evaluator, inPage, pictures, quietContext(), { takes: outlet.takes, most: COUNT });
      expect(ranOn).toBe(backend);
      expect(differs(precision, compared), JSON.stringify(compared)).toBe(false);
      const furthest = answered.reduce((most, value, i) => Math.max(most, Math.abs(value - inNode[i]!)), 0);
      expect(answered).toHaveLength(inNode.length);
      expect(furthest).toBeLessThan(TOLERANCE);
    });
  });
});
