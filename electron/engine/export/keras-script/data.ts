/** Step 1 of the program: pictures as arrays `x_train`, `y_train`, and where there are some `x_val`, `y_val`, `x_test`, `y_test`. */
import { join } from 'node:path';
import type { DataSummary, Recipe, Root } from '../../../contract';
import { CIFAR_KINDS } from '../../data/cifar-kinds';
import { resourcesDirectory } from '../../data/resources';
import { code, invoke, type Python, python } from './python';

/** What the other steps need to know of it. */
export interface ScriptData {
  /** Of the step. */
  readonly title: string;
  readonly lines: readonly string[];
  readonly imports: readonly string[];
  /** What has to happen before anything else is made. */
  readonly beginning: readonly string[];
  readonly classes: number;
  /** Height and width of the pictures. */
  readonly size: number;
  /** How many are trained on, as Keras reckons it; null where that needs no reckoning. */
  readonly learned: string | null;
  /** Arrays of labels, which may become distributions. */
  readonly labels: readonly string[];
  /** Code of how many pictures each class has to learn from. */
  readonly counts: string;
  /** Code of the steps of an epoch. */
  readonly steps: string;
  /** Whether the program blends pictures itself. */
  readonly blends: boolean;
  /** What fit is given to learn from and to validate on. @param mixup 0 for none */
  fed(mixup: number): { readonly values: readonly Python[]; readonly named: Readonly<Record<string, Python | undefined>> };
  readonly validated: boolean;
  /** What evaluate is given; null where there is nothing to test on. */
  readonly testing: string | null;
  /** What becomes of a phase's history. @param tested whether there are `loss` and `accuracy` */
  kept(phase: string, tested: boolean): readonly string[];
  /** The model's first layers. */
  readonly entrance: readonly string[];
  /** How a picture's numbers 0..255 are scaled for the model. */
  readonly scaled: (x: string) => string;
  /** Of what the model takes. */
  readonly range: readonly [number, number];
  /** What becomes of the model. */
  readonly ending: readonly string[];
}

/** Pictures of CIFAR's training part, both of them. */
const CIFAR_PICTURES = 50_000;

type Part = 'train' | 'val' | 'test';

/** @param roots where a project's pictures lie */
export function scriptData(recipe: Recipe, data: DataSummary | null, roots: readonly Root[]): ScriptData {
  const set = data === null || data.classNames.length === 0 ? CIFAR10 : setOf(data, roots, recipe);
  const wide = recipe.scale === '-1..1';
  const scaled = (x: string): string => (wide ? `${x} / 127.5 - 1` : `${x} / 255`);
  const own = set.parts.includes('val');
  const split = own ? 0 : recipe.validationSplit;
  const limited = recipe.limit < set.trainCount;
  const learning = split > 0 ? ['x_train[:learned]', 'y_train[:learned]'] : ['x_train', 'y_train'];
  const validating = own ? 'x_val, y_val' : split > 0 ? 'x_train[learned:], y_train[learned:]' : null;
  const validation = own ? { validation_data: code('(x_val, y_val)') } : split > 0 ? { validation_split: split } : {};
  const { batchSize, shuffle } = recipe;
  return {
    title: `The pictures, scaled to ${recipe.scale}`,
    imports: set.imports,
    beginning: [],
    lines: [
      `CLASSES = ${python(set.classNames)}`,
      ...set.lines,
      ...(limited ? [`x_train, y_train = x_train[:${recipe.limit}], y_train[:${recipe.limit}]`] : []),
      ...set.parts.map((part) => `x_${part} = ${scaled(`x_${part}.astype("float32")`)}`)
    ],
    learned: split > 0 ? `learned = math.floor(len(x_train) * (1 - ${split}))  # the last ${percent(split)} are for validation` : null,
    classes: set.classNames.length,
    size: set.size,
    labels: set.parts.map((part) => `y_${part}`),
    counts: `np.bincount(${learning[1]}, minlength=len(CLASSES))`,
    // Upside down, rounded down: rounded up, without another import.
    steps: `-(-len(${learning[0]}) // ${batchSize})`,
    blends: true,
    fed: (mixup) =>
      mixup > 0
        ? { values: [code(invoke('Mixed', [...learning.map(code), batchSize, mixup, shuffle]))], named: { validation_data: validating === null ? undefined : code(`(${validating})`) } }
        : { values: [code('x_train'), code('y_train')], named: { batch_size: batchSize, ...validation, ...(!shuffle && { shuffle }) } },
    validated: validating !== null,
    testing: set.parts.includes('test') ? 'x_test, y_test' : validating,
    kept: () => [],
    entrance: [],
    scaled,
    range: wide ? [-1, 1] : [0, 1],
    ending: ['model.save("model.keras")']
  };
}

const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`;

/** Where the arrays come from; numbers 0..255 so far. */
interface PictureSet {
  readonly classNames: readonly string[];
  readonly imports: readonly string[];
  readonly lines: readonly string[];
  readonly parts: readonly Part[];
  readonly size: number;
  readonly trainCount: number;
}

const cifar = (id: 'cifar10' | 'cifar100', classNames: readonly string[], remarks: readonly string[]): PictureSet => ({
  classNames,
  imports: [],
  lines: [...remarks, `(x_train, y_train), (x_test, y_test) = keras.datasets.${id}.load_data()`, 'y_train, y_test = y_train.flatten(), y_test.flatten()'],
  parts: ['train', 'test'],
  size: 32,
  trainCount: CIFAR_PICTURES
});

const [cifar10] = CIFAR_KINDS;
/** The lesson's pictures stand in while there are no others. */
const CIFAR10 = cifar('cifar10', cifar10?.classNames ?? [], []);

function setOf(data: DataSummary, roots: readonly Root[], recipe: Recipe): PictureSet {
  const known = CIFAR_KINDS.find(({ classNames }) => data.pictureSize === 32 && classNames.join() === data.classNames.join());
  if (known) return cifar(known.id, data.classNames, cifarRemarks(data));
  const sources = [data.source, ...roots.flatMap((root) => (root.kind === 'packed' ? [root.source] : []))];
  return sources.some(({ kind }) => kind === 'sample') ? sample(data) : folder(data, folderOf(data, roots), data.pictureSize ?? recipe.inputSize);
}

/** The first one, where there are several. */
function folderOf({ source, project }: DataSummary, roots: readonly Root[]): string {
  if (source.kind === 'path') return source.path;
  const outside = roots.find((root) => root.kind === 'folder');
  return outside ? outside.path : join(project?.directory ?? '', 'pictures');
}

function cifarRemarks({ classCounts, classNames, testedOn, testCount }: DataSummary): string[] {
  const changed = classCounts.some((count) => count !== CIFAR_PICTURES / classNames.length);
  return [
    ...(changed ? ["# Keras' own copy: pictures that were moved or left out in Tsugiki are in it as they were."] : []),
    ...(testedOn === 'test_first' ? [`# Tsugiki has the first ${testCount} test pictures at hand; Keras brings all of them.`] : [])
  ];
}

const partsOf = (data: DataSummary): Part[] => ['train', ...(data.validationCount > 0 ? (['val'] as const) : []), ...(data.testCount > 0 ? (['test'] as const) : [])];

const sample = (data: DataSummary): PictureSet => ({
  classNames: data.classNames,
  imports: ['io', 'json', 'os'],
  lines: [
    `SAMPLE = ${python(join(resourcesDirectory(), 'sample'))}`,
    '',
    '',
    'def load(part):',
    '    """Tsugiki\'s sample: JPEG files one after the other, each behind its length."""',
    '    pack = open(os.path.join(SAMPLE, part + ".jpg-pack"), "rb").read()',
    '    pictures, at = [], 0',
    '    while at < len(pack):',
    '        end = at + 4 + int.from_bytes(pack[at : at + 4], "little")',
    '        pictures.append(keras.utils.img_to_array(keras.utils.load_img(io.BytesIO(pack[at + 4 : end]))))',
    '        at = end',
    '    return np.stack(pictures), np.array(json.load(open(os.path.join(SAMPLE, "labels.json")))[part])',
    '',
    '',
    'x_train, y_train = load("train")',
    'x_test, y_test = load("test")'
  ],
  parts: ['train', 'test'],
  size: data.pictureSize ?? 32,
  trainCount: data.trainCount
});

/** Names of the folders that hold the parts, where pictures come in parts. */
const FOLDERS: Record<Part, string> = { train: 'train', val: 'validation', test: 'test' };

function folder(data: DataSummary, path: string, size: number): PictureSet {
  const { order, seed, testShare } = data.project?.splits ?? { order: 'given', seed: 0, testShare: 0 };
  const parts = partsOf(data);
  const drawn = testShare > 0 && parts.includes('test');
  const loaded = drawn ? parts.filter((part) => part !== 'test') : parts;
  return {
    classNames: data.classNames,
    imports: ['os'],
    lines: [
      `FOLDER = ${python(path)}  # with one folder a class${loaded.length > 1 ? `, in ${loaded.map((part) => FOLDERS[part]).join(', ')}` : ''}`,
      '',
      '',
      'def load(part=""):',
      '    """The pictures as numbers 0..255, and the index of their class. Tsugiki averages where it shrinks them, Keras does not."""',
      `    ${invoke('pictures = keras.utils.image_dataset_from_directory', [code('os.path.join(FOLDER, part)')], { class_names: code('CLASSES'), image_size: code(`(${size}, ${size})`), batch_size: null, shuffle: false }).replace(/\n/g, '\n    ')}`,
      '    x, y = zip(*pictures.as_numpy_iterator())',
      '    return np.stack(x), np.array(y)',
      '',
      '',
      ...loaded.map((part) => `x_${part}, y_${part} = load(${loaded.length > 1 ? python(FOLDERS[part]) : ''})`),
      ...(order === 'shuffled' || drawn
        ? [
            "# The folders' classes mixed, so that every part holds all of them; another order than Tsugiki's.",
            `order = np.random.default_rng(${seed}).permutation(len(x_train))`,
            'x_train, y_train = x_train[order], y_train[order]'
          ]
        : []),
      ...(drawn
        ? [
            `tested = round(len(x_train) * ${testShare})`,
            'x_test, y_test, x_train, y_train = x_train[:tested], y_train[:tested], x_train[tested:], y_train[tested:]'
          ]
        : [])
    ],
    parts,
    size,
    trainCount: data.trainCount
  };
}
