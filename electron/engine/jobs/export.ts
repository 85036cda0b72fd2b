/** Writes a trained model for use elsewhere, reads it back, and compares both before anyone relies on it. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type ExportFormat, type ExportResult, type ModelStory, type Picture, type Precision, TsugikiError } from '../../contract';
import type { JobContext } from '../context';
import type { ProjectDataset } from '../data/project-dataset';
import { spread } from '../data/sampling';
import { besideFiles } from '../export/beside';
import { OUTLETS } from '../export/outlets';
import type { Tested } from '../export/model-card';
import { type CheckPictures, compare, differs, MOST_COMPARED, picturesCompared } from '../export/parity';
import { writeProjects } from '../export/projects';
import { calibratedWeights } from '../model/calibrated';
import type { TrainedModel } from '../model/model-folder';
import { Evaluator, type KnownAnswers } from './evaluate';
import { placeError } from './place-errors';

export interface ExportInput {
  readonly model: TrainedModel;
  readonly format: ExportFormat;
  readonly precision: Precision;
  /** Made when missing; files of the same names are replaced, once the new ones are proven. */
  readonly directory: string;
  /** To compare with, of any size; labels below 0 are no label. */
  readonly pictures: CheckPictures;
  /** For the model card; null where nobody knows how the model was trained. */
  readonly story: ModelStory | null;
  /** What the model has answered before. */
  readonly known?: KnownAnswers;
  /** For the model card: how the model does on pictures whose classes are known; left out where there are none. */
  readonly test?: (evaluator: Evaluator) => Promise<Tested | null>;
}

/** What an export is checked on: of pictures as many as are compared, spread over all; their classes are the model's by name, -1 for another. */
export async function picturesToCheck({ meta: { imageSize, classNames } }: TrainedModel, dataset: ProjectDataset, pictures: readonly Picture[], context: JobContext): Promise<CheckPictures> {
  const labelOf = new Map(dataset.project.state.header.classes.map(({ id, name }) => [id, classNames.indexOf(name)]));
  const some = spread(pictures, MOST_COMPARED);
  const bytes = imageSize * imageSize * 3;
  const pixels = new Uint8Array(some.length * bytes);
  const labels: number[] = [];
  const hashes: string[] = [];
  for await (const { picture, square } of dataset.stream(some, imageSize, context)) {
    pixels.set(square, labels.length * bytes);
    labels.push(labelOf.get(picture.class) ?? -1);
    hashes.push(picture.hash);
  }
  return { count: labels.length, height: imageSize, width: imageSize, pixels: pixels.subarray(0, labels.length * bytes), labels: Int32Array.from(labels), hashes };
}

/** @throws TsugikiError export_no_pictures, export_differs, export_not_written; StoppedError. The directory is then as it was. */
export async function exportModel({ model, format, precision, directory, pictures, story, known, test }: ExportInput, context: JobContext): Promise<ExportResult> {
  if (pictures.count === 0) throw new TsugikiError('export_no_pictures', 'The export needs at least one picture to be checked on. Choose a data set with pictures.');
  const outlet = OUTLETS[format];
  const wanted = { model: { ...model, weights: calibratedWeights(model) }, precision };
  const evaluator = new Evaluator(model, known);
  const staging = join(directory, `.tsugiki-export-${process.pid}`);
  let part = 0;
  const told = () => context.report({ kind: 'stage', stage: 'export', done: part++, total: 4, unit: 'parts', secondsLeft: null });
  const next = async () => {
    told();
    await context.breathe();
  };
  try {
    await next();
    await mkdir(staging, { recursive: true });
    const names = await outlet.write(wanted, staging, { pictures, context });
    await next();
    const written = await outlet.load(staging, wanted);
    await next();
    const compared = await compare(evaluator, written, pictures, context, { takes: outlet.takes, most: picturesCompared(precision, outlet) }).finally(() => written.dispose());
    if (differs(precision, compared)) {
      const difference = compared.largestDifference.toPrecision(2);
      throw new TsugikiError(
        'export_differs',
        `The exported ${format} model does not predict what the app predicts (probabilities differ by up to ${difference}), so it was not kept. Please report this.`,
        { format, difference }
      );
    }
    const parity = { ...compared, checkedBy: outlet.checkedBy };
    await next();
    const tested = (await test?.(evaluator)) ?? null;
    const files = await Promise.all(names.map(async (name) => ({ ...(await sizeOf(staging, name)), sha256: await checksum(join(staging, name)) })));
    const beside = besideFiles(outlet, { wanted, files, parity, story, tested });
    for (const [name, content] of beside) await writeFile(join(staging, name), content);
    const all = [...names, ...beside.map(([name]) => name), ...(await writeProjects(format, model.meta, staging))];
    for (const name of all) {
      await mkdir(dirname(join(directory, name)), { recursive: true });
      await rename(join(staging, name), join(directory, name));
    }
    told();
    return { format, precision, directory, files: await Promise.all(all.map((name) => sizeOf(directory, name))), parity };
  } catch (error) {
    throw unwritable(error, directory) ?? error;
  } finally {
    evaluator.dispose();
    await rm(staging, { recursive: true, force: true }).catch(() => undefined);
  }
}

const sizeOf = async (directory: string, name: string): Promise<{ name: string; bytes: number }> => ({ name, bytes: (await stat(join(directory, name))).size });

const checksum = async (path: string): Promise<string> => createHash('sha256').update(await readFile(path)).digest('hex');

/** The system's refusals in words. */
export function unwritable(error: unknown, path: string): TsugikiError | null {
  const reason = placeError(error, 'ENOTDIR', 'EEXIST');
  return reason && new TsugikiError('export_not_written', `The export could not be written to ${path}: ${reason.message}. Choose another folder.`, { path, reason });
}
