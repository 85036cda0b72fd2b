/** The lesson's model in every format, and how long each takes after a training: with the check on pictures and the model card. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXPORT_FORMATS, EXPORT_PRECISIONS } from '../../electron/contract';
import { quietContext } from '../../electron/engine/context';
import { Evaluator, matchClasses, testPart } from '../../electron/engine/jobs/evaluate';
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
  // A training ends with its test: what it has answered there is known.
  const evaluator = new Evaluator(model);
  const { known } = evaluator;
  await evaluator.answers(dataset, matchClasses(dataset, pictures, model.meta.classNames).asked, context);
  evaluator.dispose();
  mkdirSync(task.folder, { recursive: true });
  writeFileSync(join(task.folder, 'picture.png'), png(cifarPicture(task.data, 0)));

  const written = [];
  for (const format of EXPORT_FORMATS) {
    for (const precision of EXPORT_PRECISIONS[format]) {
      const directory = join(task.folder, `${format}-${precision}`);
      const seconds = await clock(async () =>
        exportModel({
          model, format, precision, directory, pictures: await picturesToCheck(model, dataset, pictures, context), story: null, known,
          test: (own) => testForCard(own, { set: 'test', dataset, pictures }, context)
        }, context)
      );
      written.push({ format, precision, seconds });
    }
  }
  tell({ written });
}

void main();
