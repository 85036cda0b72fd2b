/** What rows are measured with: the data, the programs of both sides, and runs that several rows share. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { hashOf, inRoot } from '../setup/places.mjs';
import { SetupError, say } from '../setup/terminal.mjs';
import { Worker, interleave, wholeRun } from './worker.mjs';

const WEIGHT_FILES = ['mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5', 'mobilenet_v2_1.0_224_no_top.h5'];
const beside = (path) => inRoot('../shared/data', path);

/** Folder of CIFAR-10's binary batches, or null. */
function findData() {
  const folder = resolve(process.env.TSUGIKI_CIFAR ?? beside('cifar-10-batches-bin'));
  return existsSync(join(folder, 'data_batch_1.bin')) ? folder : null;
}

/** Keras' weight file of MobileNetV2, from a file or a folder of such, or null. */
function findWeights() {
  const place = resolve(process.env.TSUGIKI_WEIGHTS ?? beside('weights'));
  if (!existsSync(place)) return null;
  if (statSync(place).isFile()) return place;
  return WEIGHT_FILES.map((name) => join(place, name)).find((path) => existsSync(path)) ?? null;
}

/** Why nothing that needs pictures can be measured; null when all is there. */
export function missing() {
  if (!findData()) return 'CIFAR-10\'s binary batches are not here: TSUGIKI_CIFAR names their folder';
  if (!findWeights()) return 'Keras\' weights of MobileNetV2 are not here: TSUGIKI_WEIGHTS names the file';
  return null;
}

/** @throws SetupError where nothing can be measured without pictures */
export function needData() {
  const absent = missing();
  if (absent) throw new SetupError(`Nothing can be measured: ${absent}.`);
}

/** A user's cache in which nothing is kept, so that no earlier run helps ours. */
function emptyCache() {
  const folder = inRoot('out/bench/cache');
  rmSync(folder, { recursive: true, force: true });
  return { TSUGIKI_CACHE: folder };
}

export class Kit {
  data = findData();
  weights = findWeights();
  #runs = new Map();
  #wanted;

  /** The Python with Keras; set before anything of theirs is measured. */
  python = null;

  /** @param {{quick: boolean, wanted: string[]}} options wanted: names of rows */
  constructor({ quick, wanted }) {
    this.quick = quick;
    this.#wanted = wanted;
  }

  /** Whether a row is measured; without names, all are. */
  wants(name) {
    return this.#wanted.length === 0 || this.#wanted.includes(name);
  }

  /** `few` in a quick bench. */
  amount(usual, few) {
    return this.quick ? few : usual;
  }

  #task = (task) => JSON.stringify({ data: this.data, weights: this.weights, ...task });
  engine = (task) => new Worker(process.execPath, [inRoot('out/bench/engine.cjs'), this.#task(task)], emptyCache());
  tfjsLayers = (task) => new Worker(process.execPath, [inRoot('out/bench/tfjs-layers.cjs'), this.#task(task)]);
  keras = (task) => new Worker(this.python, [inRoot('test/bench/keras/worker.py'), this.#task(task)]);

  /** One run of a program of ours, as for what has to be there before a measurement. */
  engineRun = (task, program = 'engine') => wholeRun(process.execPath, [inRoot(`out/bench/${program}.cjs`), this.#task(task)], emptyCache());

  freshFolder(name) {
    const folder = inRoot('out/bench', name);
    rmSync(folder, { recursive: true, force: true });
    return folder;
  }

  /** Ours and theirs in turns; `theirs` may need another task. */
  inTurns(turns, theirs, task, theirTask = task) {
    return interleave(() => this.engine(task), () => theirs(theirTask), turns, (turn, a, b) => say(`  turn ${turn} of ${turns}: ${a.toPrecision(3)} s, ${b.toPrecision(3)} s`));
  }

  /** Fresh processes in turn. */
  async wholeRuns(count, ours, theirs) {
    const pairs = [];
    for (let i = 0; i < count; i++) {
      pairs.push([await ours(i), await theirs(i)]);
      say(`  run ${i + 1} of ${count}: ${pairs[i].map(({ seconds }) => `${seconds.toFixed(0)} s`).join(', ')}`);
    }
    return pairs;
  }

  /** A run that several rows look at is done once. */
  #once(key, run) {
    if (!this.#runs.has(key)) this.#runs.set(key, run());
    return this.#runs.get(key);
  }

  #recipeFile(recipe) {
    const text = JSON.stringify(recipe, null, 1);
    const file = inRoot('out/bench/recipes', `${hashOf(text).slice(0, 12)}.json`);
    mkdirSync(inRoot('out/bench/recipes'), { recursive: true });
    writeFileSync(file, text);
    return file;
  }

  /** Our command line on a recipe. */
  ourRun(recipe, index = 0) {
    const file = this.#recipeFile(recipe);
    return this.#once(`ours ${file} ${index}`, async () => {
      const out = mkdtempSync(join(tmpdir(), 'tsugiki-bench-'));
      try {
        return await wholeRun(process.execPath, [inRoot('out/cli/index.cjs'), 'train', '--data', this.data, '--weights', this.weights, '--recipe', file, '--out', out, '--json'], emptyCache());
      } finally {
        rmSync(out, { recursive: true, force: true });
      }
    });
  }

  kerasRun(recipe, index = 0) {
    const file = this.#recipeFile(recipe);
    return this.#once(`keras ${file} ${index}`, () => wholeRun(this.python, [inRoot('test/bench/keras/recipe.py'), this.data, this.weights, file]));
  }

  betterRun(limit, index = 0) {
    return this.#once(`better ${limit} ${index}`, () => wholeRun(this.python, [inRoot('test/bench/keras/better.py'), this.data, this.weights, String(limit)]));
  }
}
