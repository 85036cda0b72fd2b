/**
 * Tsugiki beside Keras on this machine, in turns. `npm run bench`, `npm run bench -- ROW ...`; see docs/performance.md
 *   --list    the rows            --quick   few pictures, to see that it works     --turns N  turns a row
 *   --json    JSON, not a table   --write   what was measured last into the docs   scaling    how our own cost grows, as charts
 *   time-left how right the time left is that a run tells      exports  one picture in each export, by its own program
 */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { bundle } from './bench/bundle.mjs';
import { Kit, missing } from './bench/kit.mjs';
import { between, circumstances, isMet, longMarkdown, machine, shortMarkdown, tableOf } from './bench/report.mjs';
import { rowsOf } from './bench/rows.mjs';
import { compare } from './bench/statistics.mjs';
import { build } from './build.mjs';
import { main, setup } from './setup.mjs';
import { inRoot, readJson } from './setup/places.mjs';
import { SetupError, say, setQuiet, table } from './setup/terminal.mjs';

/** What is measured of ours alone, in no row. */
const ALONE = ['scaling', 'time-left', 'exports'];
const RESULTS = inRoot('out/bench/results');
const resultFile = (name) => `${RESULTS}/${name}.json`;

function options() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { list: { type: 'boolean' }, quick: { type: 'boolean', default: false }, json: { type: 'boolean' }, write: { type: 'boolean' }, turns: { type: 'string' } }
    });
  } catch (error) {
    throw new SetupError(error.message);
  }
}

/** Measures the rows that are wanted, all where none is named. */
async function measure(kit, rows, turns) {
  const absent = missing();
  if (!absent && rows.length > 0) kit.python = await (await import('./setup/keras.mjs')).setup();
  const results = [];
  for (const { measure: run, ...row } of rows) {
    if (absent) {
      results.push({ ...row, skipped: absent });
      continue;
    }
    say(`${row.name}: ${row.what}`);
    const { ours, theirs, about, accuracy } = await run(turns ?? row.turns);
    const result = { ...row, ...compare(ours, theirs), ...(accuracy && { accuracy }), quick: kit.quick, machine: machine(), about };
    mkdirSync(RESULTS, { recursive: true });
    writeFileSync(resultFile(row.name), JSON.stringify({ ...result, met: isMet(result) }, null, 1));
    results.push(result);
  }
  return results;
}

/** What was measured last of each row, but for quick ones, into the pages. */
function write(rows) {
  const known = new Set(readdirSync(RESULTS));
  const results = rows.filter(({ name }) => known.has(`${name}.json`)).map(({ name }) => readJson(resultFile(name))).filter(({ quick }) => !quick);
  if (results.length === 0) throw new SetupError('Nothing was measured yet that is worth writing down. Run: npm run bench');
  const { about } = results.find((result) => result.about.keras) ?? results[0];
  const where = (language) => circumstances[language](results[0].machine, about);
  const put = (page, text) => writeFileSync(inRoot(page), between(readFileSync(inRoot(page), 'utf8'), text));
  put('docs/performance.md', `${where('en')}\n\n${longMarkdown(results)}`);
  const header = (what) => [what, 'Keras', 'Tsugiki', 'Tsugiki / Keras'];
  put('README.md', `${where('en')} All rows, and how to measure them yourself: [docs/performance.md](docs/performance.md).\n\n${shortMarkdown(results, header('CIFAR-10'), 'en')}`);
  put('README.ja.md', `${where('ja')}すべての項目と測定方法: [docs/performance.md](docs/performance.md)。\n\n${shortMarkdown(results, header('CIFAR-10'), 'ja')}`);
  say('Written into docs/performance.md, README.md and README.ja.md.');
}

await main(async () => {
  const { values, positionals: names } = options();
  setQuiet(true);
  const kit = new Kit({ quick: values.quick, wanted: names });
  const all = rowsOf(kit);
  if (values.list) return table(all.map(({ name, what, against }) => [name, `${what}; against ${against}`]));
  if (values.write && names.length === 0) return write(all);

  const unknown = names.filter((name) => !ALONE.includes(name) && !all.some((row) => row.name === name));
  if (unknown.length > 0) throw new SetupError(`There is no row ${unknown.join(', ')}. npm run bench -- --list names them all.`);
  await setup({ window: false });
  await build({ window: false });
  await bundle();
  if (names.includes('scaling')) {
    const { scaling } = await import('./bench/scaling.mjs');
    await scaling(kit);
  }
  if (names.includes('time-left')) {
    const { timeLeft } = await import('./bench/time-left.mjs');
    await timeLeft(kit);
  }
  if (names.includes('exports')) {
    const { exported } = await import('./bench/exports.mjs');
    await exported(kit);
  }
  const rows = names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
  const results = await measure(kit, rows, values.turns && Number(values.turns));
  if (values.json) console.log(JSON.stringify(results, null, 1));
  else if (results.length > 0) table(tableOf(results));
  if (values.write) write(all);
});
