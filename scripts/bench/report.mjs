/** Results as a table in the terminal, and as Markdown between the markers of a page. */
import { cpus, totalmem } from 'node:os';
import { summary } from './statistics.mjs';

/** The processor's name as it tells it, cores and memory; no date. */
export const machine = () => ({ processor: cpus()[0]?.model.trim() ?? 'unknown processor', cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30) });

const digits = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

/** A value with its unit; seconds below one in milliseconds. */
export function quantity(value, unit) {
  // What rounds to a second is one.
  if (unit === 's' && value < 0.9995) return `${digits(value * 1000)} ms`;
  return `${digits(value)} ${unit}`;
}

/** Median and, of several turns, from the smallest to the largest. */
function spread({ median, min, max, values }, unit) {
  if (values.length === 1) return quantity(median, unit);
  return `${quantity(median, unit)} (${quantity(min, unit)} to ${quantity(max, unit)})`;
}

const ratioText = ({ median, min, max, values }) => (values.length === 1 ? median.toFixed(3) : `${median.toFixed(3)} (${min.toFixed(3)} to ${max.toFixed(3)})`);

const barText = ({ bar, leastAccuracy }) => (leastAccuracy === undefined ? `<= ${bar}` : `<= ${bar}, accuracy >= ${leastAccuracy}`);

/** Whether a result keeps what is asked of it. */
export const isMet = ({ bar, ratio, leastAccuracy, accuracy }) => ratio.median <= bar && (leastAccuracy === undefined || accuracy.ours >= leastAccuracy);

const withAccuracy = (text, accuracy) => (accuracy === undefined ? text : `${text}, accuracy ${accuracy.toFixed(3)}`);

/** Header and a line a result; a skipped row says why. */
export function tableOf(results) {
  const lines = results.map((result) => {
    if (result.skipped) return [result.name, '-', '-', '-', '-', '-', `${result.what}: skipped, ${result.skipped}`];
    const { name, what, against, unit, ours, theirs, ratio, accuracy, quick } = result;
    return [
      name, withAccuracy(spread(ours, unit), accuracy?.ours), withAccuracy(spread(theirs, unit), accuracy?.theirs), ratioText(ratio), barText(result), isMet(result) ? 'yes' : 'NO',
      `${what}; against ${against}${quick ? ' (quick)' : ''}`
    ];
  });
  return [['row', 'ours', 'theirs', 'ratio', 'bar', 'met', 'what'], ...lines];
}

const cells = (row) => `| ${row.join(' | ')} |`;
/** A table in Markdown. */
export const markdownOf = ([header, ...lines]) => [cells(header), cells(header.map(() => '---')), ...lines.map(cells)].join('\n');

/** The machine, in words. */
export const machineText = ({ processor, cores, memoryGiB }) => `${cores} cores of ${processor}, ${memoryGiB} GiB of memory`;

/** The machine and the programs, in a sentence of either language. */
export const circumstances = {
  en: (own, { keras, tensorflow }) => `${machineText(own)}; Keras ${keras} on TensorFlow ${tensorflow}.`,
  ja: ({ processor, cores, memoryGiB }, { keras, tensorflow }) => `${processor} ${cores} コア、メモリ ${memoryGiB} GiB。Keras ${keras}、TensorFlow ${tensorflow}。`
};

/** All columns, for docs/performance.md. */
export function longMarkdown(results) {
  const [, ...lines] = tableOf(results);
  return markdownOf([['what', 'ours', 'theirs', 'ratio', 'bar', 'met'], ...lines.map(([name, ours, theirs, ratio, bar, met, what]) => [`\`${name}\`: ${what}`, ours, theirs, ratio, bar.replace('<=', '≤').replace('>=', '≥'), met])]);
}

/** The main rows, for the README in its language. */
export function shortMarkdown(results, header, language) {
  const lines = results.filter(({ short }) => short).map(({ short, ours, theirs, ratio, unit }) => [short[language], quantity(theirs.median, unit), quantity(ours.median, unit), ratio.median.toFixed(2)]);
  return markdownOf([header, ...lines]);
}

/** A line a program that answers with an export, the app's own answer first; `exports.mjs` measures. */
export function exportsTable(programs) {
  const own = summary(programs.flatMap(({ ours }) => ours?.values ?? []));
  const isFirst = ({ format, precision }, i) => programs[i - 1]?.format !== format || programs[i - 1]?.precision !== precision;
  const formats = programs.filter(({ format }, i) => programs[i - 1]?.format !== format);
  const all = formats.reduce((sum, { written }) => sum + written, 0);
  const lines = programs.map((program, i) => {
    const { format, precision, language, how, written, failed, theirs, ratio } = program;
    const answer = failed ? [failed, ''] : theirs ? [spread(theirs, 's'), ratioText(ratio)] : ['', ''];
    return [`${format}, ${precision}`, [language, how].filter(Boolean).join(', '), ...answer, isFirst(program, i) ? quantity(written, 's') : ''];
  });
  return [['export', 'program', 'one picture', 'the app / it', 'written'], ['the app itself', '', spread(own, 's'), '', `all formats: ${quantity(all, 's')}`], ...lines];
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;

/** A line an export whose numbers are rounded, the app itself first, two columns a size; `rounding.mjs` measures. */
export function roundingTable(results, { header, app } = ROUNDING_WORDS) {
  const sizes = [...new Set(results.map(({ inputSize }) => inputSize))];
  const of = (size) => results.filter(({ inputSize }) => inputSize === size);
  const rows = of(sizes[0]).map(({ format, precision }) => [
    `${format}, ${precision}`,
    ...sizes.flatMap((size) => {
      const { exported, agreement } = of(size).find((one) => one.format === format && one.precision === precision);
      return [percent(exported), percent(agreement)];
    })
  ]);
  return [['', ...sizes.flatMap((size) => header(size, of(size)[0].scale))], [app, ...sizes.flatMap((size) => [percent(of(size)[0].app), ''])], ...rows];
}

const ROUNDING_WORDS = { header: (size, scale) => [`${size}x${size}, ${scale}: accuracy`, 'same answer'], app: 'the app' };
/** The same in Japanese. */
export const ROUNDING_WORDS_JA = { header: (size, scale) => [`${size}x${size}、${scale}：正解率`, '答えの一致'], app: 'アプリ' };

/** A page with other text between its markers. @throws when the markers are not there */
export function between(page, text, name = 'measured') {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [page.indexOf(open), page.indexOf(close)];
  if (from < 0 || to < from) throw new Error(`The page has no ${open} with ${close} after it.`);
  return `${page.slice(0, from + open.length)}\n${text}\n${page.slice(to)}`;
}
