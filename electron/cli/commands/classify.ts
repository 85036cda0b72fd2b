/** `classify`: pictures, one by one or whole folders, to their five most probable classes. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Classification, TsugikiError, toErrorShape } from '../../contract';
import { isPictureFile } from '../../engine/data/picture-files';
import { Classifier } from '../../engine/jobs/classify';
import { openModel } from '../open-model';
import { pathHere } from '../places';
import { type Invocation, required, UsageError } from '../usage';
import { asJson, type Console, type ExitCode } from './command';

export async function classifyCommand({ options, positionals }: Invocation<'classify'>, { context, terminal, print }: Console): Promise<ExitCode> {
  const directory = required('classify', 'model', options.model);
  if (positionals.length === 0) throw new UsageError('classify needs at least one picture or folder.');
  const files = (await Promise.all(positionals.map((path) => picturesAt(pathHere(path))))).flat();
  const classifier = new Classifier(await openModel(directory));
  const answers: ({ file: string } & (Omit<Classification, 'probabilities'> | { error: string }))[] = [];
  try {
    for (const file of files) {
      await context.breathe();
      try {
        const { top, unknown, milliseconds } = classifier.classify(await readFile(file));
        answers.push({ file, top, unknown, milliseconds });
      } catch (error) {
        // One bad picture in a folder is told and passed over.
        answers.push({ file, error: toErrorShape(error).message });
      }
    }
  } finally {
    classifier.dispose();
  }
  terminal.clear();
  print(options.json ? asJson(answers) : answers.map(text).join('\n'));
  const [first] = answers;
  if (first && answers.every((answer) => 'error' in answer)) {
    throw new TsugikiError('nothing_classified', files.length === 1 ? 'The picture could not be classified.' : `None of the ${files.length} pictures could be classified.`);
  }
  return 0;
}

const text = (answer: { file: string } & (Pick<Classification, 'top'> | { error: string })): string =>
  'error' in answer ? `${answer.file}: ${answer.error}` : `${answer.file}: ${answer.top.map(({ label, probability }) => `${label} ${(100 * probability).toFixed(1)} %`).join(', ')}`;

/** The file itself, or the pictures of a folder and the folders below it, by name. */
async function picturesAt(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => null);
  if (!found) throw new UsageError(`There is no picture or folder ${path}.`, { path });
  if (!found.isDirectory()) return [path];
  const pictures = await below(path);
  if (pictures.length === 0) throw new UsageError(`The folder ${path} holds no pictures (JPEG, PNG, GIF, BMP, WebP).`, { path });
  return pictures;
}

async function below(folder: string): Promise<string[]> {
  const entries = (await readdir(folder, { withFileTypes: true })).sort((a, b) => a.name.localeCompare(b.name));
  const lists = await Promise.all(
    entries.map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? below(path) : entry.isFile() && isPictureFile(entry.name) ? [path] : [];
    })
  );
  return lists.flat();
}
