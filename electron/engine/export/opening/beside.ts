/** What lies beside a model's file: what the app itself wrote there, names of classes, Teachable Machine's description. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { type TrainedElsewhere, TrainedElsewhereSchema } from '../../../contract';
import { type ModelMeta, ModelMetaSchema } from '../../model/model-folder';

const DescriptionSchema = v.object({ format: v.literal('tsugiki-export'), export: v.string(), files: v.array(v.object({ name: v.string() })), ...ModelMetaSchema.entries });
export type Description = v.InferOutput<typeof DescriptionSchema>;

const Names = v.pipe(v.array(v.string()), v.minLength(1));
const TeachableSchema = v.object({ packageName: v.string(), labels: Names, modelName: v.optional(v.string()) });

const textOf = (folder: string, name: string): Promise<string | null> => readFile(join(folder, name), 'utf8').catch(() => null);

async function jsonOf(folder: string, name: string): Promise<unknown> {
  try {
    return JSON.parse((await textOf(folder, name)) ?? 'null');
  } catch {
    return null;
  }
}

/** `tsugiki.json`, as export/beside.ts writes it; null where there is none that is understood. */
export async function descriptionIn(folder: string): Promise<Description | null> {
  const parsed = v.safeParse(DescriptionSchema, await jsonOf(folder, 'tsugiki.json'));
  return parsed.success ? parsed.output : null;
}

/** What an export says about its model. Its temperature is in the weights. */
export const metaOf = ({ format: _format, export: _export, files: _files, ...meta }: Description): ModelMeta => ({ ...meta, temperature: 1 });

/** Teachable Machine's `metadata.json`. */
export async function teachableIn(folder: string): Promise<v.InferOutput<typeof TeachableSchema> | null> {
  const parsed = v.safeParse(TeachableSchema, await jsonOf(folder, 'metadata.json'));
  return parsed.success ? parsed.output : null;
}

/** How the model was trained where a project for bigger machines left it; null where nothing tells, or another model's training. */
export async function trainingIn(folder: string, { alpha, inputSize, scale, head }: Pick<ModelMeta, 'alpha' | 'inputSize' | 'scale' | 'head'>): Promise<TrainedElsewhere | null> {
  const parsed = v.safeParse(TrainedElsewhereSchema, await jsonOf(folder, 'history.json'));
  if (!parsed.success) return null;
  const { recipe, phases } = parsed.output;
  const networkOf = (one: typeof recipe | { alpha: number; inputSize: number; scale: string; head: unknown }): string => JSON.stringify([one.alpha, one.inputSize, one.scale, one.head]);
  const own = networkOf(recipe) === networkOf({ alpha, inputSize, scale, head });
  return own && recipe.phases.every(({ name }) => phases[name]) ? parsed.output : null;
}

/** The first list of as many names as there are classes. */
export async function classNamesIn(folder: string, classes: number): Promise<string[] | null> {
  const lists = [...(await Promise.all(['labels.json', 'class_names.json', 'classes.json'].map((name) => jsonOf(folder, name)))), (await teachableIn(folder))?.labels, ...(await Promise.all(['labels.txt', 'class_names.txt', 'classes.txt'].map(async (name) => linesOf((await textOf(folder, name)) ?? ''))))];
  return lists.find((list): list is string[] => v.is(Names, list) && list.length === classes) ?? null;
}

/** Teachable Machine numbers its lines: "0 cat". */
function linesOf(text: string): string[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== '');
  return lines.every((line, i) => line.startsWith(`${i} `)) ? lines.map((line) => line.replace(/^\d+ /, '')) : lines;
}
