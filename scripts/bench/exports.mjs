/** One picture in each export, by the program that is written beside it, beside the app's own answer and Keras' `predict`; and how long the export took. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from '../setup/places.mjs';
import { SetupError, say, table } from '../setup/terminal.mjs';
import { missing } from './kit.mjs';
import { wholeRun } from './worker.mjs';

/** @param {import('./kit.mjs').Kit} kit */
export async function exported(kit) {
  const absent = missing();
  if (absent) throw new SetupError(`Nothing can be measured: ${absent}.`);
  kit.python = await (await import('../setup/keras.mjs')).setup();
  const programs = { python: [kit.python, inRoot('test/bench/exported.py')], node: [process.execPath, inRoot('test/bench/exported.mjs')] };
  const folder = kit.freshFolder('exports');
  const calls = kit.amount(100, 10);
  const phases = [{ name: 'frozen', epochs: 1, optimizer: { name: 'adam', learningRate: 1e-3 } }];
  const { app, written } = await kit.engineRun({ task: 'picture', folder, calls, recipe: { limit: 500, phases } }, 'exports');
  const milliseconds = (seconds) => `${(1000 * seconds).toFixed(2)} ms`;
  const rows = [['the app', '', milliseconds(app), '']];
  for (const { name, seconds } of written) {
    for (const [language, [command, program]] of Object.entries(programs)) {
      if (!existsSync(join(folder, name, language))) continue;
      say(`${name}, ${language}`);
      const { answer, predict, missing: module } = await wholeRun(command, [program, join(folder, name), join(folder, 'picture.png'), String(calls)]);
      rows.push([name, language, module ? `skipped, no ${module} in this Python` : milliseconds(answer), `${seconds.toFixed(2)} s`]);
      if (predict) rows.push([name, 'python, predict', milliseconds(predict), '']);
    }
  }
  say('From a picture\'s file to its probabilities, median; and how long the export took, its check included:');
  table([['export', 'program', 'a picture', 'written in'], ...rows]);
}
