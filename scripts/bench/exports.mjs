/** One picture in each export, by the program that is written beside it, in turns with the app's own answer; and how long the export took. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from '../setup/places.mjs';
import { say } from '../setup/terminal.mjs';
import { run } from '../setup/tools.mjs';
import { needData } from './kit.mjs';
import { frozen } from './rows.mjs';
import { compare } from './statistics.mjs';
import { Worker } from './worker.mjs';

/** Programs in an export's folder: `command` takes the folder, a picture and a number of calls, and `how` behind them; `only` names the one format that has it. */
const programsOf = (python) => [
  { language: 'python', command: [python, inRoot('test/bench/exported.py')] },
  { language: 'python', how: 'predict', only: 'keras', command: [python, inRoot('test/bench/exported.py')] },
  { language: 'node', command: [process.execPath, inRoot('out/bench/exported.cjs')] }
];

/** onnxruntime and Sharp are not among our packages. */
async function install(folder) {
  await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
}

/**
 * @param {import('./kit.mjs').Kit} kit
 * @returns a program each, with `ours`, `theirs` and `ratio` (the app's seconds over the export's), and the seconds in which its export was `written`
 */
export async function exported(kit, turns = 5) {
  needData();
  const python = await (await import('../setup/judges.mjs')).setup();
  const folder = kit.freshFolder('exports');
  const calls = kit.amount(50, 5);
  const task = { task: 'picture', calls, folder, recipe: { phases: [frozen(1)] } };
  say('Writing all exports');
  const { written } = await kit.engineRun(task, 'exports');
  const app = kit.engine(task);
  const programs = [];
  try {
    await app.ready();
    for (const { format, precision, seconds } of written) {
      const place = join(folder, `${format}-${precision}`);
      const entry = { format, precision, written: seconds };
      const own = programsOf(python).filter(({ language, only }) => existsSync(join(place, language)) && (!only || only === format));
      if (own.length === 0) programs.push(entry);
      for (const { language, how, command: [command, program] } of own) {
        say(`${format}, ${precision}, ${language}${how ? `, ${how}` : ''}`);
        if (format === 'onnx' && language === 'node') await install(join(place, 'node'));
        programs.push({ ...entry, language, how, ...(await inTurns(app, new Worker(command, [program, place, join(folder, 'picture.png'), String(calls), ...(how ? [how] : [])]), kit.amount(turns, 1))) });
      }
    }
  } finally {
    await app.end();
  }
  return programs;
}

/** The app's turn, the program's turn, and so on. A program that does not run says why, and the others go on. */
async function inTurns(app, program, turns) {
  const [ours, theirs] = [[], []];
  try {
    await program.ready();
    for (let turn = 0; turn < turns; turn++) {
      ours.push(await app.turn());
      theirs.push(await program.turn());
    }
    return compare(ours, theirs);
  } catch (error) {
    process.exitCode = 1;
    return { failed: error.message.trim().split('\n').at(-1).trim() };
  } finally {
    await program.end();
  }
}
