/** What a side of an interleaved measurement is asked for: one JSON object on its command line, made by scripts/bench/rows.mjs. */
import * as v from 'valibot';
import { RecipeSchema } from '../../electron/contract';
import { quietContext } from '../../electron/engine/context';
import { type Dataset, type ImageSet, sliceImages } from '../../electron/engine/data/dataset';
import { openDataset } from '../../electron/engine/data/open';
import type { ProjectDataset } from '../../electron/engine/data/project-dataset';
import { attachHead } from '../../electron/engine/model/head';
import { initialWeights } from '../../electron/engine/model/initial-weights';
import { mobileNetV2 } from '../../electron/engine/model/mobilenet-v2';
import type { TrainedModel } from '../../electron/engine/model/model-folder';
import { loadWeights } from '../../electron/engine/model/weight-file';

const TaskSchema = v.object({
  task: v.picklist(['epochs', 'phase', 'first_step', 'evaluate', 'classify', 'picture', 'png_folders', 'import']),
  /** Folder of CIFAR-10's batches. */
  data: v.string(),
  /** Keras' .h5 without top. */
  weights: v.string(),
  /** One phase. */
  recipe: RecipeSchema,
  /** Pictures a run of Keras' network, for evaluate and classify; ours chooses for itself. */
  batch: v.optional(v.number(), 128),
  /** Class folders of PNG files, for import; made by png_folders. */
  folder: v.optional(v.string(), ''),
  /** Whether import decodes all pictures, too. */
  decoded: v.optional(v.boolean(), false),
  /** How often a single picture is classified a turn. */
  calls: v.optional(v.number(), 1)
});
export type Task = v.InferOutput<typeof TaskSchema>;

export const readTask = (): Task => v.parse(TaskSchema, JSON.parse(process.argv[2] ?? '{}'));

export const openData = (task: Task): Promise<ProjectDataset> => openDataset({ kind: 'path', path: task.data }, quietContext());

/** As many training pictures as the recipe takes, from `first` on. */
export async function pictures(task: Task, data: Dataset, first = 0): Promise<ImageSet> {
  const all = await data.load('train', task.recipe.inputSize, quietContext());
  return sliceImages(all, first, Math.min(all.count, first + task.recipe.limit));
}

/** The base's weights under a fresh head. */
export async function freshModel({ recipe, weights: path }: Task, { summary }: Dataset): Promise<TrainedModel> {
  const base = mobileNetV2(recipe);
  const network = attachHead(base, recipe.head, summary.classNames.length);
  const weights = initialWeights(network, recipe.seed);
  for (const [key, value] of await loadWeights(base, path)) weights.set(key, value);
  const { backbone, alpha, inputSize, scale, head } = recipe;
  const meta = { backbone, alpha, inputSize, imageSize: summary.pictureSize ?? inputSize, scale, head, classNames: summary.classNames, temperature: 1, threshold: null, trained: { data: summary.name, testAccuracy: null, date: '' } };
  return { network, weights, meta };
}
