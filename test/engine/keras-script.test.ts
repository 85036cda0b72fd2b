/**
 * The program that Tsugiki shows beside a recipe is a program that Keras runs, and that does the same: it compiles and runs for recipes
 * drawn at random, and from the same first weights and batches its history is the engine's.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, describe, expect, test } from 'vitest';
import { type DataSummary, type Recipe, type RecipeInput, RecipeSchema, type Root, tutorialRecipe } from '../../electron/contract';
import { quietContext } from '../../electron/engine/context';
import { openDataset } from '../../electron/engine/data/open';
import { kerasScript } from '../../electron/engine/export/keras-script';
import { describeNetwork } from '../../electron/engine/model/describe';
import { attachHead } from '../../electron/engine/model/head';
import { mobileNetV2 } from '../../electron/engine/model/mobilenet-v2';
import { trainableLayers } from '../../electron/engine/model/trainable';
import { train } from '../../electron/engine/jobs/train';
import { askPython, hasPython } from './python';
import { randomRecipe } from './random-recipe';
import { CIFAR, hasShared, PARITY, WEIGHTS } from './shared';

/** Numbers that train in a recipe's last phase, as the engine counts them. */
function learningIn(recipe: Recipe): number {
  const phase = recipe.phases.at(-1)!;
  const network = attachHead(mobileNetV2({ alpha: recipe.alpha, inputSize: phase.inputSize ?? recipe.inputSize }), recipe.head, CLASSES.length);
  const names = trainableLayers(network, phase);
  return describeNetwork(network, 'random').blocks.flatMap(({ layers }) => layers).reduce((sum, layer) => sum + (names.has(layer.name) ? layer.trainableParameters : 0), 0);
}

const CLASSES = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
const CIFAR10: DataSummary = {
  source: { kind: 'cifar10' }, name: 'CIFAR-10', classNames: CLASSES, classCounts: CLASSES.map(() => 5000), trainCount: 50000, validationCount: 0, testCount: 10000, testedOn: 'test',
  pictureSize: 32, skipped: [], project: null
};
const folder = (part: Partial<DataSummary>): DataSummary => ({
  ...CIFAR10, source: { kind: 'path', path: 'C:\\my "pictures"\\ねこ' }, name: 'pets', classNames: ['cat', 'dog "x"'], classCounts: [30, 20], trainCount: 50, testCount: 0, testedOn: 'validation', pictureSize: null, ...part
});
const SOURCES: Record<string, DataSummary | null> = {
  nothing: null,
  'CIFAR-10': CIFAR10,
  'a folder': folder({}),
  'a folder in three parts': folder({ validationCount: 9, testCount: 8, testedOn: 'test' }),
  'a folder of which a share is tested on': folder({
    testCount: 8, testedOn: 'test',
    project: { directory: null, revision: 0, classes: [], splits: { order: 'shuffled', seed: 3, testShare: 0.2 }, undo: null, redo: null, missing: [], changed: [] }
  }),
  'the sample': { ...CIFAR10, source: { kind: 'sample' }, classNames: ['circle', 'square'], trainCount: 3000, testCount: 800 }
};

const directory = mkdtempSync(join(tmpdir(), 'tsugiki-script-'));
process.env['TSUGIKI_CACHE'] = directory;
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const write = (name: string, text: string): string => {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
};
const script = (recipe: RecipeInput, data: DataSummary | null = CIFAR10, weights = 'imagenet'): string => kerasScript(v.parse(RecipeSchema, recipe), weights, data);

describe('the program', () => {
  test('of the lesson reads as the lesson does', () => {
    const code = kerasScript(tutorialRecipe(), 'imagenet', null);
    expect(code.match(/^# \d\. .*$/gm)).toHaveLength(8);
    for (const line of [
      '(x_train, y_train), (x_test, y_test) = keras.datasets.cifar10.load_data()',
      'base = keras.applications.MobileNetV2(weights="imagenet", include_top=False, input_shape=(32, 32, 3))',
      'base.trainable = False',
      '    layers.Dense(128, activation="relu"),',
      '    layers.Dense(10, activation="softmax"),',
      'model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.001), loss="sparse_categorical_crossentropy", metrics=["accuracy"])',
      'history_frozen = model.fit(x_train, y_train, epochs=10, batch_size=64, validation_split=0.2)',
      'base.trainable = True',
      'model.compile(optimizer=keras.optimizers.Adam(learning_rate=1e-5), loss="sparse_categorical_crossentropy", metrics=["accuracy"])',
      'history_fine_tune = model.fit(x_train, y_train, epochs=5, batch_size=64, validation_split=0.2)',
      'print(f"Test accuracy: {accuracy:.2f}")'
    ]) expect(code.split('\n')).toContain(line);
  });

  test('has eight steps for every recipe and every kind of pictures', () => {
    for (let seed = 0; seed < 60; seed++) {
      for (const data of Object.values(SOURCES)) expect(kerasScript(randomRecipe(seed, CLASSES), 'random', data).match(/^# (\d)\. /gm)?.join('')).toBe('# 1. # 2. # 3. # 4. # 5. # 6. # 7. # 8. ');
    }
  });

  test('is another one whatever setting changes', () => {
    const adamw = { name: 'adamw', learningRate: 0.001 } as const;
    const phase = (part: object): RecipeInput => ({ phases: [{ name: 'one', epochs: 2, trainableFrom: 'all', optimizer: adamw, ...part }] });
    const recipes: RecipeInput[] = [
      {}, { alpha: 0.5 }, { inputSize: 96 }, { scale: '-1..1' }, { head: [] }, { head: [{ dropout: 0.2 }] }, { head: [{ units: 128, activation: 'linear' }] }, { batchSize: 32 }, { validationSplit: 0.1 }, { validationSplit: 0 },
      { shuffle: false }, { seed: 1 }, { limit: 100 }, { initialWeights: 'a.h5' }, { labelSmoothing: 0.1 }, { classWeight: 'balanced' }, { classWeight: { cat: 2 } }, { l2: 0.01 }, phase({}), phase({ name: 'two' }),
      phase({ trainableFrom: null }), phase({ trainableFrom: 'block_3_expand' }), phase({ trainable: ['Conv1'] }), phase({ keepBatchNormFrozen: true }), phase({ epochs: 3 }), phase({ inputSize: 64 }), phase({ maxSteps: 3 }),
      ...['beta1', 'beta2', 'epsilon', 'weightDecay', 'clipnorm', 'globalClipnorm', 'emaMomentum'].map((key) => phase({ optimizer: { ...adamw, [key]: 0.5 } })),
      ...['sgd', 'rmsprop', 'adam'].map((name) => phase({ optimizer: { name, learningRate: 0.001 } })), phase({ optimizer: { name: 'sgd', learningRate: 0.001, momentum: 0.5, nesterov: true } }),
      phase({ optimizer: { name: 'rmsprop', learningRate: 0.001, rho: 0.5, momentum: 0.5, centered: true } }),
      ...[{ name: 'cosine' }, { name: 'cosine', decaySteps: 9 }, { name: 'cosine', alpha: 0.1 }, { name: 'cosine', warmupSteps: 9 }, { name: 'cosine', warmupSteps: 9, warmupFrom: 0.0001 }, { name: 'exponential', decaySteps: 9, decayRate: 0.5 },
        { name: 'exponential', decaySteps: 9, decayRate: 0.5, staircase: true }, { name: 'reduceOnPlateau' }, ...Object.entries({ monitor: 'loss', factor: 0.5, patience: 3, minDelta: 0.5, cooldown: 2, minLearningRate: 0.1 }).map(([key, value]) => ({ name: 'reduceOnPlateau', [key]: value }))
      ].map((learningRateSchedule) => phase({ optimizer: { ...adamw, learningRateSchedule } })),
      ...[{}, { monitor: 'loss' }, { patience: 3 }, { minDelta: 0.5 }, { restoreBestWeights: false }].map((earlyStopping) => phase({ earlyStopping })),
      ...Object.entries({ flip: 'both', shift: 0.1, crop: 0.1, rotation: 0.1, zoom: 0.1, brightness: 0.1, contrast: 0.1, cutout: 0.1, mixup: 0.1 }).map(([key, value]) => phase({ augmentation: { [key]: value } })),
      phase({ augmentation: { flip: 'both', variants: 2 } })
    ];
    const codes = recipes.map((recipe) => script(recipe));
    codes.forEach((code, i) => expect(codes.indexOf(code), JSON.stringify(recipes[i])).toBe(i));
  });

  test.each(Object.entries(SOURCES))('finds %s in Keras', (name, data) => {
    const code = kerasScript(tutorialRecipe(), 'imagenet', data);
    expect(code).toContain(name === 'the sample' ? 'load("train")' : data?.source.kind === 'path' ? 'FOLDER = "C:\\\\my \\"pictures\\"\\\\ねこ"' : 'keras.datasets.cifar10');
    expect(code).toContain(`layers.Dense(${data?.classNames.length ?? 10}, activation="softmax")`);
  });
});

test("a project's pictures are where its roots say", () => {
  const project = folder({ source: { kind: 'project', path: '/projects/pets' } });
  const code = (...roots: Root[]): string => kerasScript(tutorialRecipe(), 'imagenet', { ...project, project: { directory: '/projects/pets', revision: 0, classes: [], splits: { order: 'given', seed: 0, testShare: 0 }, undo: null, redo: null, missing: [], changed: [] } }, roots);
  expect(code({ id: 0, kind: 'own' })).toContain(`FOLDER = ${JSON.stringify(join('/projects/pets', 'pictures'))}`);
  expect(code({ id: 0, kind: 'own' }, { id: 1, kind: 'folder', path: '/photos' })).toContain('FOLDER = "/photos"');
  expect(code({ id: 0, kind: 'packed', source: { kind: 'sample' } })).toContain('load("train")');
});

/** Gives `keras.datasets` pictures that are here: random ones, or CIFAR's own files. */
const BRING = `
import glob, json, os, sys
import keras, numpy as np
def read(pattern):
    raw = np.concatenate([np.fromfile(path, np.uint8).reshape(-1, 3073) for path in sorted(glob.glob(pattern))])
    return raw[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), raw[:, :1]
def made(count):
    random = np.random.default_rng(count)
    return random.integers(0, 256, (count, 32, 32, 3), dtype="uint8"), (np.arange(count) % 10)[:, None].astype("uint8")
def run(path):
    space = {"__name__": "__main__"}
    exec(compile(open(path, encoding="utf-8").read(), path, "exec"), space)
    return space
`;

describe.skipIf(!hasPython)('Keras', () => {
  test('compiles the program of every recipe', () => {
    const sources = Object.values(SOURCES);
    const paths = Array.from({ length: 200 }, (_, seed) => write(`compiled-${seed}.py`, kerasScript(randomRecipe(seed, CLASSES), 'random', sources[seed % sources.length] ?? null)));
    const compiled = askPython('import json, sys\nfor path in json.loads(sys.argv[1]): compile(open(path, encoding="utf-8").read(), path, "exec")\nprint("ANSWER", len(json.loads(sys.argv[1])))', [JSON.stringify(paths)]);
    expect(compiled).toBe(200);
  });

  test('runs it, with the layers that learn in Tsugiki', { timeout: 600_000 }, async () => {
    const recipes = Array.from({ length: 4 }, (_, i) => randomRecipe(1000 + i, CLASSES, 1));
    const paths = recipes.map((recipe, i) => write(`run-${i}.py`, kerasScript(recipe, 'random', CIFAR10)));
    const program = `${BRING}
keras.datasets.cifar10.load_data = lambda: (made(50), made(20))
os.chdir(sys.argv[2])
answers = []
for path, model in zip(json.loads(sys.argv[1]), json.loads(sys.argv[3])):
    keras.backend.clear_session()
    space = run(path)
    histories = {name[8:]: sorted(k for k in history.history if k != "learning_rate") for name, history in space.items() if name.startswith("history_")}
    answers.append({"histories": histories, "learning": sum(int(np.prod(w.shape)) for w in space[model].trainable_weights)})
print("ANSWER", json.dumps(answers))`;
    const models = recipes.map(({ phases, inputSize }) => (phases.at(-1)?.inputSize ?? inputSize) === inputSize ? 'model' : `model_${phases.at(-1)?.inputSize}`);
    const AnswersSchema = v.array(v.object({ histories: v.record(v.string(), v.array(v.string())), learning: v.number() }));
    const answers = v.parse(AnswersSchema, askPython(program, [JSON.stringify(paths), directory, JSON.stringify(models)]));
    recipes.forEach((recipe, i) => {
      const measured = ['accuracy', 'loss', ...(recipe.validationSplit > 0 ? ['val_accuracy', 'val_loss'] : [])];
      // In no epochs nothing is measured.
      expect(Object.entries(answers[i]?.histories ?? {})).toEqual(recipe.phases.map(({ name, epochs }) => [name, epochs > 0 ? measured : []]));
      expect(answers[i]?.learning).toBe(learningIn(recipe));
    });
  });

  const same: [string, RecipeInput][] = [
    ['the lesson', { phases: [{ name: 'frozen', epochs: 3 }, { name: 'fine_tune', trainableFrom: 'block_16_expand', keepBatchNormFrozen: true, optimizer: { name: 'adam', learningRate: 0.00001 }, epochs: 2 }] }],
    [
      'many settings at once',
      {
        inputSize: 96, scale: '-1..1', batchSize: 32, labelSmoothing: 0.1, classWeight: 'balanced', l2: 0.001,
        phases: [
          { name: 'small', inputSize: 64, epochs: 1, optimizer: { name: 'sgd', learningRate: 0.01, momentum: 0.9, nesterov: true, globalClipnorm: 1 } },
          { name: 'large', epochs: 2, optimizer: { name: 'adamw', learningRate: 0.001, weightDecay: 0.01, emaMomentum: 0.9, learningRateSchedule: { name: 'cosine', warmupSteps: 3 } } },
          { name: 'stopped', epochs: 4, maxSteps: 9, optimizer: { name: 'rmsprop', learningRate: 0.0001 } }
        ]
      }
    ]
  ];
  test.skipIf(!hasShared).each(same)("gives Tsugiki's numbers: %s", { timeout: 600_000 }, async (name, given) => {
    // In file order and from the same first weights: nothing is left to chance.
    const recipe: Recipe = v.parse(RecipeSchema, { ...given, shuffle: false, limit: 320, initialWeights: join(PARITY, 'initial_head.h5') });
    const dataset = await openDataset({ kind: 'path', path: CIFAR }, quietContext());
    const { results } = await train({ recipe, weights: WEIGHTS, dataset, directory: join(directory, name), runId: 'run', resume: false }, quietContext());
    const program = `${BRING}
keras.datasets.cifar10.load_data = lambda: (read(sys.argv[2] + "/data_batch_1.bin"), read(sys.argv[2] + "/test*.bin"))
os.chdir(sys.argv[3])
space = run(sys.argv[1])
print("ANSWER", json.dumps([history.history for name, history in space.items() if name.startswith("history_")]))`;
    const histories = v.parse(v.array(v.record(v.string(), v.array(v.number()))), askPython(program, [write('same.py', kerasScript(recipe, WEIGHTS, dataset.summary)), CIFAR, directory]));
    expect(histories).toHaveLength(results.length);
    results.forEach(({ name: phase, result }, i) => {
      for (const [key, values] of Object.entries(result.history)) {
        const keras = histories[i]?.[key] ?? [];
        expect(keras, `${phase} ${key}`).toHaveLength(values.length);
        // As the reference's README defines equal: to 1e-3, for accuracies to one picture of the validation's 64.
        values.forEach((value, epoch) => expect(Math.abs(value - (keras[epoch] ?? NaN)), `${phase} ${key}: ${value} against ${keras[epoch]}`).toBeLessThan(key.endsWith('accuracy') ? 1.5 / 64 : 1e-3 * Math.max(1, value)));
      }
    });
  });
});
