/** Step 1 of the program: pictures as arrays `x_train`, `y_train`, and where there are some `x_val`, `y_val`, `x_test`, `y_test`. */
import { join } from 'node:path';
import type { DataSummary, Recipe } from '../../../contract';
import { CIFAR10 as CIFAR10_KIND } from '../../data/cifar-kinds';
import { resourcesDirectory } from '../../data/resources';
import type { PackedPlace, Places } from './places';
import { code, invoke, type Python, python } from './python';

/** What the other steps need to know of it. */
export interface ScriptData {
  /** Of the step. */
  readonly title: string;
  readonly lines: readonly string[];
  readonly imports: readonly string[];
  /** Whether Pillow is imported, too. */
  readonly pillow: boolean;
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
  /** Code of callbacks of its own, behind the recipe's. */
  following(phase: string): readonly string[];
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

type Part = 'train' | 'val' | 'test';

/** @param places of the data's pictures; without both, the lesson's CIFAR-10 */
export function scriptData(recipe: Recipe, data: DataSummary | null, places: Places | null): ScriptData {
  const set = data === null || places === null ? CIFAR10 : setOf(data, places, recipe);
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
    pillow: set.pillow ?? false,
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
    following: () => [],
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
  /** Whether the lines need Pillow's own modules. */
  readonly pillow?: boolean;
}

const cifar = (id: 'cifar10' | 'cifar100', classNames: readonly string[], remarks: readonly string[]): PictureSet => ({
  classNames,
  imports: [],
  lines: [...remarks, `(x_train, y_train), (x_test, y_test) = keras.datasets.${id}.load_data()`, 'y_train, y_test = y_train.flatten(), y_test.flatten()'],
  parts: ['train', 'test'],
  size: 32,
  trainCount: 50_000
});

/** The lesson's pictures stand in while there are no others. */
const CIFAR10 = cifar('cifar10', CIFAR10_KIND.classNames, []);

function setOf(data: DataSummary, places: Places, recipe: Recipe): PictureSet {
  const size = data.pictureSize ?? recipe.inputSize;
  if (places.whole) return whole(data, places.whole, size);
  return usesFolders(recipe, data, places) && places.folders ? folders(data, places.folders, size) : list(data, places, size);
}

/** Whether the program names the pictures by their folders: the order in which they lie there must not matter, or be the project's. */
function usesFolders({ limit, shuffle, validationSplit }: Recipe, { trainCount, validationCount }: DataSummary, { folders }: Places): boolean {
  return folders !== null && (folders.ordered || (shuffle && limit >= trainCount && (validationCount > 0 || validationSplit === 0)));
}

/** Whether the program reads the places' list. */
export const readsList = (recipe: Recipe, data: DataSummary, places: Places): boolean => !places.whole && !usesFolders(recipe, data, places);

const partsOf = (data: DataSummary): Part[] => ['train', ...(data.validationCount > 0 ? (['val'] as const) : []), ...(data.testCount > 0 ? (['test'] as const) : [])];

function whole(data: DataSummary, { kind }: PackedPlace, size: number): PictureSet {
  if (kind === 'cifar10' || kind === 'cifar100') {
    return cifar(kind, data.classNames, data.testedOn === 'test_first' ? [`# Tsugiki has the first ${data.testCount} test pictures at hand; Keras brings all of them.`] : []);
  }
  const lines = ['x_train, y_train = sample("train")', 'x_test, y_test = sample("test")'];
  return { classNames: data.classNames, imports: SAMPLE_IMPORTS, lines: [...sampleLines(), ...lines], parts: ['train', 'test'], size, trainCount: data.trainCount };
}

const SAMPLE_IMPORTS = ['io', 'json', 'os'];
const sampleLines = (): string[] => [
  `SAMPLE = ${python(join(resourcesDirectory(), 'sample'))}`,
  '',
  '',
  'def sample(part):',
  '    """Tsugiki\'s sample: JPEG files one after the other, each behind its length."""',
  '    pack = open(os.path.join(SAMPLE, part + ".jpg-pack"), "rb").read()',
  '    pictures, at = [], 0',
  '    while at < len(pack):',
  '        end = at + 4 + int.from_bytes(pack[at : at + 4], "little")',
  '        pictures.append(np.array(keras.utils.load_img(io.BytesIO(pack[at + 4 : end]))))',
  '        at = end',
  '    return np.stack(pictures), np.array(json.load(open(os.path.join(SAMPLE, "labels.json")))[part])',
  '',
  ''
];

/** One folder a class, and around these one a part where there are several. */
function folders(data: DataSummary, { path, parts }: NonNullable<Places['folders']>, size: number): PictureSet {
  const loaded = partsOf(data).map((part) => ({ part, folder: parts[part === 'val' ? 'validation' : part] ?? '' }));
  const around = loaded.filter(({ folder }) => folder !== '').map(({ folder }) => folder);
  return {
    classNames: data.classNames,
    imports: ['os'],
    lines: [
      `FOLDER = ${python(path)}  # with one folder a class${around.length > 0 ? `, in ${around.join(', ')}` : ''}`,
      '',
      '',
      'def load(part=""):',
      '    """The pictures as numbers 0..255, and the index of their class. Tsugiki turns photographs upright and averages where it shrinks them, Keras does not."""',
      `    ${invoke('pictures = keras.utils.image_dataset_from_directory', [code('os.path.join(FOLDER, part)')], { class_names: code('CLASSES'), image_size: code(`(${size}, ${size})`), batch_size: null, shuffle: false }).replace(/\n/g, '\n    ')}`,
      '    x, y = zip(*pictures.as_numpy_iterator())',
      '    return np.stack(x), np.array(y)',
      '',
      '',
      ...loaded.map(({ part, folder }) => `x_${part}, y_${part} = load(${folder === '' ? '' : python(folder)})`)
    ],
    parts: loaded.map(({ part }) => part),
    size,
    trainCount: data.trainCount
  };
}

/** What no folder says, a list does: the class and part that each picture has in the project, and its place in the order. */
function list(data: DataSummary, { list, packed }: Places, size: number): PictureSet {
  const parts = partsOf(data);
  const file = 'Image.open(row["path"])';
  const image = packed.length === 0 ? file : `Image.fromarray(PACKED[row["path"]][int(row["row"])]) if row["row"] else ${file}`;
  return {
    classNames: data.classNames,
    imports: ['csv', ...packed.flatMap(({ kind }) => (kind === 'sample' ? SAMPLE_IMPORTS : kind === 'idx' ? ['gzip'] : []))],
    lines: [
      `PICTURES = ${python(list)}  # file, class and part of each picture, in Tsugiki's order`,
      ...packedLines(packed),
      '',
      '',
      'def picture(row):',
      '    """Upright, and averaged where it shrinks, as Tsugiki does it."""',
      `    image = ${image}`,
      `    return np.array(ImageOps.exif_transpose(image).convert("RGB").resize((${size}, ${size}), Image.Resampling.BILINEAR))`,
      '',
      '',
      'def load(part):',
      '    """The pictures as numbers 0..255, and the index of their class."""',
      '    with open(PICTURES, encoding="utf-8", newline="") as file:',
      '        rows = [row for row in csv.DictReader(file) if row["split"] == part]',
      '    return np.stack([picture(row) for row in rows]), np.array([CLASSES.index(row["label"]) for row in rows])',
      '',
      '',
      ...parts.map((part) => `x_${part}, y_${part} = load("${part === 'val' ? 'validation' : part}")`)
    ],
    parts,
    size,
    trainCount: data.trainCount,
    pillow: true
  };
}

/** `PACKED`: arrays that rows of the list are taken from. */
function packedLines(packed: readonly PackedPlace[]): string[] {
  if (packed.length === 0) return [];
  const has = (wanted: PackedPlace['kind']): boolean => packed.some(({ kind }) => kind === wanted);
  return [
    ...(has('sample') ? ['', ...sampleLines()] : []),
    ...(has('idx') ? IDX : []),
    'PACKED = {}',
    ...packed.flatMap((place) => {
      const put = (part: string, value: string): string => `PACKED[${python(`${place.root}/${part}`)}] = ${value}`;
      if (place.kind === 'sample') return ['train', 'test'].map((part) => put(part, `sample("${part}")[0]`));
      if (place.kind === 'idx') return Object.entries(place.files).map(([part, path]) => put(part, `idx(${python(path)})${place.onTheirSide ? '.swapaxes(1, 2)' : ''}`));
      return [`(train, _), (test, _) = keras.datasets.${place.kind}.load_data()`, ...['train', 'test'].map((part) => put(part, part))];
    })
  ];
}

const IDX = [
  '',
  '',
  'def idx(path):',
  '    """MNIST\'s files: a head that says the shape, then a byte a number."""',
  '    data = (gzip.open if path.endswith(".gz") else open)(path, "rb").read()',
  '    return np.frombuffer(data, "uint8", offset=4 + 4 * data[3]).reshape(np.frombuffer(data, ">i4", data[3], 4))',
  '',
  ''
];
