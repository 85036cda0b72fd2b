/**
 * A process whose memory is watched: writes a Keras project of a folder's pictures, and says by how much it grew meanwhile. Run with --expose-gc:
 * what is held is measured, not what each Node leaves lying before it collects.
 */
import * as v from 'valibot';
import { RecipeSchema } from '../../electron/contract';
import { JobControl, quietContext } from '../../electron/engine/context';
import { openDataset } from '../../electron/engine/data/open';
import { writeKerasProject } from '../../electron/engine/jobs/keras-project';

const [, , folder = '', directory = '', size = '96'] = process.argv;

async function measure(): Promise<void> {
  const dataset = await openDataset({ kind: 'path', path: folder }, quietContext());
  const before = process.resourceUsage().maxRSS / 1024;
  const began = performance.now();
  const recipe = v.parse(RecipeSchema, { alpha: 0.35, inputSize: Number(size) });
  const { pictures, bytes } = await writeKerasProject({ recipe, weights: 'random', dataset, model: null, directory }, new JobControl().context(() => globalThis.gc?.()));
  console.log(JSON.stringify({ pictures, mebibytes: bytes / 2 ** 20, grew: process.resourceUsage().maxRSS / 1024 - before, seconds: (performance.now() - began) / 1000 }));
}

void measure();
