/** The command line as people start it: a process of its own, on a small data set in CIFAR-10's format. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from 'esbuild';
import { loadModelFolder } from '../../electron/engine/model/model-folder';

// Below node_modules, so that the bundle finds TensorFlow as the real one does.
const bundle = resolve('node_modules/.cache/tsugiki-test/cli.cjs');
const PICTURES = 64;

let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tsugiki cli '));
  await build({
    entryPoints: ['electron/cli/index.ts'], outfile: bundle, bundle: true, platform: 'node', format: 'cjs', target: 'node16', external: ['@tensorflow/tfjs-node'],
    define: { 'import.meta.url': '__importMetaUrl' }, banner: { js: "const __importMetaUrl = require('url').pathToFileURL(__filename).href;" }, logLevel: 'silent'
  });
  const data = join(directory, 'data');
  mkdirSync(data);
  writeFileSync(join(data, 'data_batch_1.bin'), batch(PICTURES));
  writeFileSync(join(data, 'test_batch.bin'), batch(20));
  recipe('small.json', { phases: [{ name: 'frozen', epochs: 2 }, { name: 'fine_tune', trainableFrom: 'block_16_expand', epochs: 1 }] });
  recipe('endless.json', { phases: [{ name: 'frozen', epochs: 10000 }] });
  recipe('bad.json', { epochs: 3 });
  writeFileSync(join(directory, 'grey.bmp'), greyBmp());
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const recipe = (name: string, value: object) => writeFileSync(join(directory, name), JSON.stringify({ alpha: 0.35, batchSize: 16, head: [{ units: 8 }], ...value }));

/** Rows of one label byte and 3 x 1024 bytes; each class is one brightness. */
function batch(count: number): Uint8Array {
  const rows = Array.from({ length: count }, (_, i) => {
    const row = new Uint8Array(3073).fill((i % 10) * 25);
    row[0] = i % 10;
    return row;
  });
  return Buffer.concat(rows);
}

/** 2 x 2 pixels, 24 bits. */
function greyBmp(): Uint8Array {
  const bytes = Buffer.alloc(54 + 16, 128);
  bytes.fill(0, 0, 54);
  bytes.write('BM');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(2, 18);
  bytes.writeInt32LE(2, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  return bytes;
}

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a command in the test's folder; `watch` sees standard error grow. */
function tsugiki(args: string[], watch: (stderr: string, stop: () => void) => void = () => undefined): Promise<Ended> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [bundle, ...args], { cwd: directory, env: { ...process.env, INIT_CWD: directory } });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (part: Buffer) => (stdout += part.toString()));
    child.stderr.on('data', (part: Buffer) => {
      stderr += part.toString();
      watch(stderr, () => child.kill('SIGINT'));
    });
    child.on('error', failed);
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
}

describe('the command line', () => {
  it('refuses what it does not understand with exit code 2', async () => {
    const [option, key, none] = await Promise.all([tsugiki(['train', '--nope']), tsugiki(['train', '--data', 'data', '--recipe', 'bad.json']), tsugiki([])]);
    expect(option).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('train has no option --nope') as string });
    expect(key).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('epochs is not a setting of a recipe') as string });
    expect(none).toMatchObject({ code: 2, stdout: expect.stringContaining('npm run tsugiki -- COMMAND') as string });
  });

  it('fails with exit code 1 and a sentence', async () => {
    const ended = await tsugiki(['evaluate', '--model', '.', '--data', 'data']);
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('holds no model') as string });
  });

  it('trains, and the model evaluates, classifies, exports and is inspected', async () => {
    const trained = await tsugiki(['train', '--data', 'data', '--weights', 'random', '--recipe', 'small.json', '--out', 'run', '--json', '--steps']);
    expect(trained.code, trained.stderr).toBe(0);
    const result = JSON.parse(trained.stdout) as Record<string, Record<string, unknown>> & { peak_rss_mib: number; model: string };
    expect(result).toMatchObject({ images: PICTURES, test_images: 20, size: 32, scale: '0..1', tested_on: 'test', stopped: false });
    expect(result.peak_rss_mib).toBeGreaterThan(50);
    expect(result['frozen']).toMatchObject({ history: { loss: [expect.any(Number), expect.any(Number)], val_accuracy: [expect.any(Number), expect.any(Number)] } });
    expect(result['frozen']?.['step_loss']).toHaveLength(8); // 51 pictures in batches of 16, twice
    expect(result['fine_tune']).toMatchObject({ epoch_seconds: [expect.any(Number)], test_accuracy: expect.any(Number) as number, weight_norms: { 'dense/kernel': expect.any(Number) as number } });
    expect(trained.stderr).toContain('Epoch 2/2');

    const [evaluated, classified, inspected, tfjs, savedmodel] = [
      await tsugiki(['evaluate', '--model', 'run', '--data', 'data', '--json']),
      await tsugiki(['classify', '--model', 'run', 'grey.bmp', '--json']),
      await tsugiki(['inspect', '--model', 'run']),
      await tsugiki(['export', '--model', 'run', '--data', 'data', '--format', 'tfjs', '--out', 'exported/tfjs', '--json']),
      await tsugiki(['export', '--model', 'run', '--data', 'data', '--format', 'savedmodel', '--out', 'exported/savedmodel'])
    ];
    const { test_accuracy, test_loss } = JSON.parse(evaluated.stdout) as { test_accuracy: number; test_loss: number };
    expect(test_accuracy).toBeCloseTo(result['fine_tune']?.['test_accuracy'] as number, 6);
    expect(test_loss).toBeCloseTo(result['fine_tune']?.['test_loss'] as number, 4);
    const [answer] = JSON.parse(classified.stdout) as { file: string; top: { label: string; probability: number }[] }[];
    expect(answer).toMatchObject({ file: join(directory, 'grey.bmp') });
    expect(answer?.top).toHaveLength(5);
    expect(inspected.stdout).toMatch(/block_16_expand +Conv2D +1 x 1 x 336 +18816/);
    expect(JSON.parse(tfjs.stdout)).toMatchObject({ format: 'tfjs', parity: { pictures: 20, agreement: 1 } });
    expect(savedmodel.stdout).toContain('100.0 % the same answer as the app');
    expect(readdirSync(join(directory, 'exported/savedmodel')).sort()).toEqual(['README.md', 'labels.json', 'saved_model.pb']);
  });

  it('stops with Ctrl-C within a step, keeps the last epoch, and goes on from it', async () => {
    let asked = 0;
    const ended = await tsugiki(['train', '--data', 'data', '--weights', 'random', '--recipe', 'endless.json', '--out', 'stopped'], (stderr, stop) => {
      if (asked === 0 && stderr.includes('Epoch 2/')) {
        asked = performance.now();
        stop();
      }
    });
    expect(ended.code, ended.stderr).toBe(130);
    expect(performance.now() - asked).toBeLessThan(5000);
    expect(ended.stdout).toContain('Stopped; the last whole epoch is kept.');
    expect((await loadModelFolder(join(directory, 'stopped', 'model'))).meta.classNames).toHaveLength(10);
    let going = false;
    const resumed = await tsugiki(['train', '--out', 'stopped', '--resume'], (stderr, stop) => {
      if (!going && /Epoch \d+\/10000/.test(stderr)) {
        going = true;
        stop();
      }
    });
    const last = Number(/.*Epoch (\d+)\/10000/s.exec(ended.stderr)?.[1]);
    const first = Number(/Epoch (\d+)\/10000/.exec(resumed.stderr)?.[1]);
    expect(first).toBe(last + 1);
  });

  it('leaves no folder behind when the data cannot be used', async () => {
    writeFileSync(join(directory, 'empty.tar.gz'), '');
    expect((await tsugiki(['train', '--data', 'empty.tar.gz', '--out', 'never'])).code).toBe(1);
    expect(readdirSync(directory)).not.toContain('never');
  });
});
