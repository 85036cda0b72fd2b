/** How right the time left is: what a run says while it goes on, against what came. `npm run bench -- time-left` gives it recipes on its command line. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { RecipeSchema } from '../../electron/contract';
import { quietContext } from '../../electron/engine/context';
import { openDataset } from '../../electron/engine/data/open';
import { train } from '../../electron/engine/jobs/train';

const TaskSchema = v.object({ data: v.string(), weights: v.string(), recipes: v.array(v.object({ name: v.string(), recipe: RecipeSchema })) });
const MARKS = [0.1, 0.25, 0.5, 0.75];

async function main(): Promise<void> {
  const { data, weights, recipes } = v.parse(TaskSchema, JSON.parse(process.argv[2] ?? '{}'));
  const dataset = await openDataset({ kind: 'path', path: data }, quietContext());
  const results = [];
  for (const { name, recipe } of recipes) {
    const directory = mkdtempSync(join(tmpdir(), 'tsugiki-bench-'));
    const said: { at: number; left: number }[] = [];
    const seconds = (): number => performance.now() / 1000;
    const began = seconds();
    await train({ recipe, weights, dataset, directory, runId: 'bench', resume: false }, {
      ...quietContext(),
      report: (progress) => {
        if ((progress.kind === 'step' || progress.kind === 'epoch') && progress.secondsLeft !== null) said.push({ at: seconds(), left: progress.secondsLeft });
      }
    });
    const ended = seconds();
    rmSync(directory, { recursive: true });
    // From the first step on: before, nothing is said.
    const first = said[0]?.at ?? ended;
    const marks = MARKS.map((share) => {
      const { at, left } = said.filter((one) => one.at <= first + share * (ended - first)).pop() ?? { at: ended, left: 0 };
      return { share, said: left, came: ended - at };
    });
    results.push({ name, total: ended - began, marks });
  }
  console.log(JSON.stringify({ results }));
}

void main();
