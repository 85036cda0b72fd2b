/**
 * Tsugiki beside Keras on this machine, in turns. `npm run bench`, `npm run bench -- ROW ...`; see docs/performance.md
 *   --list    the rows            --quick   few pictures, to see that it works     --turns N  turns a row
 *   --json    JSON, not a table   --write   what was measured last into the docs
 *   exports   one picture in each export, by its own program  rounding  what it costs to round a model's numbers
 *   time-left how right the time left is that a run tells     scaling   how our own cost grows, as charts
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { bundle } from './bench/bundle.mjs';
import { Kit, missing } from './bench/kit.mjs';
import { between, circumstances, exportsTable, isMet, longMarkdown, machine, machineText, markdownOf, ROUNDING_WORDS_JA, roundingTable, shortMarkdown, tableOf } from './bench/report.mjs';
import { rowsOf } from './bench/rows.mjs';
import { compare } from './bench/statistics.mjs';
import { build } from './build.mjs';
import { main, setup } from './setup.mjs';
import { inRoot, readJson } from './setup/places.mjs';
import { SetupError, say, setQuiet, table } from './setup/terminal.mjs';

/** What is measured in no row; the first is part of measuring everything. */
const ALONE = {
  exports: async (kit, turns) => {
    const result = await (await import('./bench/exports.mjs')).exported(kit, turns);
    return { result, shown: exportsTable(result) };
  },
  rounding: async (kit) => {
    const result = await (await import('./bench/rounding.mjs')).rounding(kit);
    return { result, shown: roundingTable(result) };
  },
  'time-left': async (kit) => (await import('./bench/time-left.mjs')).timeLeft(kit),
  scaling: async (kit) => (await import('./bench/scaling.mjs')).scaling(kit)
};
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

/** Measures what is in no row, keeps it and shows it. @returns null of what writes its own pages */
async function measureAlone(name, kit, { turns, json }) {
  const measured = await ALONE[name](kit, turns);
  if (!measured) return null;
  const { result, shown } = measured;
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(resultFile(name), JSON.stringify({ quick: kit.quick, machine: machine(), result }, null, 1));
  if (!json) table(shown);
  return result;
}

const put = (page, text, name) => writeFileSync(inRoot(page), between(readFileSync(inRoot(page), 'utf8'), text, name));

/** What was measured last under a name; null where nothing was, or only quickly. */
function lastOf(name) {
  const kept = existsSync(resultFile(name)) ? readJson(resultFile(name)) : null;
  return kept?.quick === false ? kept : null;
}

function writeRows(results) {
  const { about } = results.find((result) => result.about.keras) ?? results[0];
  const where = (language) => circumstances[language](results[0].machine, about);
  put('docs/performance.md', `${where('en')}\n\n${longMarkdown(results)}`);
  const header = (what) => [what, 'Keras', 'Tsugiki', 'Tsugiki / Keras'];
  put('README.md', `${where('en')} All rows, and how to measure them yourself: [docs/performance.md](docs/performance.md).\n\n${shortMarkdown(results, header('CIFAR-10'), 'en')}`);
  put('README.ja.md', `${where('ja')}すべての項目と測定方法: [docs/performance.md](docs/performance.md)。\n\n${shortMarkdown(results, header('CIFAR-10'), 'ja')}`);
}

/** What was measured last, but for what was measured quickly, into the pages. */
function write(rows) {
  const results = rows.flatMap(({ name }) => lastOf(name) ?? []);
  const [exports, rounding] = [lastOf('exports'), lastOf('rounding')];
  if (results.length === 0 && !exports && !rounding) throw new SetupError('Nothing was measured yet that is worth writing down. Run: npm run bench');
  if (results.length > 0) writeRows(results);
  if (exports) put('docs/performance.md', `${machineText(exports.machine)}.\n\n${markdownOf(exportsTable(exports.result))}`, 'exports');
  if (rounding) {
    put('docs/exports.md', markdownOf(roundingTable(rounding.result)), 'rounding');
    put('docs/exports.ja.md', markdownOf(roundingTable(rounding.result, ROUNDING_WORDS_JA)), 'rounding');
  }
  say('Written into the pages of docs, README.md and README.ja.md.');
}

await main(async () => {
  const { values, positionals: names } = options();
  setQuiet(true);
  const kit = new Kit({ quick: values.quick, wanted: names });
  const all = rowsOf(kit);
  if (values.list) return table(all.map(({ name, what, against }) => [name, `${what}; against ${against}`]));
  if (values.write && names.length === 0) return write(all);

  const unknown = names.filter((name) => !(name in ALONE) && !all.some((row) => row.name === name));
  if (unknown.length > 0) throw new SetupError(`There is no row ${unknown.join(', ')}. npm run bench -- --list names them all.`);
  await setup({ window: false });
  await build({ window: false });
  await bundle();
  const rows = names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
  const turns = values.turns && Number(values.turns);
  const results = await measure(kit, rows, turns);
  if (!values.json && results.length > 0) table(tableOf(results));
  const alone = {};
  for (const name of names.length === 0 ? ['exports'] : names.filter((one) => one in ALONE)) alone[name] = await measureAlone(name, kit, { turns, json: values.json });
  if (values.json) console.log(JSON.stringify({ rows: results, ...alone }, null, 1));
  if (values.write) write(all);
});
