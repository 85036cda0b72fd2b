/** A run as a project in Keras that trains elsewhere, on as many devices and machines as there are: the same pictures in the same parts and order, recipe and first weights. */
import { copyFile, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type KerasProject, type Recipe, type Split, systemCause, TsugikiError } from '../../contract';
import type { JobContext } from '../context';
import type { ProjectDataset } from '../data/project-dataset';
import { resourcesDirectory } from '../data/resources';
import { Stage } from '../data/stage';
import { encodeExample } from '../export/keras-project/example';
import { projectReadmes } from '../export/keras-project/readme';
import { SHARDS, ShardWriter } from '../export/keras-project/shards';
import { type Counts, streamedData } from '../export/keras-project/streamed';
import { Script } from '../export/keras-script';
import { attachHead } from '../model/head';
import { type Network, sizeOf, weightKey } from '../model/layers';
import { mobileNetV2 } from '../model/mobilenet-v2';
import type { TrainedModel } from '../model/model-folder';
import { trainableLayers } from '../model/trainable';
import { writeWeights } from '../model/weight-file';
import { unwritable } from './export';
import { checkClasses, learnedFrom, startWeights } from './prepare';

export interface KerasProjectInput {
  readonly recipe: Recipe;
  /** "auto", "random", or the path of a Keras .h5. */
  readonly weights: string;
  readonly dataset: ProjectDataset;
  /** Whose weights are gone on from; null to start as the run did. */
  readonly model: TrainedModel | null;
  /** Made; must not hold anything. */
  readonly directory: string;
}

const FILES = ['pictures.py', 'workers.py', 'results.py', 'launch.py', 'requirements.txt', 'Dockerfile', 'compose.yaml'];
const START = 'start.h5';

/** @throws TsugikiError export_not_written, other_network, and what `prepare` refuses; StoppedError. Nothing is left then. */
export async function writeKerasProject({ recipe, weights, dataset, model, directory }: KerasProjectInput, context: JobContext): Promise<KerasProject> {
  const { classNames } = dataset.summary;
  const network = attachHead(mobileNetV2(recipe), recipe.head, classNames.length);
  for (const phase of recipe.phases) trainableLayers(network, phase);
  checkClasses(classNames, Int32Array.from(dataset.view.splits.train, (picture) => dataset.view.outputs.get(picture.class) ?? 0));
  const start = model ? weightsOf(model, network) : await startWeights(recipe, weights, network, context);
  if ((await readdir(directory).catch(() => [])).length > 0) throw taken(directory);

  const staging = `${directory}.${process.pid}.tmp`;
  const size = dataset.pictureSize ?? recipe.inputSize;
  try {
    await mkdir(join(staging, 'data'), { recursive: true });
    await writeWeights(join(staging, START), network, start);
    const counts = await writePictures(dataset, recipe, size, join(staging, 'data'), context);
    const write = (name: string, text: string): Promise<void> => writeFile(join(staging, name), text);
    const json = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;
    await write('data/data.json', json({ size, classes: classNames.length, shards: SHARDS, parts: counts }));
    await write('train.py', new Script({ ...recipe, initialWeights: START }, 'random', streamedData(recipe, classNames, size, counts)).text());
    // The path is one of this machine.
    await write('recipe.json', json({ ...recipe, initialWeights: null }));
    await write('labels.json', json(classNames));
    for (const [file, text] of Object.entries(projectReadmes(dataset.summary.name, counts))) await write(file, text);
    for (const name of FILES) await copyFile(join(resourcesDirectory(), 'demos/keras-project', name), join(staging, name));
    await mkdir(dirname(directory), { recursive: true });
    await rename(staging, directory);
    return { directory, pictures: Object.values(counts).flat().reduce((sum, n) => sum + n, 0), bytes: await bytesIn(join(directory, 'data')) };
  } catch (error) {
    throw unwritable(error, directory) ?? error;
  } finally {
    await rm(staging, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** All parts as files of records, a picture at a time: what lies in memory does not grow with their number. */
async function writePictures(dataset: ProjectDataset, recipe: Recipe, size: number, directory: string, context: JobContext): Promise<Counts> {
  const parts = partsOf(dataset, recipe);
  const { outputs } = dataset.view;
  const stage = new Stage(context, 'export', Object.values(parts).reduce((sum, pictures) => sum + pictures.length, 0), 'pictures');
  const counts: Partial<Record<Split, number[]>> = {};
  for (const part of ['train', 'validation', 'test'] as const) {
    if (parts[part].length === 0) continue;
    const own = (counts[part] = dataset.summary.classNames.map(() => 0));
    const writer = await ShardWriter.create(directory, part);
    try {
      for await (const { picture, square } of dataset.stream(parts[part], size, context)) {
        const label = outputs.get(picture.class) ?? 0;
        own[label]!++;
        await writer.add(encodeExample(square, label));
        stage.add(1);
      }
      await writer.flush();
    } finally {
      await writer.close();
    }
  }
  // One that could not be read moves the line between what is trained on and what is validated on: once more, without it.
  const known = partsOf(dataset, recipe);
  return (['train', 'validation', 'test'] as const).every((part) => known[part].length === parts[part].length) ? counts : writePictures(dataset, recipe, size, directory, context);
}

/** The run's own: as many as the recipe uses, the last ones kept for validation where there is no part of its own. */
function partsOf(dataset: ProjectDataset, recipe: Recipe): ProjectDataset['view']['splits'] {
  const { train, validation, test } = dataset.view.splits;
  const used = train.slice(0, recipe.limit);
  if (validation.length > 0) return { train: used, validation, test };
  const kept = learnedFrom(used.length, recipe);
  return { train: used.slice(0, kept), validation: used.slice(kept), test };
}

function weightsOf({ weights }: TrainedModel, network: Network): TrainedModel['weights'] {
  const fits = network.layers.every((layer) => layer.weights.every((weight) => weights.get(weightKey(layer, weight))?.length === sizeOf(weight.shape)));
  if (fits) return weights;
  throw new TsugikiError('other_network', 'The model is another network than the recipe describes: it cannot be gone on from. Choose the recipe that it was trained by, or start anew.');
}

function taken(path: string): TsugikiError {
  const reason = systemCause('ENOTEMPTY');
  return new TsugikiError('export_not_written', `The export could not be written to ${path}: ${reason.message}. Choose another folder.`, { path, reason });
}

async function bytesIn(directory: string): Promise<number> {
  const sizes = await Promise.all((await readdir(directory)).map(async (name) => (await stat(join(directory, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
