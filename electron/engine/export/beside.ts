/** What lies beside every export, in words for people and in JSON for programs: labels, how to use it, what it is, how it was checked. */
import type { ModelStory, Parity } from '../../contract';
import type { ModelMeta } from '../model/model-folder';
import { modelCard, type Tested } from './model-card';
import type { Outlet, Wanted } from './outlet';
import { PROJECTS } from './projects';

/** What `tsugiki.json` begins with. */
const FORMAT = 'tsugiki-export';
const VERSION = 1;

export interface Written {
  readonly wanted: Wanted;
  /** The model's own files, with their checksums. */
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
  readonly parity: Parity;
  /** Null where nobody knows how it was trained. */
  readonly story: ModelStory | null;
  /** Null where nobody has tested it. */
  readonly tested: Tested | null;
}

/** Names and contents of the files beside the model's own. */
export function besideFiles(outlet: Outlet, written: Written): [name: string, content: string][] {
  const { meta } = written.wanted.model;
  return [
    ['labels.txt', meta.classNames.map((name) => `${name.replace(/\s+/g, ' ')}\n`).join('')],
    ['labels.json', json(meta.classNames)],
    ['tsugiki.json', json(description(outlet, written))],
    ['parity.json', json(written.parity)],
    ['README.md', readme(outlet, meta)],
    ['MODEL_CARD.md', modelCard(outlet, written)]
  ];
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;

/** All that a program needs to feed the model and to understand its answer. */
const description = ({ format, takes }: Outlet, { wanted: { model, precision }, files }: Written): object => ({
  format: FORMAT,
  version: VERSION,
  export: format,
  precision,
  files: files.map(({ name, sha256 }) => ({ name, sha256 })),
  input: { height: model.meta[takes], width: model.meta[takes], channels: 'RGB', range: [0, 255] },
  ...model.meta
});

/** What goes in, what comes out, programs that work. */
function readme({ format, title, takes, snippets, inAndOut, also = [] }: Outlet, meta: ModelMeta): string {
  const { imageSize, classNames, threshold, [takes]: size } = meta;
  const shrink = `Shrink your picture to ${imageSize} x ${imageSize} as the snippets do (bilinear, averaging over what falls together).`;
  const resize = imageSize === size ? shrink : `It learned from pictures of ${imageSize} x ${imageSize}, enlarged. ${shrink} Then enlarge it to ${size} x ${size} (bilinear, half-pixel centres).`;
  return [
    `# ${title}`,
    'What it is and where it comes from: `MODEL_CARD.md`.',
    ...(PROJECTS[format].length === 0 ? [] : ['## Ready to run', ...PROJECTS[format].map(({ start }) => `- ${start}`)]),
    '## In a program of yours',
    ...(inAndOut ?? [
      `- In: pixels 0..255, shape [n, ${size}, ${size}, 3], red, green, blue. Scaling is inside the model. ${resize}`,
      `- Out: probabilities, shape [n, ${classNames.length}], in the order of \`labels.json\`.`
    ]),
    ...also.map((sentence) => `- ${sentence}`),
    ...(threshold === null ? [] : [`- When the highest is below ${threshold}, the answer is "none of these".`]),
    ...snippets(meta).map(({ language, code }) => `\`\`\`${language}\n${code.trim()}\n\`\`\``)
  ].join('\n\n') + '\n';
}
