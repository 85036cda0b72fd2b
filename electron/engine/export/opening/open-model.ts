/** Opens a model of whatever origin: ours, our exports, and MobileNetV2 classifiers of Keras, TensorFlow.js and Teachable Machine. */
import { existsSync } from 'node:fs';
import { mkdtemp, open as openFile, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import * as v from 'valibot';
import { causeOf, type OpeningNote, type Scale, type TrainedElsewhere, TsugikiError } from '../../../contract';
import { quietContext } from '../../context';
import { eachEntry } from '../../data/archive';
import { readHdf5 } from '../../model/hdf5';
import { isModelFolder, loadModelFolder, networkOf, type ModelMeta, type TrainedModel } from '../../model/model-folder';
import { textList } from '../../model/weight-file';
import { classNamesIn, type Description, descriptionIn, metaOf, teachableIn, trainingIn } from './beside';
import { FOLDED, inOrder, wholeKernels } from './folded-files';
import { type StepWeights, unfold } from './folded-weights';
import { kerasNodes } from './keras-nodes';
import { kerasOperations } from './keras-operations';
import { h5Config, h5Weights, keras3Weights, ManifestSchema, manifestWeights, tfjsWeights } from './keras-weights';
import type { Operation } from './operations';
import { classifierWeights, recognise } from './recognise';
import { notAModel, notFound, tooLarge, undescribed, unreadable, weightsOnly } from './refusals';

export interface Opened {
  readonly model: TrainedModel;
  readonly name: string;
  /** How it was trained, where a file beside it tells. */
  readonly training: TrainedElsewhere | null;
  readonly notes: readonly OpeningNote[];
}

export interface OpeningOptions {
  /** How pixels are scaled, for files that do not say; left out: -1..1. */
  readonly scale?: Scale | undefined;
}

/** A MobileNetV2 of alpha 1.4 has 20 MB, a head at most as much again; training's slots come on top. */
const MOST_MEGABYTES = 512;
/** In the order in which a folder is looked through. */
const FILES = [/\.keras$/i, /^model\.json$/i, /\.(h5|hdf5)$/i, /\.pb$/i, /\.onnx$/i, /\.tflite$/i, /\.mlpackage$/i];
/** Where a Core ML package keeps its model. */
const PACKED_MODEL = join('Data', 'com.apple.CoreML', 'model.mlmodel');

/**
 * @param path a model of ours, the folder of its run, an export's folder or file, a zip with one
 * @throws TsugikiError that says why it does not open; those of `loadModelFolder`
 */
export async function openAnyModel(path: string, options: OpeningOptions = {}): Promise<Opened> {
  const found = await stat(path).catch(() => null);
  if (!found) throw notFound(path);
  try {
    return found.isDirectory() ? await openFolder(path, path, options) : await openModelFile(path, path, options);
  } catch (error) {
    if (error instanceof TsugikiError && error.code !== 'not_hdf5') throw error;
    throw unreadable(path, causeOf(error));
  }
}

/** @param from what the person chose, for sentences and names; @param beside where a Keras model in several files has its neighbours */
async function openFolder(folder: string, from: string, options: OpeningOptions, beside = dirname(folder)): Promise<Opened> {
  if (folder.endsWith('.mlpackage')) return openPackage(folder, from);
  const inside = join(folder, 'model');
  if (!isModelFolder(folder) && isModelFolder(inside)) return ours(inside, from);
  const names = await readdir(folder);
  if (names.includes('config.json') && names.includes(WEIGHTS)) return openKeras(folder, from, beside, options);
  const described = (await descriptionIn(folder))?.files[0]?.name;
  const name = described !== undefined && names.includes(described) ? described : FILES.flatMap((kind) => names.filter((one) => kind.test(one)))[0];
  if (name !== undefined) return name.endsWith('.mlpackage') ? openPackage(join(folder, name), from) : openModelFile(join(folder, name), from, options);
  // Some programs pack a folder of one folder.
  const [only, ...others] = names.filter((one) => !one.startsWith('.') && one !== '__MACOSX');
  if (only !== undefined && others.length === 0 && folder !== from && (await stat(join(folder, only))).isDirectory()) return openFolder(join(folder, only), from, options);
  throw notAModel(from);
}

async function ours(folder: string, from: string): Promise<Opened> {
  const model = await loadModelFolder(folder);
  return { model, name: nameOf(from), training: null, notes: [] };
}

async function openModelFile(path: string, from: string, options: OpeningOptions): Promise<Opened> {
  await refuseLarge(path);
  const head = await headOf(path);
  const extension = extname(path).toLowerCase();
  if (head.startsWith('PK')) return unpacked(path, from, (folder) => openFolder(folder, from, options, dirname(path)));
  if (head.startsWith('\x89HDF')) return openH5(path, from, options);
  if (extension === '.json') return openJson(path, from, options);
  const read = FOLDED[extension];
  if (read) return folded(path, from, read);
  throw notAModel(from);
}

async function refuseLarge(path: string): Promise<void> {
  if ((await stat(path)).size > MOST_MEGABYTES * 2 ** 20) throw tooLarge(path, MOST_MEGABYTES);
}

async function headOf(path: string): Promise<string> {
  const file = await openFile(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
    return buffer.subarray(0, bytesRead).toString('latin1');
  } finally {
    await file.close();
  }
}

/** Unpacks a zip's files for as long as `use` takes, those in folders by their own names. */
async function unpacked<T>(path: string, from: string, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'tsugiki-open-'));
  let bytes = 0;
  try {
    await eachEntry(path, 'zip', quietContext(), async (entry) => {
      if (entry.name.startsWith('__MACOSX/')) return;
      if ((bytes += entry.size) > MOST_MEGABYTES * 2 ** 20) throw tooLarge(from, MOST_MEGABYTES);
      await writeFile(join(folder, basename(entry.name)), await entry.read());
    });
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What Keras 3 calls the weights inside of a `.keras` file. */
const WEIGHTS = 'model.weights.h5';

async function openKeras(folder: string, from: string, beside: string, options: OpeningOptions): Promise<Opened> {
  const nodes = kerasNodes(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')));
  const operations = await readHdf5(join(folder, WEIGHTS), (root) => kerasOperations(nodes, keras3Weights(root)));
  return classifier(operations, from, beside, options);
}

async function openH5(path: string, from: string, options: OpeningOptions): Promise<Opened> {
  const operations = await readHdf5(path, (root) => {
    const config = h5Config(root);
    if (config !== null) return kerasOperations(kerasNodes(JSON.parse(config)), h5Weights(root));
    throw textList(root, 'layer_names') || root.get('layers') ? weightsOnly(from) : notAModel(from);
  });
  return classifier(operations, from, dirname(path), options);
}

const TfjsSchema = v.object({ modelTopology: v.union([v.looseObject({ class_name: v.string() }), v.object({ node: v.array(v.unknown()) }), v.object({ model_config: v.unknown() })]), weightsManifest: ManifestSchema });

async function openJson(path: string, from: string, options: OpeningOptions): Promise<Opened> {
  const json: unknown = JSON.parse(await readFile(path, 'utf8'));
  if (v.is(v.object({ format: v.literal('tsugiki-model') }), json)) return ours(dirname(path), from);
  const parsed = v.safeParse(TfjsSchema, json);
  if (!parsed.success) throw notAModel(from);
  const { modelTopology, weightsManifest } = parsed.output;
  const groups = await Promise.all(weightsManifest.map(async (group) => ({ group, bytes: await shards(dirname(path), group.paths) })));
  const weights = manifestWeights(groups);
  if ('node' in modelTopology) return folded(path, from, async () => inOrder(wholeKernels(weights)));
  const nodes = kerasNodes('class_name' in modelTopology ? modelTopology : modelTopology.model_config);
  return classifier(kerasOperations(nodes, tfjsWeights(weights)), from, dirname(path), options);
}

async function shards(folder: string, names: readonly string[]): Promise<Uint8Array> {
  const files = names.map((name) => join(folder, name));
  for (const file of files) {
    if (!existsSync(file)) throw new Error(`${basename(file)} is missing`);
    await refuseLarge(file);
  }
  return Buffer.concat(await Promise.all(files.map((file) => readFile(file))));
}

const openPackage = (folder: string, from: string): Promise<Opened> => {
  const path = join(folder, PACKED_MODEL);
  const read = FOLDED[extname(path)];
  if (!existsSync(path) || !read) throw notAModel(from);
  return folded(path, from, read, dirname(folder));
};

/** An export that keeps no layers. @param read gives its numbers; @param beside the folder with its description */
async function folded(path: string, from: string, read: (path: string, scale: Scale) => Promise<StepWeights>, beside = dirname(path)): Promise<Opened> {
  const description = await descriptionIn(beside);
  if (!description) throw undescribed(from);
  const meta = metaOf(description);
  return { model: { network: networkOf(meta), weights: unfold(meta, await read(path, meta.scale)), meta }, name: nameOf(from, description), training: null, notes: [] };
}

/** @param folder where names of classes may lie */
async function classifier(operations: readonly Operation[], from: string, folder: string, options: OpeningOptions): Promise<Opened> {
  const found = recognise(operations, from);
  const description = await descriptionIn(folder);
  const teachable = await teachableIn(folder);
  const own = description?.classNames.length === found.classes ? description : null;
  const names = own?.classNames ?? (await classNamesIn(folder, found.classes));
  const notes = [...found.notes];
  // Teachable Machine's own programs scale before the model does.
  if (found.scale === null && !teachable && options.scale === undefined) notes.push('scale_assumed');
  if (!names) notes.push('names_assumed');
  const name = nameOf(from, description, teachable?.modelName);
  const scale = found.scale ?? options.scale ?? '-1..1';
  const head = [...found.head];
  const training = await trainingIn(folder, { ...found, scale, head });
  const testAccuracy = training?.phases[training.recipe.phases.at(-1)?.name ?? '']?.test_accuracy ?? null;
  const meta: ModelMeta = {
    backbone: 'MobileNetV2', alpha: found.alpha, inputSize: found.inputSize, imageSize: own && own.inputSize === found.inputSize ? own.imageSize : found.imageSize,
    scale, head, classNames: names ?? Array.from({ length: found.classes }, (_, i) => `class_${i}`),
    temperature: 1, threshold: own?.threshold ?? null,
    trained: own?.trained ?? { data: name, testAccuracy, date: (await stat(from)).mtime.toISOString() }
  };
  const network = networkOf(meta);
  return { model: { network, weights: classifierWeights(network, found), meta }, name, training, notes };
}

/** Names that programs give say nothing: then the folder's does. */
const GENERAL = /^(model|keras_model|saved_model|tsugiki|weights\b.*|my_model)$/i;

function nameOf(from: string, description: Description | null = null, given?: string): string {
  const stem = basename(from).replace(/\.(keras|h5|hdf5|json|zip|onnx|tflite|pb|mlpackage)$/i, '');
  return description?.trained.data ?? given ?? (GENERAL.test(stem) ? basename(dirname(from)) : stem);
}
