/**
 * `npm run pretrain`: makes the embedded backbone. Renders pictures of other things than the sample's, trains MobileNetV2 0.35 on them
 * from random weights with the app's own training job, and writes the base's weights as a Keras .h5.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { type PhaseSchema, RecipeSchema } from '../../electron/contract';
import { JobControl } from '../../electron/engine/context';
import type { Dataset, ImageSet } from '../../electron/engine/data/dataset';
import { train } from '../../electron/engine/jobs/train';
import type { Network, Weights } from '../../electron/engine/model/layers';
import { mobileNetV2 } from '../../electron/engine/model/mobilenet-v2';
import type { TrainedModel } from '../../electron/engine/model/model-folder';
import { writeWeights } from '../../electron/engine/model/weight-file';
import type { Style } from './picture';
import { type Pool, createPool } from './pool';
import { Random } from './random';
import { pretrainThings } from './things/pretrain';

const SIZE = 64;
const ALPHA = 0.35;
/** Coarser than the sample, and things from far away too: a network for all occasions. */
const STYLE: Style = { size: SIZE, oversampling: 1.25, fill: [0.5, 1.3] };
const PER_CLASS = 260;
const SEED = 'tsugiki-pretrain-1';
const BATCH = 64;
const BATCH_NORM_MOMENTUM = 0.999;
/** Epochs of one pass each over the pictures and their mirror images. */
const SCHEDULE: [name: string, epochs: number, learningRate: number][] = [
  ['fast', 6, 0.002],
  ['slower', 3, 0.0007],
  ['fine', 2, 0.0002],
];

const root = join(__dirname, '../..');

/** The rendered pictures, from the build folder when they are there already. */
async function renderAll(pool: Pool): Promise<{ pixels: Uint8Array; labels: Int32Array }> {
  const cache = join(root, 'out/pretrain', `${SEED}-${PER_CLASS}.rgb`);
  const orders = Object.keys(pretrainThings).flatMap((thing, label) => Array.from({ length: PER_CLASS }, (_, i) => ({ name: `${SEED}/${thing}/${i}`, thing, label })));
  new Random(`${SEED}/order`).shuffle(orders);
  const labels = Int32Array.from(orders, (order) => order.label);
  if (existsSync(cache)) return { pixels: readFileSync(cache), labels };
  const started = Date.now();
  const pictures = await pool.render(orders, STYLE, (done) => {
    if (done % 200 === 0 || done === orders.length) console.log(`pictures: ${done} of ${orders.length}, ${Math.round((Date.now() - started) / 1000)} s`);
  });
  const pixels = Buffer.concat(pictures);
  mkdirSync(dirname(cache), { recursive: true });
  writeFileSync(cache, pixels);
  return { pixels, labels };
}

/**
 * Each picture twice: as it is, and mirrored with its colour channels in another order. One of the two, in turns, also has its bytes
 * p moved to 128 + p / 2: under the scale -1..1 that is what 0..1 would make of p, so the network learns to take both ranges.
 */
function varied({ pixels, labels }: { pixels: Uint8Array; labels: Int32Array }): ImageSet {
  const count = labels.length;
  const bytes = SIZE * SIZE * 3;
  const all = new Uint8Array(2 * count * bytes);
  const random = new Random(`${SEED}/variation`);
  const orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] as const;
  for (let i = 0; i < count; i++) {
    const source = pixels.subarray(i * bytes, (i + 1) * bytes);
    const plain = all.subarray(2 * i * bytes, (2 * i + 1) * bytes);
    const mirrored = all.subarray((2 * i + 1) * bytes, (2 * i + 2) * bytes);
    plain.set(source);
    const [r, g, b] = random.pick(orders);
    for (let y = 0; y < SIZE; y++)
      for (let x = 0; x < SIZE; x++) {
        const [from, to] = [(y * SIZE + SIZE - 1 - x) * 3, (y * SIZE + x) * 3];
        mirrored[to] = source[from + r]!;
        mirrored[to + 1] = source[from + g]!;
        mirrored[to + 2] = source[from + b]!;
      }
    const raised = i % 2 === 0 ? plain : mirrored;
    for (let k = 0; k < bytes; k++) raised[k] = 128 + (raised[k]! >> 1);
  }
  return { count: 2 * count, height: SIZE, width: SIZE, pixels: all, labels: Int32Array.from({ length: 2 * count }, (_, i) => labels[i >> 1]!) };
}

function datasetOf(images: ImageSet): Dataset {
  const classNames = Object.keys(pretrainThings);
  const none: ImageSet = { ...images, count: 0, pixels: new Uint8Array(0), labels: new Int32Array(0) };
  return {
    summary: {
      source: { kind: 'path', path: 'pretrain' }, name: 'Pretraining renders', classNames,
      classCounts: classNames.map((_, label) => images.labels.reduce((n, l) => n + (l === label ? 1 : 0), 0)),
      trainCount: images.count, validationCount: 0, testCount: 0, testedOn: 'validation', pictureSize: SIZE, skipped: [], project: null,
    },
    load: async (split) => (split === 'train' ? images : none),
  };
}

interface Course {
  readonly dataset: Dataset;
  readonly phases: v.InferInput<typeof PhaseSchema>[];
  readonly validationSplit: number;
  readonly initialWeights: string | null;
}

/** Runs the training job on all layers and prints each epoch. */
async function learn({ dataset, phases, validationSplit, initialWeights }: Course): Promise<TrainedModel> {
  const recipe = v.parse(RecipeSchema, { alpha: ALPHA, inputSize: SIZE, scale: '-1..1', head: [], batchSize: BATCH, validationSplit, seed: 1, initialWeights, phases });
  const directory = mkdtempSync(join(tmpdir(), 'tsugiki-pretrain-'));
  const percent = (share: number | null) => (share === null ? '-' : `${(share * 100).toFixed(1)} %`);
  try {
    const context = new JobControl().context((progress) => {
      if (progress.kind === 'step' && progress.step % 50 === 0) console.log(`  step ${progress.step} of ${progress.steps}: loss ${progress.loss.toFixed(3)}, accuracy ${percent(progress.accuracy)}`);
      if (progress.kind === 'epoch') console.log(`${recipe.phases[progress.phase]?.name}, epoch ${progress.epoch + 1}: loss ${progress.loss.toFixed(3)}, accuracy ${percent(progress.accuracy)}, validation ${percent(progress.valAccuracy)}, ${progress.seconds.toFixed(0)} s`);
    });
    const { model } = await train({ recipe, weights: 'random', dataset, directory, runId: 'pretrain', resume: false }, context);
    if (!model) throw new Error('The training gave no model.');
    return model;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const phase = (name: string, epochs: number, learningRate: number, maxSteps?: number) => ({ name, epochs, trainableFrom: 'all', optimizer: { name: 'adam' as const, learningRate }, ...(maxSteps ? { maxSteps } : {}) });

/** Changes a batch norm's moving statistics in place. */
function eachStatistic(weights: Weights, change: (value: number) => number): void {
  for (const [key, values] of weights) if (/\/moving_(mean|variance)$/.test(key)) values.forEach((value, i) => (values[i] = change(value)));
}

/**
 * A momentum of 0.999 needs thousands of steps to forget where it began and lags behind weights that still move. So measure the
 * statistics afresh with the weights at rest: start from 0, let them move for n steps, divide by 1 - 0.999^n.
 */
async function measureStatistics(network: Network, weights: Weights, dataset: Dataset, steps: number): Promise<TrainedModel> {
  const directory = mkdtempSync(join(tmpdir(), 'tsugiki-statistics-'));
  try {
    const file = join(directory, 'weights.h5');
    eachStatistic(weights, () => 0);
    await writeWeights(file, network, weights);
    const epochs = Math.ceil(steps / Math.floor(dataset.summary.trainCount / BATCH));
    const model = await learn({ dataset, phases: [phase('statistics', epochs, 1e-12, steps)], validationSplit: 0, initialWeights: file });
    const share = 1 - BATCH_NORM_MOMENTUM ** steps;
    eachStatistic(model.weights, (value) => value / share);
    return model;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const pool = createPool('pretrain', pretrainThings, __filename);
  if (!pool) return;
  const started = Date.now();
  const dataset = datasetOf(varied(await renderAll(pool)));
  const schedule = process.argv.includes('--quick') ? [phase('quick', 1, 0.002, 30)] : SCHEDULE.map(([name, epochs, rate]) => phase(name, epochs, rate));
  const trained = await learn({ dataset, phases: schedule, validationSplit: 0.04, initialWeights: null });
  await writeWeights(join(root, 'out/pretrain/before-statistics.h5'), trained.network, trained.weights);
  const { weights } = await measureStatistics(trained.network, trained.weights, dataset, process.argv.includes('--quick') ? 10 : 200);
  const out = process.env['BACKBONE_OUT'] ?? join(root, 'resources/backbone/mobilenet_v2_0.35_64.h5');
  mkdirSync(dirname(out), { recursive: true });
  await writeWeights(out, mobileNetV2({ alpha: ALPHA, inputSize: SIZE }), weights);
  console.log(`${out} after ${Math.round((Date.now() - started) / 60000)} min`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
