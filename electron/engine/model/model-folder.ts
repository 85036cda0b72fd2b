/**
 * A trained model of our own on disk: `model.json` says what it is, a Keras .h5 beside it holds the weights.
 *
 * The weight file's name carries its checksum and `model.json` is renamed into place last, so a folder always holds either the
 * old model or the new one, whole, whenever the power goes.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { ALPHAS, because, causeOf, type ErrorShape, HeadLayerSchema, ScaleSchema, TsugikiError } from '../../contract';
import { attachHead } from './head';
import type { Network, Weights } from './layers';
import { mobileNetV2 } from './mobilenet-v2';
import { loadWeights, writeWeights } from './weight-file';

const FORMAT = 'tsugiki-model';
const VERSION = 1;

export const ModelMetaSchema = v.object({
  backbone: v.literal('MobileNetV2'),
  alpha: v.picklist(ALPHAS),
  /** Height and width the backbone sees, pixels. */
  inputSize: v.pipe(v.number(), v.integer(), v.minValue(32)),
  /** Height and width of the pictures it learned from, before the network's own resize layer; `inputSize` for photographs. */
  imageSize: v.pipe(v.number(), v.integer(), v.minValue(1)),
  scale: ScaleSchema,
  /** Hidden layers of the head; the last Dense has one unit a class. */
  head: v.array(HeadLayerSchema),
  classNames: v.pipe(v.array(v.string()), v.minLength(1)),
  /** Logits are divided by it; 1 leaves the probabilities as they were learned. */
  temperature: v.optional(v.pipe(v.number(), v.minValue(0.05), v.maxValue(20)), 1),
  /** Answers less sure than this are "none of these"; null for no such answer. */
  threshold: v.optional(v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(1))), null),
  trained: v.object({
    /** The data set's name. */
    data: v.string(),
    /** Null when it was never tested. */
    testAccuracy: v.nullable(v.number()),
    /** ISO 8601. */
    date: v.string()
  })
});
export type ModelMeta = v.InferOutput<typeof ModelMetaSchema>;

export interface TrainedModel {
  readonly network: Network;
  readonly weights: Weights;
  readonly meta: ModelMeta;
}

const ModelFileSchema = v.object({
  format: v.literal(FORMAT),
  version: v.literal(VERSION),
  ...ModelMetaSchema.entries,
  weights: v.object({ file: v.pipe(v.string(), v.regex(/^[^/\\]+$/)), sha256: v.string() })
});
type ModelFile = v.InferOutput<typeof ModelFileSchema>;

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The network that a model's description stands for. */
export const networkOf = (meta: Pick<ModelMeta, 'alpha' | 'inputSize' | 'head' | 'classNames'>): Network =>
  attachHead(mobileNetV2({ alpha: meta.alpha, inputSize: meta.inputSize }), meta.head, meta.classNames.length);

/** Whether `directory` holds a model of ours (of whatever version). */
export const isModelFolder = (directory: string): boolean => existsSync(join(directory, 'model.json'));

/** Writes the model into `directory` (made when missing), replacing an earlier one in a single step. */
export async function saveModel(directory: string, model: TrainedModel): Promise<void> {
  await mkdir(directory, { recursive: true });
  const draft = join(directory, `weights.${process.pid}.tmp`);
  await writeWeights(draft, model.network, model.weights);
  const checksum = sha256(await readFile(draft));
  const file = `weights-${checksum.slice(0, 12)}.h5`;
  await rename(draft, join(directory, file));
  await writeDescription(directory, model.meta, { file, sha256: checksum });
  for (const name of await readdir(directory)) {
    if (/^weights-[0-9a-f]{12}\.h5$/.test(name) && name !== file) await rm(join(directory, name), { force: true });
  }
}

/** Writes anew what a model says about itself; its weights stay. @throws TsugikiError cannot_write, and those of `readModelMeta` */
export async function saveModelMeta(directory: string, meta: ModelMeta): Promise<void> {
  const { weights } = await readDescription(directory);
  await writeDescription(directory, meta, weights).catch((error: unknown) => {
    const reason = causeOf(error);
    throw new TsugikiError('cannot_write', `${directory} cannot be written (${reason.message}). Free some space, or make the folder writable.`, { path: directory, reason });
  });
}

async function writeDescription(directory: string, meta: ModelMeta, weights: ModelFile['weights']): Promise<void> {
  const draft = join(directory, `model.${process.pid}.tmp`);
  await writeFile(draft, JSON.stringify({ format: FORMAT, version: VERSION, ...v.parse(ModelMetaSchema, meta), weights }, null, 1));
  await rename(draft, join(directory, 'model.json'));
}

/**
 * Reads a model that `saveModel` wrote.
 * @throws TsugikiError not_a_model, model_newer, model_damaged
 */
export async function loadModelFolder(directory: string): Promise<TrainedModel> {
  const { weights: stored, format: _format, version: _version, ...meta } = await readDescription(directory);
  const path = join(directory, stored.file);
  const bytes = await readFile(path).catch(() => null);
  if (!bytes) throw damaged(directory, because('part_missing', `its weight file ${stored.file} is missing`, { file: stored.file }));
  if (sha256(bytes) !== stored.sha256) throw damaged(directory, because('part_changed', `its weight file ${stored.file} is not the one that was saved`, { file: stored.file }));
  const network = networkOf(meta);
  return { network, weights: await loadWeights(network, path), meta };
}

/** What a model folder says about itself, without reading its weights. Errors as `loadModelFolder`. */
export async function readModelMeta(directory: string): Promise<ModelMeta> {
  const { weights: _weights, format: _format, version: _version, ...meta } = await readDescription(directory);
  return meta;
}

async function readDescription(directory: string): Promise<ModelFile> {
  const source = await readFile(join(directory, 'model.json'), 'utf8').catch(() => null);
  if (source === null) {
    throw new TsugikiError('not_a_model', `${directory} holds no model: there is no model.json in it. Choose the folder that training saved.`, { path: directory });
  }
  const description = parseJson(source);
  const head = v.safeParse(v.object({ format: v.literal(FORMAT), version: v.number() }), description);
  if (!head.success) {
    throw new TsugikiError('not_a_model', `${join(directory, 'model.json')} does not describe a Tsugiki model. Choose the folder that training saved.`, { path: directory });
  }
  if (head.output.version > VERSION) {
    throw new TsugikiError(
      'model_newer',
      `The model in ${directory} was saved by a newer Tsugiki (format ${head.output.version}; this one reads up to ${VERSION}). Update Tsugiki to open it.`,
      { path: directory, version: head.output.version, supported: VERSION }
    );
  }
  const parsed = v.safeParse(ModelFileSchema, description);
  if (parsed.success) return parsed.output;
  throw damaged(directory, because('part_damaged', `model.json, ${v.getDotPath(parsed.issues[0]) ?? 'as a whole'}: ${parsed.issues[0].message}`, { file: 'model.json' }));
}

function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return null;
  }
}

const damaged = (path: string, reason: ErrorShape): TsugikiError =>
  new TsugikiError('model_damaged', `The model in ${path} cannot be used: ${reason.message}. Train it again, or copy it again from where it came.`, { path, reason });
