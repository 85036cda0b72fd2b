/** The command line as people start it: what the build makes, in a process of its own. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadModelFolder } from '../../electron/engine/model/model-folder';
import { PICTURES, smallFolder } from './small-data';

const { directory, recipe } = smallFolder();

beforeAll(async () => {
  const { build } = (await import(resolve('scripts/build.mjs'))) as { build: (parts: { window: boolean }) => Promise<void> };
  await build({ window: false });
});

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a command in the test's folder; `watch` sees standard error grow. */
function tsugiki(args: string[], watch: (stderr: string, stop: () => void) => void = () => undefined): Promise<Ended> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [resolve('out/cli/index.cjs'), ...args], { cwd: directory, env: { ...process.env, INIT_CWD: directory } });
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
  it('tells failures by its exit code, and says nothing on standard output', async () => {
    const [usage, failure] = await Promise.all([tsugiki(['train', '--nope']), tsugiki(['evaluate', '--model', '.', '--data', 'data'])]);
    expect(usage).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('train has no option --nope') as string });
    expect(failure).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('is no model that opens here') as string });
  });

  it('trains, and the model evaluates, classifies, exports and is inspected', async () => {
    recipe('small.json', { phases: [{ name: 'frozen', epochs: 2 }, { name: 'fine_tune', trainableFrom: 'block_16_expand', epochs: 1 }] });
    const trained = await tsugiki(['train', '--data', 'data', '--weights', 'random', '--recipe', 'small.json', '--out', 'run', '--json', '--steps']);
    expect(trained.code, trained.stderr).toBe(0);
    const result = JSON.parse(trained.stdout) as Record<string, Record<string, unknown>> & { peak_rss_mib: number; model: string };
    expect(result).toMatchObject({ images: PICTURES, test_images: 20, size: 32, scale: '0..1', tested_on: 'test', stopped: false });
    expect(result.peak_rss_mib).toBeGreaterThan(50);
    // Everything that reference/keras_recipe.py prints of a phase, and what keras_steps.py writes.
    expect(result['frozen']).toMatchObject({
      history: { loss: [expect.any(Number), expect.any(Number)], accuracy: [expect.any(Number), expect.any(Number)], val_loss: [expect.any(Number), expect.any(Number)], val_accuracy: [expect.any(Number), expect.any(Number)] },
      epoch_seconds: [expect.any(Number), expect.any(Number)], total_seconds: expect.any(Number) as number, test_loss: expect.any(Number) as number, test_accuracy: expect.any(Number) as number
    });
    expect(result['frozen']?.['step_loss']).toHaveLength(8); // 51 pictures in batches of 16, twice
    expect(result['frozen']?.['step_accuracy']).toHaveLength(8);
    expect(result['fine_tune']).toMatchObject({ epoch_seconds: [expect.any(Number)], test_accuracy: expect.any(Number) as number, weight_norms: { 'dense/kernel': expect.any(Number) as number } });
    const probabilities = result['fine_tune']?.['probabilities'] as number[][];
    expect(probabilities.map((row) => row.length)).toEqual(Array(8).fill(10));
    const gradient = result['fine_tune']?.['first_gradient'] as Record<string, number[]>;
    expect(Object.keys(gradient)).toContain('block_16_expand_BN/gamma');
    expect(gradient['dense/kernel']).toHaveLength(5); // its norm and first four values
    expect(trained.stderr).toContain('Epoch 2/2');

    const [evaluated, classified, inspected, tfjs, savedmodel] = await Promise.all([
      tsugiki(['evaluate', '--model', 'run', '--data', 'data', '--json']),
      tsugiki(['classify', '--model', 'run', 'grey.bmp', '--json']),
      tsugiki(['inspect', '--model', 'run']),
      tsugiki(['export', '--model', 'run', '--data', 'data', '--format', 'tfjs', '--out', 'exported/tfjs', '--json']),
      tsugiki(['export', '--model', 'run', '--data', 'data', '--format', 'savedmodel', '--out', 'exported/savedmodel'])
    ]);
    const { test_accuracy, test_loss } = JSON.parse(evaluated.stdout) as { test_accuracy: number; test_loss: number };
    expect(test_accuracy).toBeCloseTo(result['fine_tune']?.['test_accuracy'] as number, 6);
    expect(test_loss).toBeCloseTo(result['fine_tune']?.['test_loss'] as number, 4);
    const [answer] = JSON.parse(classified.stdout) as { file: string; top: { label: string; probability: number }[] }[];
    expect(answer).toMatchObject({ file: join(directory, 'grey.bmp') });
    expect(answer?.top).toHaveLength(5);
    expect(inspected.stdout).toMatch(/block_16_expand +Conv2D +1 x 1 x 336 +18816/);
    expect(JSON.parse(tfjs.stdout)).toMatchObject({ format: 'tfjs', parity: { pictures: 20, agreement: 1 } });
    expect(savedmodel.stdout).toContain('100.0 % the same answer as the app');
    expect(readdirSync(join(directory, 'exported/savedmodel')).sort()).toEqual(['MODEL_CARD.md', 'README.md', 'labels.json', 'labels.txt', 'node', 'parity.json', 'python', 'saved_model.pb', 'tsugiki.json']);
  });

  it('stops with Ctrl-C within a step, keeps the last epoch, and goes on from it', async () => {
    recipe('endless.json', { phases: [{ name: 'frozen', epochs: 10000 }] });
    const stopAt = (pattern: RegExp) => {
      let asked = false;
      return (stderr: string, stop: () => void) => {
        if (asked || !pattern.test(stderr)) return;
        asked = true;
        stop();
      };
    };
    const ended = await tsugiki(['train', '--data', 'data', '--weights', 'random', '--recipe', 'endless.json', '--out', 'stopped'], stopAt(/Epoch 2\//));
    expect(ended.code, ended.stderr).toBe(130);
    expect(ended.stdout).toContain('Stopped; the model is that of the last whole epoch. To go on where it stopped: train --resume --out ');
    expect((await loadModelFolder(join(directory, 'stopped', 'model'))).meta.classNames).toHaveLength(10);
    const resumed = await tsugiki(['train', '--out', 'stopped', '--resume'], stopAt(/Epoch \d+\/10000/));
    const last = Number(/.*Epoch (\d+)\/10000/s.exec(ended.stderr)?.[1]);
    const first = Number(/Epoch (\d+)\/10000/.exec(resumed.stderr)?.[1]);
    expect(first).toBe(last + 1);
  });
});
