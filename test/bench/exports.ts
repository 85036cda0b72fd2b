/** The lesson's model in every format, and how long each takes as the first one after a training: with the check on pictures, and the test for its model card. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXPORT_FORMATS, EXPORT_PRECISIONS, type ExportFormat, type Precision } from '../../electron/contract';
import { quietContext } from '../../electron/engine/context';
import { type KnownAnswers, testPart } from '../../electron/engine/jobs/evaluate';
import { exportModel, picturesToCheck } from '../../electron/engine/jobs/export';
import { testForCard } from '../../electron/engine/understanding';
import { cifarPicture, png } from '../app/pictures';
import { freshModel, openData, readTask } from './task';
import { clock, tell } from './turns';

async function main(): Promise<void> {
  const task = readTask();
  const dataset = await openData(task);
  const model = await freshModel(task, dataset);
  const context = quietContext();
  const pictures = testPart(dataset);
  mkdirSync(task.folder, { recursive: true });
  writeFileSync(join(task.folder, 'picture.png'), png(cifarPicture(task.data, 0)));

  const exporting = async (format: ExportFormat, precision: Precision, known: KnownAnswers): Promise<unknown> =>
    exportModel({
      model, format, precision, directory: join(task.folder, `${format}-${precision}`), pictures: await picturesToCheck(model, dataset, pictures, context), story: null, known,
      test: (evaluator) => testForCard(evaluator, { set: 'test', dataset, pictures }, context)
    }, context);

  const written = [];
  for (const format of EXPORT_FORMATS) {
    for (const precision of EXPORT_PRECISIONS[format]) {
      written.push({ format, precision, seconds: await clock(() => exporting(format, precision, new Map())) });
    }
  }
  const known: KnownAnswers = new Map();
  const all = await clock(async () => {
    for (const format of EXPORT_FORMATS) await exporting(format, EXPORT_PRECISIONS[format][0], known);
  });
  tell({ written, all });
}

void main();
