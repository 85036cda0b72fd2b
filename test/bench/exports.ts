/** Writes the lesson's model in every format, and a picture beside them; tells what that picture takes in the app. `npm run bench -- exports` */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXPORT_FORMATS, EXPORT_PRECISIONS } from '../../electron/contract';
import { quietContext } from '../../electron/engine/context';
import { Classifier } from '../../electron/engine/jobs/classify';
import { exportModel } from '../../electron/engine/jobs/export';
import { cifarPicture, png } from '../app/pictures';
import { freshModel, openData, pictures, readTask } from './task';
import { clock, tell } from './turns';

async function main(): Promise<void> {
  const task = readTask();
  const data = await openData(task);
  const model = await freshModel(task, data);
  mkdirSync(task.folder, { recursive: true });
  const content = png(cifarPicture(task.data, 0));
  writeFileSync(join(task.folder, 'picture.png'), content);
  const written = [];
  for (const format of EXPORT_FORMATS) {
    for (const precision of EXPORT_PRECISIONS[format]) {
      const name = `${format}-${precision}`;
      const seconds = await clock(async () => exportModel({ model, format, precision, directory: join(task.folder, name), pictures: await pictures(task, data), story: null }, quietContext()));
      written.push({ name, seconds });
    }
  }
  const classifier = new Classifier(model);
  const seconds: number[] = [];
  for (let i = 0; i < task.calls; i++) seconds.push(await clock(() => classifier.classify(content)));
  classifier.dispose();
  tell({ app: seconds.sort((a, b) => a - b)[Math.floor(seconds.length / 2)], written });
}

void main();
