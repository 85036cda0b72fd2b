/**
 * A run continued in Keras: TensorFlow reads the written pictures back byte by byte, one worker takes the engine's steps, two on loopback
 * take the same as one, and what is written does not have to fit into memory.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PhaseResult, type Recipe, RecipeSchema } from '../../electron/contract';
import { quietContext } from '../../electron/engine/context';
import { openDataset } from '../../electron/engine/data/open';
import type { ProjectDataset } from '../../electron/engine/data/project-dataset';
import { openAnyModel } from '../../electron/engine/export/opening/open-model';
import { evaluateModel } from '../../electron/engine/jobs/evaluate';
import { writeKerasProject } from '../../electron/engine/jobs/keras-project';
import { train } from '../../electron/engine/jobs/train';
import { madePicture, png } from '../app/pictures';
import { jpeg, plain } from './fixtures';
import { askPython, hasPython } from './python';

const directory = mkdtempSync(join(tmpdir(), 'tsugiki-keras-project-'));
process.env['TSUGIKI_CACHE'] = directory;
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** In file order, so that nothing is left to chance; 204 pictures to train on: the last batch is not a full one. */
const recipe = (part: object): Recipe =>
  v.parse(RecipeSchema, {
    alpha: 0.35, limit: 256, shuffle: false, seed: 3, batchSize: 64,
    phases: [
      { name: 'frozen', epochs: 2 },
      { name: 'fine_tune', epochs: 1, trainableFrom: 'block_16_expand', keepBatchNormFrozen: true, optimizer: { name: 'adam', learningRate: 0.0001 } }
    ],
    ...part
  });
const LESSON = recipe({});

const sample = (): Promise<ProjectDataset> => openDataset({ kind: 'sample' }, quietContext());
async function write(name: string, wanted: Recipe, dataset: ProjectDataset): Promise<string> {
  const to = join(directory, name);
  await writeKerasProject({ recipe: wanted, weights: 'auto', dataset, model: null, directory: to }, quietContext());
  return to;
}

const RECORDS = `
import glob, json, os, sys
os.chdir(sys.argv[1]); sys.path.insert(0, sys.argv[1])
import pictures, workers
workers.COUNT, workers.devices = int(sys.argv[2]), lambda: int(sys.argv[2])
answer = {}
for part in pictures.DATA["parts"]:
    shares = []
    for workers.INDEX in range(workers.COUNT):
        pixels, labels = zip(*pictures.load(part, 24 * workers.COUNT).unbatch().as_numpy_iterator())
        shares.append([[int(label), int(x.astype("int64").sum()), [int(v) for v in x.reshape(-1)[:: 977]]] for x, label in zip(pixels, labels)])
    answer[part] = shares
print("ANSWER", json.dumps(answer))`;

/** A phase's figures, a run's phases by name. */
const HistorySchema = v.record(v.string(), v.looseObject({ history: v.record(v.string(), v.array(v.number())), test_loss: v.number(), test_accuracy: v.number() }));
type Figures = v.InferOutput<typeof HistorySchema>;

const figures = (folder: string): Figures => v.parse(v.object({ phases: HistorySchema }), JSON.parse(readFileSync(join(folder, 'history.json'), 'utf8'))).phases;

const python = process.env['TSUGIKI_TF_PYTHON'] ?? '';
/** In a process group of its own while this one goes on. */
const start = (folder: string, args: readonly string[], env: Record<string, string> = {}): ChildProcess =>
  spawn(python, args, { cwd: folder, detached: true, env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', CUDA_VISIBLE_DEVICES: '', JAX_PLATFORMS: 'cpu', PYTHONIOENCODING: 'utf-8', ...env } });

/** To its end; its complaints are the error. */
function run(folder: string, args: readonly string[], env: Record<string, string> = {}): Promise<Figures> {
  const child = start(folder, args, env);
  let words = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (words += chunk.toString()));
  return new Promise((done, failed) => {
    child.once('error', failed);
    child.once('exit', (status) => (status === 0 ? done(figures(folder)) : failed(new Error(words.slice(-3000)))));
  });
}

const KeptSchema = v.object({ epochs: v.number(), ended: v.boolean() });

/** Until a phase is as far as `reached` says; then all its processes are killed at once, as a power cut would. */
async function breakOff(folder: string, args: readonly string[], phase: string, reached: (kept: v.InferOutput<typeof KeptSchema>) => boolean, env: Record<string, string> = {}): Promise<void> {
  const child = start(folder, args, env);
  const ended = new Promise((done) => child.once('exit', done));
  await new Promise<void>((done, failed) => {
    mkdirSync(join(folder, 'progress'), { recursive: true });
    const watcher = watch(join(folder, 'progress'), () => {
      const file = join(folder, 'progress', `${phase}.json`);
      if (!existsSync(file) || !reached(v.parse(KeptSchema, JSON.parse(readFileSync(file, 'utf8'))))) return;
      watcher.close();
      done();
    });
    child.once('exit', () => failed(new Error('The training ended before it could be broken off.')));
  });
  process.kill(-(child.pid ?? NaN), 'SIGKILL');
  await ended;
}

/** The largest difference of any loss, relative, and of any accuracy in pictures of the part it is told of. */
function differences(a: Figures, b: Figures): { losses: number; accuracies: number } {
  const pairs = Object.entries(a).flatMap(([phase, { history, test_loss }]) => [
    { key: 'test_loss', one: test_loss, other: b[phase]?.test_loss ?? NaN },
    ...Object.entries(history).flatMap(([key, values]) => values.map((one, i) => ({ key, one, other: b[phase]?.history[key]?.[i] ?? NaN })))
  ]);
  const largest = (wanted: typeof pairs, of: (one: number, other: number) => number): number => Math.max(...wanted.map(({ one, other }) => of(one, other)));
  return {
    losses: largest(pairs.filter(({ key }) => key.endsWith('loss')), (one, other) => Math.abs(one - other) / one),
    accuracies: largest(pairs.filter(({ key }) => key.endsWith('accuracy')), (one, other) => Math.abs(one - other))
  };
}

const hasJax = hasPython && spawnSync(python, ['-c', 'import jax']).status === 0;
if (hasPython && !hasJax) console.info('skipped: this Python has no jax, so several workers are not tried');

test('a program of the run in the eight steps of the lesson', async () => {
  const folder = await write('lesson', LESSON, await sample());
  const program = readFileSync(join(folder, 'train.py'), 'utf8');
  expect(program.match(/^# (\d)\. /gm)?.join('')).toBe('# 1. # 2. # 3. # 4. # 5. # 6. # 7. # 8. ');
  for (const line of ['train = pictures.load("train", batch_size=64, shuffle=False)', 'history_frozen = model.fit(train, epochs=2, validation_data=validation, callbacks=[results.Progress("frozen")])', '    part.load_weights("start.h5", by_name=True)']) {
    expect(program.split('\n')).toContain(line);
  }
  expect(v.parse(RecipeSchema, JSON.parse(readFileSync(join(folder, 'recipe.json'), 'utf8')))).toEqual(LESSON);
  expect(readdirSync(directory).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('a folder that holds something is left alone', async () => {
  const folder = join(directory, 'mine');
  mkdirSync(folder);
  writeFileSync(join(folder, 'letter.txt'), 'dear');
  await expect(write('mine', LESSON, await sample())).rejects.toThrow('there is something in it already');
  expect(readdirSync(folder)).toEqual(['letter.txt']);
});

describe.skipIf(!hasPython)('in TensorFlow', () => {
  test.each([1, 2, 3])("the pictures are the run's own, in its parts and order, shared by %i", { timeout: 300_000 }, async (count) => {
    const dataset = await sample();
    const folder = await write(`shared-${count}`, LESSON, dataset);
    const answer = v.parse(v.record(v.string(), v.array(v.array(v.tuple([v.number(), v.number(), v.array(v.number())])))), askPython(RECORDS, [folder, String(count)]));
    const [all, test] = [await dataset.load('train', 32, quietContext()), await dataset.load('test', 32, quietContext())];
    const bytes = all.height * all.width * 3;
    const told = (set: typeof all, i: number): [number, number, number[]] => {
      const pixels = set.pixels.subarray(i * bytes, (i + 1) * bytes);
      return [set.labels[i] as number, pixels.reduce((sum, x) => sum + x, 0), Array.from(pixels).filter((_, at) => at % 977 === 0)];
    };
    const rows = (from: number, to: number): number[] => Array.from({ length: Math.floor((to - from) / count) * count }, (_, i) => from + i);
    for (const [part, set, indices] of [['train', all, rows(0, 204)], ['validation', all, rows(204, 256)], ['test', test, rows(0, test.count)]] as const) {
      const shares = answer[part] ?? [];
      // One of each worker in turn.
      const together = indices.map((_, i) => shares[i % count]?.[Math.floor(i / count)]);
      expect(together, part).toEqual(indices.map((i) => told(set, i)));
      expect(shares.reduce((sum, share) => sum + share.length, 0)).toBe(indices.length);
    }
  });
});

/** Equal as the reference's README defines it: losses to 1e-3; accuracies to one picture of the 52 for validation. */
const SAME = { losses: 1e-3, accuracies: 1.5 / 52 };

describe.skipIf(!hasJax)('trained in Keras', () => {
  let engine: Figures;
  let one: Figures;
  let two: Figures;
  beforeAll(async () => {
    const dataset = await sample();
    const folder = await write('one', LESSON, dataset);
    const pair = join(directory, 'two');
    for (const copy of [pair, join(directory, 'one-again'), join(directory, 'two-again')]) cpSync(folder, copy, { recursive: true });
    const outcome = await train({ recipe: LESSON, weights: 'auto', dataset, directory: join(directory, 'run'), runId: 'run', resume: false }, quietContext());
    engine = v.parse(HistorySchema, Object.fromEntries(outcome.results.map(({ name, result }): [string, PhaseResult] => [name, result])));
    one = await run(folder, ['train.py'], { KERAS_BACKEND: 'tensorflow' });
    two = await run(pair, ['launch.py', '--workers', '2']);
  }, 900_000);

  test("one worker has the engine's numbers", () => {
    const { losses, accuracies } = differences(engine, one);
    console.info(`one worker against the engine: losses differ by ${losses.toExponential(1)}`);
    expect(losses).toBeLessThan(SAME.losses);
    expect(accuracies).toBeLessThan(SAME.accuracies);
  });

  test('two workers have the numbers of one', () => {
    const { losses, accuracies } = differences(one, two);
    console.info(`two workers against one: losses differ by ${losses.toExponential(1)}`);
    expect(losses).toBeLessThan(SAME.losses);
    expect(accuracies).toBeLessThan(SAME.accuracies);
  });

  test('the first worker leaves the model, and nobody else', () => {
    expect(existsSync(join(directory, 'two', 'model.keras'))).toBe(true);
    expect(JSON.parse(readFileSync(join(directory, 'two', 'history.json'), 'utf8'))).toMatchObject({ workers: 2, devices: 2 });
    expect(readFileSync(join(directory, 'two', 'worker-1.log'), 'utf8')).toContain('Test accuracy');
  });

  test('one worker that was killed between two phases goes on', { timeout: 900_000 }, async () => {
    const folder = join(directory, 'one-again');
    await breakOff(folder, ['train.py'], 'frozen', ({ ended }) => ended, { KERAS_BACKEND: 'tensorflow' });
    const { losses, accuracies } = differences(one, await run(folder, ['train.py'], { KERAS_BACKEND: 'tensorflow' }));
    console.info(`one worker that was killed against one that was not: losses differ by ${losses.toExponential(1)}`);
    expect(losses).toBeLessThan(SAME.losses);
    expect(accuracies).toBeLessThan(SAME.accuracies);
    expect(existsSync(join(folder, 'progress'))).toBe(false);
  });

  test('two workers that were killed inside a phase go on behind the last whole epoch', { timeout: 900_000 }, async () => {
    const folder = join(directory, 'two-again');
    const args = ['launch.py', '--workers', '2'];
    await breakOff(folder, args, 'frozen', ({ epochs }) => epochs === 1);
    const { losses, accuracies } = differences(two, await run(folder, args));
    console.info(`two workers that were killed against two that were not: losses differ by ${losses.toExponential(1)}`);
    expect(losses).toBeLessThan(SAME.losses);
    expect(accuracies).toBeLessThan(SAME.accuracies);
    expect(readFileSync(join(folder, 'worker-1.log'), 'utf8')).toContain('The phase frozen goes on behind epoch 1.');
  });

  test('which comes back, with the classes and the accuracy it was tested at there', async () => {
    const { model, training } = await openAnyModel(join(directory, 'two', 'model.keras'));
    expect(training).toMatchObject({ recipe: LESSON, pictures: { train: 204, validation: 52, test: 800 }, phases: { frozen: two['frozen'], fine_tune: two['fine_tune'] } });
    expect(model.meta.trained.testAccuracy).toBe(two['fine_tune']?.test_accuracy);
    const dataset = await sample();
    expect(model.meta).toMatchObject({ alpha: 0.35, inputSize: 32, imageSize: 64, scale: '0..1', classNames: dataset.summary.classNames });
    const { accuracy } = await evaluateModel(model, dataset, quietContext());
    expect(accuracy).toBeCloseTo(two['fine_tune']?.test_accuracy ?? NaN, 6);
  });
});

test('20,000 pictures are written in little memory', { timeout: 300_000 }, async () => {
  const REPO = resolve(__dirname, '../..');
  // Inside the repository, where its packages are found.
  const program = join(REPO, 'out/test/keras-project-child.cjs');
  buildSync({ entryPoints: [join(__dirname, 'keras-project-child.ts')], outfile: program, bundle: true, packages: 'external', platform: 'node', format: 'cjs', logLevel: 'error' });
  const folder = join(directory, 'many');
  for (let label = 0; label < 2; label++) {
    mkdirSync(join(folder, `class ${label}`), { recursive: true });
    const [first, ...others] = Array.from({ length: 10_000 }, (_, i) => join(folder, `class ${label}`, `${i}.png`)) as [string, ...string[]];
    writeFileSync(first, png(madePicture(label)));
    for (const other of others) linkSync(first, other);
  }
  // One of another size: now all are resized to the network's.
  writeFileSync(join(folder, 'class 0', 'wide.jpg'), await jpeg(plain(80, 60, 200, 100, 50)));
  const { stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', program, folder, join(directory, 'many-project'), '96'], { encoding: 'utf8', env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' } });
  const line = stdout.split('\n').find((text) => text.startsWith('{'));
  expect(line, stderr).toBeDefined();
  const { pictures, mebibytes, grew, seconds } = JSON.parse(line ?? '{}') as Record<'pictures' | 'mebibytes' | 'grew' | 'seconds', number>;
  console.info(`${pictures} pictures, ${mebibytes.toFixed(0)} MiB of records, written in ${seconds.toFixed(1)} s; the process grew by ${grew.toFixed(0)} MiB`);
  expect(pictures).toBe(20_001);
  expect(mebibytes).toBeGreaterThan(500);
  expect(grew).toBeLessThan(mebibytes / 2);
});
