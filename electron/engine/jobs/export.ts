/** Writes a trained model for use elsewhere, reads it back with the format's own reader, and compares both before anyone relies on it. */
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type ExportFormat, type ExportResult, TsugikiError } from '../../contract';
import type { JobContext } from '../context';
import type { ImageSet } from '../data/dataset';
import { fileSizes } from '../export/outlet';
import { OUTLETS } from '../export/outlets';
import { compare, TOLERANCE } from '../export/parity';
import type { TrainedModel } from '../model/model-folder';

export interface ExportInput {
  readonly model: TrainedModel;
  readonly format: ExportFormat;
  /** Made when missing; files of the same names are replaced, once the new ones are proven. */
  readonly directory: string;
  /** To compare with; up to 100 of them are used, of any size. */
  readonly pictures: ImageSet;
}

/** @throws TsugikiError export_no_pictures, export_differs, export_not_written; StoppedError. The directory is then as it was. */
export async function exportModel({ model, format, directory, pictures }: ExportInput, context: JobContext): Promise<ExportResult> {
  if (pictures.count === 0) throw new TsugikiError('export_no_pictures', 'The export needs at least one picture to be checked on. Choose a data set with pictures.');
  const outlet = OUTLETS[format];
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
    const names = await outlet.write(model, staging);
    await next();
    const written = await outlet.load(staging, model);
    await next();
    const parity = await compare(model, written, pictures, context).finally(() => written.dispose());
    if (parity.largestDifference > TOLERANCE) {
      const difference = parity.largestDifference.toPrecision(2);
      throw new TsugikiError(
        'export_differs',
        `The exported ${format} model does not predict what the app predicts (probabilities differ by up to ${difference}), so it was not kept. Please report this.`,
        { format, difference }
      );
    }
    for (const name of names) await rename(join(staging, name), join(directory, name));
    told();
    return { format, directory, files: await fileSizes(directory, names), parity: { ...parity, checkedBy: outlet.checkedBy } };
  } catch (error) {
    throw unwritable(error, directory) ?? error;
  } finally {
    await rm(staging, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** The system's refusals in words. */
function unwritable(error: unknown, path: string): TsugikiError | null {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  const reasons: Record<string, string> = {
    ENOSPC: 'the disk is full', EACCES: 'this account may not write there', EPERM: 'this account may not write there',
    EROFS: 'the disk is read-only', ENOTDIR: 'part of the path is a file', EEXIST: 'there is a file of that name'
  };
  const reason = reasons[code];
  return reason ? new TsugikiError('export_not_written', `The export could not be written to ${path}: ${reason}. Choose another folder.`, { path, reason }) : null;
}
