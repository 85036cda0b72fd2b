/** `MODEL_CARD.md`: what a model is, for whoever gets it without the app (Mitchell et al. 2019, "Model Cards for Model Reporting"). */
import type { ModelStory, PhaseResult } from '../../contract';
import type { Written } from './beside';
import type { Outlet } from './outlet';

export type Story = ModelStory;

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map((cell) => cell.replace(/\|/g, '\\|').replace(/\s+/g, ' ')).join(' | ')} |`).join('\n');

export function modelCard({ title }: Outlet, { wanted, files, parity, story }: Written): string {
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
    `"${trained.data}". ${trained.testAccuracy === null ? 'It was not tested.' : `Test accuracy: ${percent(trained.testAccuracy)}.`}`,
    ...(story ? ['## Training', training(story)] : []),
    ...(story?.classes ? ['## Class by class', table(['class', 'precision', 'recall', 'F1', 'pictures'], story.classes.map(({ name, precision, recall, f1, support }) => [name, shown(precision), shown(recall), shown(f1), String(support)]))] : []),
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

const shown = (share: number | null): string => (share === null ? '-' : share.toFixed(3));

function training({ recipe, phases }: Story): string {
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
