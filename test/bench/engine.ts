/** Our side of the rows that are measured in turns: the engine's own jobs, on the task that the command line gives. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Progress, StoppedError } from '../../electron/contract';
import { type JobContext, JobControl, quietContext } from '../../electron/engine/context';
import { type Dataset, sliceImages } from '../../electron/engine/data/dataset';
import { createProject } from '../../electron/engine/data/open';
import { judge } from '../../electron/engine/evaluation/judgement';
import { Inference, picturesARun } from '../../electron/engine/graph/inference';
import { Classifier } from '../../electron/engine/jobs/classify';
import { Evaluator } from '../../electron/engine/jobs/evaluate';
import { train } from '../../electron/engine/jobs/train';
import { cifarPicture, png } from '../app/pictures';
import { freshModel, openData, pictures, readTask, type Task } from './task';
import { clock, EpochTurns, medianOf, takeTurns, tell, wait } from './turns';

const directory = mkdtempSync(join(tmpdir(), 'tsugiki-bench-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));

const startTraining = ({ recipe, weights }: Task, dataset: Dataset, context: JobContext) =>
  train({ recipe, weights, dataset, directory: join(directory, 'run'), runId: 'bench', resume: false }, context);

/** An epoch of training, its validation included, in a run that never ends. */
async function epochs(task: Task, data: Dataset): Promise<void> {
  const turns = new EpochTurns();
  let between = false;
  await startTraining(task, data, {
    ...quietContext(),
    report: (progress) => {
      if (progress.kind !== 'epoch') return;
      turns.ended(progress.seconds);
      between = true;
    },
    // The run breathes after each epoch, and there it waits for its next turn.
    breathe: async () => {
      if (!between) return;
      await wait();
      between = false;
    }
  });
}

/** The first phase from its beginning, other pictures each turn: what was cached in the turn before is no help. */
async function phase(task: Task, data: Dataset): Promise<void> {
  let first = 0;
  await takeTurns(async () => {
    const set = await pictures(task, data, first);
    first += set.count;
    const outcome = await startTraining(task, { summary: data.summary, load: async (split) => (split === 'train' ? set : sliceImages(set, 0, 0)) }, quietContext());
    return outcome.results[0]?.result.total_seconds ?? NaN;
  });
}

/** From "Train" to the first step: weights are read, the step is compiled and taken once. */
async function firstStep(task: Task, data: Dataset): Promise<void> {
  await takeTurns(async () => {
    const control = new JobControl();
    const began = performance.now();
    let seconds = NaN;
    const report = ({ kind }: Progress) => {
      if (kind !== 'step' || !Number.isNaN(seconds)) return;
      seconds = (performance.now() - began) / 1000;
      control.stop();
    };
    await startTraining(task, data, control.context(report)).catch((error: unknown) => {
      if (!(error instanceof StoppedError)) throw error;
    });
    return seconds;
  });
}

async function evaluate(task: Task, data: Dataset): Promise<void> {
  const model = await freshModel(task, data);
  const set = await pictures(task, data);
  const bytes = set.height * set.width * 3;
  const source = {
    async *stream(pictures: readonly { id: number; hash: string }[]) {
      for (const picture of pictures) yield { picture, square: set.pixels.subarray(picture.id * bytes, (picture.id + 1) * bytes) };
    }
  };
  // Kept compiled, as Keras' model is; but every turn has pictures that it has not answered yet.
  const evaluator = new Evaluator(model);
  let turn = 0;
  await takeTurns(() => {
    const asked = Array.from(set.labels, (label, id) => ({ picture: { id, hash: `${turn} ${id}` }, label }));
    turn++;
    return clock(async () => judge(await evaluator.answers(source, asked, quietContext()), model.meta));
  });
}

async function classify(task: Task, data: Dataset): Promise<void> {
  const { network, weights, meta } = await freshModel(task, data);
  const { pixels, count, height } = await pictures(task, data);
  const inference = Inference.compile(network, weights, meta, [network.layers[network.layers.length - 1]?.name ?? '']);
  const bytes = height * height * 3;
  await takeTurns(() =>
    clock(() => {
      const batch = picturesARun(meta.inputSize);
      for (let from = 0; from < count; from += batch) {
        const to = Math.min(count, from + batch);
        inference.run(pixels.subarray(from * bytes, to * bytes), to - from);
      }
    })
  );
}

/** The bytes of a PNG to their probabilities: median of some calls. */
async function picture(task: Task, data: Dataset): Promise<void> {
  const classifier = new Classifier(await freshModel(task, data));
  const content = png(cifarPicture(task.data, 0));
  await takeTurns(() => medianOf(task.calls, () => classifier.classify(content)));
}

/** The recipe's pictures as PNG files in class folders. */
async function pngFolders(task: Task, data: Dataset): Promise<void> {
  const { pixels, labels, count, height } = await pictures(task, data);
  const bytes = height * height * 3;
  for (const name of data.summary.classNames) mkdirSync(join(task.folder, name), { recursive: true });
  for (let i = 0; i < count; i++) {
    writeFileSync(join(task.folder, data.summary.classNames[labels[i]!]!, `${i}.png`), png(pixels.subarray(i * bytes, (i + 1) * bytes)));
  }
  tell({ folder: task.folder });
}

/** From a folder to a project on disk, and perhaps to its pictures in memory: listed, hashed, checked, decoded. */
async function importFolder({ folder, decoded, recipe }: Task): Promise<void> {
  let turn = 0;
  await takeTurns(async () => {
    const project = join(directory, `project-${++turn}`);
    const seconds = await clock(async () => {
      const data = await createProject(project, 'bench', { kind: 'path', path: folder }, quietContext());
      if (decoded) await data.load('train', recipe.inputSize, quietContext());
      data.close();
    });
    rmSync(project, { recursive: true });
    return seconds;
  });
}

const TASKS: Record<Task['task'], (task: Task, data: Dataset) => Promise<void>> = { epochs, phase, first_step: firstStep, evaluate, classify, picture, png_folders: pngFolders, import: importFolder };

const task = readTask();
void openData(task).then((data) => TASKS[task.task](task, data));
