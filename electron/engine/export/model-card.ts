/** `MODEL_CARD.md`: what a model is, for whoever gets it without the app (Mitchell et al. 2019, "Model Cards for Model Reporting"). */
import type { ClassScore, ModelStory, PhaseResult, Understanding } from '../../contract';
import type { Written } from './beside';
import type { Outlet } from './outlet';

/** How a model does on pictures whose classes are known. */
export interface Tested extends Pick<Understanding, 'count' | 'accuracy' | 'loss' | 'confusion' | 'macro' | 'unknown'> {
  /** Of each class; the same as `Understanding` has. */
  readonly classes: readonly ClassScore[];
  /** Name of the data set. */
  readonly data: string;
  /** "test_first": of a longer test part that is not at hand; "all": of a set without parts. */
  readonly on: 'test' | 'test_first' | 'validation' | 'train' | 'all';
  /** More than `count` where only some were looked at, spread over all. */
  readonly of: number;
}

/** With more classes, a confusion matrix can no longer be read. */
const MOST_COLUMNS = 20;
const MOST_PAIRS = 20;

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map((cell) => cell.replace(/\|/g, '\\|').replace(/\s+/g, ' ')).join(' | ')} |`).join('\n');

export function modelCard({ title }: Outlet, { wanted, files, parity, story, tested }: Written): string {
  const { meta } = wanted.model;
  const { trained } = meta;
  return [
    `# ${trained.data}: model card`,
    `${title}, ${wanted.precision}. An image classifier of ${meta.classNames.length} classes, trained with Tsugiki on ${trained.date.slice(0, 10)}.`,
    '## What it is',
    `${meta.backbone}, alpha ${meta.alpha}, input ${meta.inputSize} x ${meta.inputSize}, pixels scaled to ${meta.scale}; head: ${headOf(meta.head)}.`,
    `Classes: ${meta.classNames.join(', ')}.`,
    `Temperature ${meta.temperature}${meta.temperature === 1 ? '' : ', worked into the weights'}. ${meta.threshold === null ? 'No threshold: it always names a class.' : `Below a probability of ${meta.threshold} the answer is "none of these".`}`,
    '## Data',
    `It learned from "${trained.data}".${trained.testAccuracy === null ? '' : ` Accuracy when the training ended: ${percent(trained.testAccuracy)}.`}`,
    ...(story ? ['## Training', training(story)] : []),
    '## Class by class',
    ...(tested ? results(tested, meta.classNames) : ['No test set is known: there were no pictures of these classes to test it on.']),
    '## This file against the app',
    `On ${parity.pictures} pictures, read back by ${parity.checkedBy ?? 'a reader of Tsugiki\'s own'}: ${percent(parity.agreement)} the same first class, probabilities differ by at most ${parity.largestDifference.toPrecision(2)}.` +
      (parity.accuracy ? ` Accuracy on them: ${percent(parity.accuracy.exported)}, in the app ${percent(parity.accuracy.app)}.` : ''),
    '## Licence',
    licence(story?.weights ?? null),
    '## Checksums (SHA-256)',
    table(['file', 'bytes', 'SHA-256'], files.map(({ name, bytes, sha256 }) => [name, String(bytes), sha256]))
  ].join('\n\n') + '\n';
}

const headOf = (head: Written['wanted']['model']['meta']['head']): string =>
  ['GlobalAveragePooling2D', ...head.map((layer) => ('dropout' in layer ? `Dropout ${layer.dropout}` : `Dense ${layer.units} ${layer.activation}`)), 'Dense softmax'].join(', ');

/** What the tested pictures are, in the middle of a sentence. */
const PARTS: Readonly<Record<Tested['on'], (pictures: string) => string>> = {
  test: (pictures) => `${pictures} test pictures`,
  test_first: (pictures) => `${pictures} test pictures (the first of them; the rest was not at hand)`,
  validation: (pictures) => `${pictures} validation pictures (there are no test pictures; on new ones it may do a little worse)`,
  train: (pictures) => `${pictures} pictures that it learned from (there are no others; on new ones it will do worse)`,
  all: (pictures) => `${pictures} pictures (they are not divided; where it learned from some of them, it will do worse on new ones)`
};

function results({ data, on, of, count, unknown, accuracy, loss, classes, macro, confusion }: Tested, classNames: readonly string[]): string[] {
  const which = PARTS[on](count < of ? `${count} of the ${of}` : `the ${count}`);
  const scores = classes.map(({ precision, recall, f1, support }, i) => [classNames[i] ?? '', shown(precision), shown(recall), shown(f1), String(support)]);
  return [
    `In the app, on ${which} of "${data}": accuracy ${percent(accuracy)}, loss ${loss.toFixed(4)}.` +
      (count < of ? ' They are spread evenly over all of them; `tsugiki evaluate` counts all.' : '') +
      (unknown > 0 ? ` ${unknown} of other classes ${unknown === 1 ? 'was' : 'were'} left out.` : ''),
    table(['class', 'precision', 'recall', 'F1', 'support'], [...scores, ['mean', shown(macro.precision), shown(macro.recall), shown(macro.f1), String(count)]]),
    '## Confusion',
    ...(classNames.length > MOST_COLUMNS ? pairs(confusion, classNames) : matrix(confusion, classNames))
  ];
}

const matrix = (confusion: Int32Array, classNames: readonly string[]): string[] => [
  'Rows are the pictures\' classes, columns what the model says.',
  table(['', ...classNames], classNames.map((name, i) => [name, ...Array.from(confusion.subarray(i * classNames.length, (i + 1) * classNames.length), String)]))
];

function pairs(confusion: Int32Array, classNames: readonly string[]): string[] {
  const all = [...confusion].map((count, at) => ({ count, label: Math.floor(at / classNames.length), said: at % classNames.length })).filter(({ count, label, said }) => count > 0 && label !== said);
  if (all.length === 0) return ['No class was taken for another.'];
  const most = all.sort((a, b) => b.count - a.count).slice(0, MOST_PAIRS);
  return [
    most.length < all.length ? `Classes taken for others, the ${most.length} most frequent of ${all.length} pairs:` : 'Classes taken for others:',
    table(['class', 'taken for', 'pictures'], most.map(({ count, label, said }) => [classNames[label] ?? '', classNames[said] ?? '', String(count)]))
  ];
}

const shown = (share: number | null): string => (share === null ? '-' : share.toFixed(3));

function training({ recipe, phases }: ModelStory): string {
  const last = (values: readonly number[] | undefined): string => values?.[values.length - 1]?.toFixed(4) ?? '-';
  const row = (name: string, { history, test_accuracy }: PhaseResult): string[] =>
    [name, String(history.loss.length), last(history.loss), last(history.accuracy), last(history.val_loss), last(history.val_accuracy), test_accuracy?.toFixed(4) ?? '-'];
  const curves = table(['phase', 'epochs', 'loss', 'accuracy', 'val_loss', 'val_accuracy', 'test accuracy'], phases.map(({ name, result }) => row(name, result)));
  return `Last values of the curves:\n\n${curves}\n\nRecipe:\n\n\`\`\`json\n${JSON.stringify(recipe, null, 1)}\n\`\`\``;
}

/** @param weights what the training started from, as the recipe's page names it; null when nobody knows */
function licence(weights: string | null): string {
  const yours = 'What was learned from your pictures is yours, as far as the pictures are.';
  switch (weights) {
    case 'imagenet':
      return `The base started from Keras' weights for ImageNet, which Google published under the Apache License 2.0; ImageNet itself is for research. ${yours}`;
    case 'embedded':
      return `The base started from Tsugiki's own weights, free for any use (CC0). ${yours}`;
    case 'random':
      return `All weights were learned from scratch. ${yours}`;
    default:
      return `The base started from weights that Tsugiki does not know the licence of${weights === null ? '' : ` (${weights.replace(/^.*[\\/]/, '')})`}. ${yours}`;
  }
}
