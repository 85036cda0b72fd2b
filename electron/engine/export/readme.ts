/** The short text that lies beside every export: what this is, what goes in, what comes out, a snippet that works. */
import type { ModelMeta } from '../model/model-folder';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** @param title what the folder is; @param snippet fenced code, by language */
export function readme(meta: ModelMeta, title: string, snippets: readonly { language: string; code: string }[]): string {
  const { inputSize, classNames, trained } = meta;
  const tested = trained.testAccuracy === null ? 'It was not tested.' : `Test accuracy: ${percent(trained.testAccuracy)}.`;
  const shrink = `Shrink your picture to ${meta.imageSize} x ${meta.imageSize} as the snippets do (bilinear, averaging over what falls together).`;
  const resize =
    meta.imageSize === inputSize
      ? shrink
      : `It learned from pictures of ${meta.imageSize} x ${meta.imageSize}, enlarged. ${shrink} Then enlarge it to ${inputSize} x ${inputSize} (bilinear, half-pixel centres).`;
  return [
    `# ${title}`,
    `${meta.backbone}, alpha ${meta.alpha}, trained with Tsugiki on "${trained.data}" (${trained.date.slice(0, 10)}). ${tested}`,
    `- In: pixels 0..255 as float32, shape [n, ${inputSize}, ${inputSize}, 3], red, green, blue. Scaling is inside the model. ${resize}`,
    `- Out: probabilities, shape [n, ${classNames.length}], in the order of \`labels.json\`.`,
    ...snippets.map(({ language, code }) => `\`\`\`${language}\n${code.trim()}\n\`\`\``)
  ].join('\n\n') + '\n';
}

export const labelsJson = (meta: ModelMeta): string => `${JSON.stringify(meta.classNames, null, 1)}\n`;
