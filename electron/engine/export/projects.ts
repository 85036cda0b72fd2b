/** Programs around an export that run as they are: a web page, a Python program, a Node program. */
import { copyFile, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ExportFormat } from '../../contract';
import { resourcesDirectory } from '../data/resources';
import { webPageBytes, writeWebPage } from './demos/web';
import type { ModelMeta } from '../model/model-folder';

export interface Project {
  /** For the README: how it is started. */
  readonly start: string;
  /** Bytes of what `write` will write around a model of `modelBytes`, about. */
  estimate(modelBytes: number): number;
  /** Writes the program into a folder of its own beside the model's files, and tells their names, with slashes. */
  write(meta: ModelMeta, directory: string): Promise<string[]>;
}

const web: Project = {
  start: 'Open `web/index.html`: a page that classifies pictures you drop, paste or hold before the camera. It works from the disk and asks nothing of the network; the folder `web` can be put into a site as it is.',
  estimate: webPageBytes,
  write: writeWebPage
};

/** A program whose files lie in resources/demos as they are; `own`: those that differ from format to format. */
const program = (folder: 'python' | 'node', { shared, own, start }: { shared: readonly string[]; own: readonly string[]; start: string }): Project => ({
  start,
  estimate: () => 8e3,
  write: async (_meta, directory) => {
    await mkdir(join(directory, folder), { recursive: true });
    const names = [...shared, ...own].map((path) => [path, `${folder}/${basename(path)}`] as const);
    for (const [from, to] of names) await copyFile(join(resourcesDirectory(), 'demos', folder, from), join(directory, to));
    return names.map(([, to]) => to);
  }
});

const python = (kind: string): Project =>
  program('python', {
    shared: ['classify.py'],
    own: [`${kind}/model.py`, `${kind}/requirements.txt`],
    start: 'In Python: `pip install -r python/requirements.txt`, then `python python/classify.py picture.jpg photos --csv answers.csv`. It takes pictures and folders.'
  });

const IN_NODE = 'then `node classify.mjs picture.jpg photos --csv answers.csv`. It takes pictures and folders';

const node = (kind: string): Project =>
  program('node', {
    shared: ['classify.mjs', 'tensorflow/pictures.mjs', 'tensorflow/package.json'],
    own: [`${kind}/model.mjs`],
    start: `In Node (20 or 22): \`cd node\`, \`npm install\`, ${IN_NODE}: JPEG, PNG, GIF, BMP.`
  });

/** onnxruntime needs no TensorFlow, so nothing of it does: Sharp decodes. Its install script would only fetch what is for graphics cards. */
const onnxInNode: Project = program('node', {
  shared: ['classify.mjs'],
  own: ['onnx/model.mjs', 'onnx/pictures.mjs', 'onnx/package.json'],
  start: `In Node (from 20 on): \`cd node\`, \`npm install --ignore-scripts\`, ${IN_NODE}: JPEG, PNG, GIF, WebP, AVIF.`
});

/** What each format gets. */
export const PROJECTS: Readonly<Record<ExportFormat, readonly Project[]>> = {
  keras: [python('keras')],
  keras_h5: [python('keras')],
  savedmodel: [python('savedmodel'), node('savedmodel')],
  tfjs: [web, node('tfjs')],
  tfjs_graph: [web, node('tfjs_graph')],
  onnx: [python('onnx'), onnxInNode],
  tflite: [python('tflite')],
  // Core ML runs on Apple's machines alone, and Xcode makes the program.
  coreml: []
};

/** Bytes of all of them around a model of `modelBytes`. */
export const projectBytes = (format: ExportFormat, modelBytes: number): number => PROJECTS[format].reduce((sum, { estimate }) => sum + estimate(modelBytes), 0);

/** Writes all of them; @returns their files' names. */
export async function writeProjects(format: ExportFormat, meta: ModelMeta, directory: string): Promise<string[]> {
  const names: string[] = [];
  for (const { write } of PROJECTS[format]) names.push(...(await write(meta, directory)));
  return names;
}
