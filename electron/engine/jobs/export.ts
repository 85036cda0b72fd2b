/** Writes a trained model for use elsewhere, reads it back, and compares both before anyone relies on it. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type ExportFormat, type ExportResult, type ModelStory, type Precision, TsugikiError } from '../../contract';
import type { JobContext } from '../context';
import type { ImageSet } from '../data/dataset';
import { besideFiles } from '../export/beside';
import { OUTLETS } from '../export/outlets';
import { compare, differs, picturesCompared } from '../export/parity';
import { writeProjects } from '../export/projects';
import { calibratedWeights } from '../model/calibrated';
import type { TrainedModel } from '../model/model-folder';
import { PLACE_ERRORS } from './place-errors';

export interface ExportInput {
  readonly model: TrainedModel;
  readonly format: ExportFormat;
  readonly precision: Precision;
  /** Made when missing; files of the same names are replaced, once the new ones are proven. */
  readonly directory: string;
  /** To compare with, of any size; labels below 0 are no label. */
  readonly pictures: ImageSet;
  /** For the model card; null where nobody knows how the model was trained. */
  readonly story: ModelStory | null;
}

/** @throws TsugikiError export_no_pictures, export_differs, export_not_written; StoppedError. The directory is then as it was. */
export async function exportModel({ model, format, precision, directory, pictures, story }: ExportInput, context: JobContext): Promise<ExportResult> {
  if (pictures.count === 0) throw new TsugikiError('export_no_pictures', 'The export needs at least one picture to be checked on. Choose a data set with pictures.');
  const outlet = OUTLETS[format];
  const wanted = { model: { ...model, weights: calibratedWeights(model) }, precision };
  const staging = join(directory, `.tsugiki-export-${process.pid}`);
  let part = 0;
  const told = () => context.report({ kind: 'stage', stage: 'export', done: part++, total: 3, unit: 'parts', secondsLeft: null });
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
    const compared = await compare(wanted.model, written, pictures, context, { takes: outlet.takes, most: picturesCompared(precision) }).finally(() => written.dispose());
    if (differs(precision, compared)) {
      const difference = compared.largestDifference.toPrecision(2);
      throw new TsugikiError(
        'export_differs',
        `The exported ${format} model does not predict what the app predicts (probabilities differ by up to ${difference}), so it was not kept. Please report this.`,
        { format, difference }
      );
    }
    const parity = { ...compared, checkedBy: outlet.checkedBy };
    const files = await Promise.all(names.map(async (name) => ({ ...(await sizeOf(staging, name)), sha256: await checksum(join(staging, name)) })));
    const beside = besideFiles(outlet, { wanted, files, parity, story });
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
    await rm(staging, { recursive: true, force: true }).catch(() => undefined);
  }
}

const sizeOf = async (directory: string, name: string): Promise<{ name: string; bytes: number }> => ({ name, bytes: (await stat(join(directory, name))).size });

const checksum = async (path: string): Promise<string> => createHash('sha256').update(await readFile(path)).digest('hex');

/** The system's refusals in words. */
export function unwritable(error: unknown, path: string): TsugikiError | null {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  const reasons: Readonly<Record<string, string>> = { ...PLACE_ERRORS, ENOTDIR: 'part of the path is a file', EEXIST: 'there is a file of that name' };
  const reason = reasons[code];
  return reason ? new TsugikiError('export_not_written', `The export could not be written to ${path}: ${reason}. Choose another folder.`, { path, reason }) : null;
}
