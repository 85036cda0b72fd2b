/** What rounding a model's numbers costs: the lesson's frozen phase, at the sizes that the command line names, then each rounded export on test pictures. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { EXPORT_FORMATS, EXPORT_PRECISIONS, RecipeSchema } from '../../electron/contract';
import { quietContext } from '../../electron/engine/context';
import { sliceImages } from '../../electron/engine/data/dataset';
import { openDataset } from '../../electron/engine/data/open';
import { OUTLETS } from '../../electron/engine/export/outlets';
import { compare } from '../../electron/engine/export/parity';
import { Evaluator } from '../../electron/engine/jobs/evaluate';
import { train } from '../../electron/engine/jobs/train';
import { tell } from './turns';

const TaskSchema = v.object({ data: v.string(), weights: v.string(), most: v.number(), recipes: v.array(RecipeSchema) });

async function main(): Promise<void> {
  const { data, weights, most, recipes } = v.parse(TaskSchema, JSON.parse(process.argv[2] ?? '{}'));
  const context = quietContext();
  const dataset = await openDataset({ kind: 'path', path: data }, context);
  const directory = mkdtempSync(join(tmpdir(), 'tsugiki-bench-'));
  const results = [];
  for (const recipe of recipes) {
    const { model } = await train({ recipe, weights, dataset, directory: join(directory, 'run'), runId: 'bench', resume: false }, context);
    if (!model) throw new Error('The training was stopped.');
    const test = await dataset.load('test', model.meta.imageSize, context);
    const [asked, pictures] = [sliceImages(test, 0, Math.min(most, test.count)), await dataset.load('train', model.meta.imageSize, context)];
    const evaluator = new Evaluator(model);
    for (const format of EXPORT_FORMATS) {
      for (const precision of EXPORT_PRECISIONS[format].filter((one) => one !== 'float32')) {
        const outlet = OUTLETS[format];
        const wanted = { model, precision };
        const files = join(directory, `${recipe.inputSize}-${format}-${precision}`);
        mkdirSync(files);
        await outlet.write(wanted, files, { pictures, context });
        const written = await outlet.load(files, wanted);
        const { agreement, accuracy } = await compare(evaluator, written, asked, context, { takes: outlet.takes, most: asked.count });
        written.dispose();
        results.push({ inputSize: recipe.inputSize, scale: recipe.scale, format, precision, pictures: asked.count, agreement, ...accuracy });
      }
    }
  }
  rmSync(directory, { recursive: true });
  tell({ results });
}

void main();
