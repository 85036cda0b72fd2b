/**
 * The rows of the bench. Each measures ours and theirs, turn by turn, and says what ratio is promised (the table "Fast" of the issue).
 * Rows in turns: two processes that live on, A B A B. Rows of whole runs: fresh processes, one after the other.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { inRoot } from '../setup/places.mjs';

const BATCH = 64;
const ALL = 50000;

const adam = (learningRate) => ({ name: 'adam', learningRate });
export const frozen = (epochs) => ({ name: 'frozen', trainableFrom: null, optimizer: adam(1e-3), epochs });
const fineTune = (epochs, more) => ({ name: 'fine_tune', trainableFrom: 'all', optimizer: adam(1e-5), epochs, ...more });
const recipe = (limit, phases, more) => ({ inputSize: 32, scale: '0..1', batchSize: BATCH, validationSplit: 0.2, limit, phases, ...more });
export const AT_96 = { inputSize: 96, scale: '-1..1' };

const tutorial = (limit) => recipe(limit, [frozen(10), fineTune(5)]);
const number = (n) => n.toLocaleString('en-US');
const lastAccuracy = (run) => Object.values(run).flatMap((phase) => phase?.test_accuracy ?? []).at(-1);

/** Steps of an epoch as the tutorial has it: 4/5 of the pictures in batches, 1/5 for validation. */
const epochOf = (steps) => (steps * BATCH * 5) / 4;
const epochText = (steps) => `${steps} steps and validation on ${number((steps * BATCH) / 4)} pictures`;

/** An epoch of a training that goes on: what both sides cache, trace and compile is behind them. */
function epochRow(kit, { name, what, bar, short, phase, steps, more, turns = 7 }) {
  const task = { task: 'epochs', recipe: recipe(epochOf(steps), [phase(10000)], more) };
  return { name, what: `${what}: ${epochText(steps)}`, bar, short, unit: 's', against: 'Keras', turns, measure: (n) => kit.inTurns(n, kit.keras, task) };
}

const versionsOf = ({ keras, tensorflow }) => ({ keras, tensorflow });

/** Figures of whole runs. */
const figures = (pairs, pick) => ({ ours: pairs.map(([ours]) => pick(ours)), theirs: pairs.map(([, theirs]) => pick(theirs)), about: versionsOf(pairs[0][1]) });

/** @param {import('./kit.mjs').Kit} kit */
export function rowsOf(kit) {
  const limit = kit.amount(ALL, 2000);
  const both = (recipe) => (n) => kit.wholeRuns(n, (i) => kit.ourRun(recipe, i), (i) => kit.kerasRun(recipe, i));
  const wholeTutorial = both(tutorial(limit));
  const frozenPhase = kit.wants('recipe') || kit.wants('memory') ? wholeTutorial : both(recipe(limit, [frozen(10)]));
  const few = kit.amount(10000, 1280);
  const frozenAt96 = both(recipe(few, [frozen(5)], AT_96));
  const many = kit.amount(10000, 1024);

  const forward = (job, size, turns) => {
    const task = { task: job, batch: 128, recipe: recipe(many, [frozen(1)], size === 96 ? AT_96 : {}) };
    return { name: `${job}-${size}`, what: `${job} ${number(many)} pictures, ${size}x${size}, Keras in batches of 128`, bar: 0.45, unit: 's', against: `Keras, ${job === 'evaluate' ? 'evaluate' : 'predict'}`, turns, measure: (n) => kit.inTurns(n, kit.keras, task) };
  };
  const picture = (size, traced) => {
    const task = { task: 'picture', traced, calls: kit.amount(50, 10), recipe: recipe(BATCH, [frozen(1)], size === 96 ? AT_96 : {}) };
    return {
      name: `picture-${size}${traced ? '-traced' : ''}`, what: `one picture, PNG to probabilities, ${size}x${size}, warm`, bar: traced ? 1 : 0.2, unit: 's',
      against: traced ? 'Keras, model(x) traced by tf.function' : 'Keras, model.predict', turns: 5, measure: (n) => kit.inTurns(n, kit.keras, task),
      ...(size === 32 && !traced && { short: { en: 'One picture to its classes', ja: '画像 1 枚の判定' } })
    };
  };

  const importing = (decoded) => ({
    name: `import${decoded ? '-decoded' : ''}`, what: `import ${number(few)} PNG files in class folders: listed, hashed, checked, noted${decoded ? ', decoded' : ''}`, bar: 1, unit: 's',
    against: 'Keras, image_dataset_from_directory and one pass', turns: 5,
    measure: async (n) => {
      const task = { folder: kit.freshFolder('png'), decoded, recipe: recipe(few, [frozen(1)]) };
      await kit.engineRun({ task: 'png_folders', ...task });
      return kit.inTurns(n, kit.keras, { task: 'import', ...task });
    }
  });

  const steps = kit.amount(60, 10);
  const stepsAt96 = kit.amount(40, 4);
  const better = { task: 'epochs', recipe: recipe(stepsAt96 * BATCH, [fineTune(10000, { keepBatchNormFrozen: true, optimizer: adam(3e-4) })], { ...AT_96, validationSplit: 0 }) };
  const firstStep = { task: 'first_step', recipe: recipe(limit, [fineTune(1)]) };
  const tfjsSteps = kit.amount(25, 2);
  const tfjsTask = (task, phase) => ({ task, recipe: recipe(epochOf(tfjsSteps), [phase]) });

  return [
    epochRow(kit, {
      name: 'fine-tune', what: 'fine-tune epoch, whole network, 32x32', bar: 0.7, phase: fineTune, steps,
      short: { en: `Fine-tuning the whole network, ${steps} steps`, ja: `ファインチューニング (全層、${steps} ステップ)` }
    }),
    epochRow(kit, {
      name: 'fine-tune-block-13', what: 'fine-tune epoch from block_13_expand, 32x32, cache warm', bar: 0.25, steps,
      phase: (epochs) => fineTune(epochs, { trainableFrom: 'block_13_expand' }),
      short: { en: `Fine-tuning from block 13 on, ${steps} steps`, ja: `ファインチューニング (block 13 以降、${steps} ステップ)` }
    }),
    {
      name: 'fine-tune-96', what: `fine-tune epoch, whole network, batch norm frozen, 96x96: ${stepsAt96} steps, no validation`, bar: 0.75, unit: 's', against: 'Keras, with keras_better\'s tf.data pipeline', turns: 5,
      measure: (n) => kit.inTurns(n, kit.keras, better, { ...better, task: 'better_epochs' }),
      short: { en: `Fine-tuning at 96x96, ${stepsAt96} steps`, ja: `ファインチューニング (96x96、${stepsAt96} ステップ)` }
    },
    { name: 'first-step', what: 'from "Train" to the first step, whole network, 32x32', bar: 0.15, unit: 's', against: 'Keras, fit to its first step', turns: 5, measure: (n) => kit.inTurns(n, kit.keras, firstStep) },
    picture(32, false), picture(32, true), picture(96, false), picture(96, true),
    forward('evaluate', 32, 5), forward('evaluate', 96, 2), forward('classify', 32, 5), forward('classify', 96, 2),
    {
      name: 'tfjs-fine-tune', what: `fine-tune epoch, whole network, 32x32: ${epochText(tfjsSteps)}`, bar: 0.1, unit: 's', against: 'tfjs-layers, fit', turns: 3,
      measure: (n) => kit.inTurns(n, kit.tfjsLayers, tfjsTask('epochs', fineTune(10000)))
    },
    {
      name: 'tfjs-frozen', what: `frozen phase, 10 epochs on ${number(epochOf(tfjsSteps))} pictures, 32x32`, bar: 0.1, unit: 's', against: 'tfjs-layers, fit', turns: 3,
      measure: (n) => kit.inTurns(n, kit.tfjsLayers, tfjsTask('phase', frozen(10)))
    },
    {
      name: 'frozen-96', what: `frozen phase, 5 epochs on ${number(few)} pictures, 96x96`, bar: 0.1, unit: 's', against: 'Keras', turns: 1,
      measure: async (n) => figures(await frozenAt96(n), (run) => run.frozen.total_seconds), short: { en: `Frozen phase at 96x96, 5 epochs on ${number(few)} pictures`, ja: `凍結フェーズ (96x96、${number(few)} 枚、5 エポック)` }
    },
    {
      name: 'frozen', what: `frozen phase, 10 epochs on ${number(limit)} pictures, 32x32, with tracing and caching`, bar: 0.12, unit: 's', against: 'Keras', turns: 1,
      measure: async (n) => figures(await frozenPhase(n), (run) => run.frozen.total_seconds), short: { en: 'Frozen phase, 10 epochs', ja: '凍結フェーズ (10 エポック)' }
    },
    {
      name: 'recipe', what: `whole recipe, 10 + 5 epochs on ${number(limit)} pictures, 32x32, wall time of the process`, bar: 0.45, unit: 's', against: 'Keras', turns: 1,
      measure: async (n) => {
        const pairs = await wholeTutorial(n);
        return { ...figures(pairs, (run) => run.seconds), accuracy: accuracyOf(pairs) };
      },
      short: { en: 'The whole lesson, 10 + 5 epochs', ja: 'チュートリアル全体 (10 + 5 エポック)' }
    },
    {
      name: 'memory', what: 'peak memory of the whole recipe', bar: 0.6, unit: 'MiB', against: 'Keras', turns: 1,
      measure: async (n) => figures(await wholeTutorial(n), (run) => run.peak_rss_mib), short: { en: 'Most memory used', ja: '最大メモリ使用量' }
    },
    importing(false), importing(true),
    ...presets().flatMap(([name, given]) => presetRows(kit, name, { ...given, limit: Math.min(limit, given.limit ?? ALL) }))
  ];
}

const accuracyOf = (pairs) => ({ ours: lastAccuracy(pairs.at(-1)[0]), theirs: lastAccuracy(pairs.at(-1)[1]) });

/** A recipe that the app recommends, beside the two of Keras that it is to beat. */
function presetRows(kit, name, preset) {
  const against = (other, what, bar, leastAccuracy, theirs) => ({
    name: `preset-${name}-${other}`, what: `the preset "${name}", whole run`, bar, leastAccuracy, unit: 's', against: what, turns: 1,
    measure: async (n) => {
      const pairs = await kit.wholeRuns(n, (i) => kit.ourRun(preset, i), theirs);
      return { ...figures(pairs, (run) => run.seconds), accuracy: accuracyOf(pairs) };
    }
  });
  return [
    against('better', 'keras_better', 0.55, 0.92, (i) => kit.betterRun(preset.limit, i)),
    against('tutorial', 'the lesson in Keras', 1, 0.94, (i) => kit.kerasRun(tutorial(preset.limit), i))
  ];
}

/** The recipes that ship with the app, as [name, recipe]; none yet is no mistake. */
function presets() {
  const folder = inRoot('resources/recipes');
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith('.json')).sort();
  return files.map((file) => [file.replace(/\.json$/, ''), JSON.parse(readFileSync(inRoot('resources/recipes', file), 'utf8'))]);
}
