/** A web page around the TensorFlow.js model: one folder that opens with a double click, asks nothing of the network, and answers as the app does. */
import { existsSync, statSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { resourcesDirectory } from '../../data/resources';
import type { ModelMeta } from '../../model/model-folder';

const SCRIPT = 'tf.es2017.min.js';
const FILES = ['index.html', 'app.js', 'style.css'];
/** Of these files. */
const PAGE_BYTES = 12e3;
/** Of model.json, about, which goes into the page as it is. */
const JSON_BYTES = 95e3;

/** TensorFlow.js for browsers: beside the page in an installed app, in node_modules in a checkout. */
function tensorflowJs(): string {
  const resources = resourcesDirectory();
  const packed = join(resources, 'demos/web', SCRIPT);
  return existsSync(packed) ? packed : join(dirname(resources), 'node_modules/@tensorflow/tfjs/dist', SCRIPT);
}

/**
 * @param directory holds the layers or graph model as `tfjs` or `tfjsGraph` has written it; the page becomes its folder `web`
 * @returns names of what was written, with slashes
 */
export async function writeWebPage(meta: ModelMeta, directory: string): Promise<string[]> {
  const page = join(directory, 'web');
  await mkdir(page, { recursive: true });
  for (const name of FILES) await copyFile(join(resourcesDirectory(), 'demos/web', name), join(page, name));
  await copyFile(tensorflowJs(), join(page, 'tf.min.js'));
  // A page opened from a disk may not fetch its neighbours, but it may load scripts: so the model is one.
  await writeFile(join(page, 'model.js'), `window.MODEL = ${JSON.stringify(await modelOf(meta, directory))};\n`);
  return [...FILES, 'tf.min.js', 'model.js'].map((name) => `web/${name}`);
}

/** Of the page around a model of `modelBytes`, about. */
export const webPageBytes = (modelBytes: number): number => statSync(tensorflowJs()).size + PAGE_BYTES + JSON_BYTES + (4 / 3) * (modelBytes - JSON_BYTES);

async function modelOf({ classNames, imageSize, threshold, trained }: ModelMeta, directory: string): Promise<object> {
  const json = JSON.parse(await readFile(join(directory, 'model.json'), 'utf8')) as { weightsManifest: { paths: string[] }[] };
  const shards = json.weightsManifest.flatMap(({ paths }) => paths);
  const weights = Buffer.concat(await Promise.all(shards.map((name) => readFile(join(directory, name)))));
  return { json, weights: weights.toString('base64'), settings: { classNames, imageSize, threshold, name: trained.data } };
}
