/** Results as a table in the terminal, and as Markdown between the markers of a page. */
import { cpus, totalmem } from 'node:os';

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
const markdownOf = (header, lines) => [cells(header), cells(header.map(() => '---')), ...lines.map(cells)].join('\n');

/** The machine and the programs, in a sentence of either language. */
export const circumstances = {
  en: ({ processor, cores, memoryGiB }, { keras, tensorflow }) => `${cores} cores of ${processor}, ${memoryGiB} GiB of memory; Keras ${keras} on TensorFlow ${tensorflow}.`,
  ja: ({ processor, cores, memoryGiB }, { keras, tensorflow }) => `${processor} ${cores} コア、メモリ ${memoryGiB} GiB。Keras ${keras}、TensorFlow ${tensorflow}。`
};

/** All columns, for docs/performance.md. */
export function longMarkdown(results) {
  const [, ...lines] = tableOf(results);
  return markdownOf(['what', 'ours', 'theirs', 'ratio', 'bar', 'met'], lines.map(([name, ours, theirs, ratio, bar, met, what]) => [`\`${name}\`: ${what}`, ours, theirs, ratio, bar.replace('<=', '≤').replace('>=', '≥'), met]));
}

/** The main rows, for the README in its language. */
export function shortMarkdown(results, header, language) {
  const lines = results.filter(({ short }) => short).map(({ short, ours, theirs, ratio, unit }) => [short[language], quantity(theirs.median, unit), quantity(ours.median, unit), ratio.median.toFixed(2)]);
  return markdownOf(header, lines);
}

/** A page with other text between its markers. @throws when the markers are not there */
export function between(page, text, name = 'measured') {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [page.indexOf(open), page.indexOf(close)];
  if (from < 0 || to < from) throw new Error(`The page has no ${open} with ${close} after it.`);
  return `${page.slice(0, from + open.length)}\n${text}\n${page.slice(to)}`;
}
