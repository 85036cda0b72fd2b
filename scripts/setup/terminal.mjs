/** What setup says while it works: one line a step, progress that rewrites itself in a terminal and stays sparse in a log. */
const rewrites = process.stderr.isTTY === true;
let quiet = false;

/** Quiet: only what takes time or goes wrong is said. */
export function setQuiet(value) {
  quiet = value;
}

/** A remark; left out when quiet. */
export function remark(text) {
  if (!quiet) say(text);
}

/** Everything goes to stderr: stdout belongs to the command that was asked for (`--json`). */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/**
 * Progress of something slow.
 * @param {string} label what is being done
 * @returns {{at: (fraction: number, detail?: string) => void, done: (text?: string) => void}}
 */
export function progress(label) {
  const began = Date.now();
  let said = 0;
  let saidAt = began;
  const seconds = () => `${Math.round((Date.now() - began) / 1000)} s`;
  if (rewrites) process.stderr.write(`${label} ...`);
  else say(`${label} ...`);
  return {
    at(fraction, detail = '') {
      const percent = Math.min(100, Math.floor(fraction * 100));
      if (rewrites) {
        process.stderr.write(`\r\x1b[K${label} ${percent} % ${detail}`);
        return;
      }
      if (percent < said + 25 && Date.now() - saidAt < 15000) return;
      said = percent;
      saidAt = Date.now();
      say(`  ${percent} % ${detail}`);
    },
    done(text = 'done') {
      if (rewrites) process.stderr.write(`\r\x1b[K${label}: ${text} (${seconds()})\n`);
      else say(`  ${text} (${seconds()})`);
    }
  };
}

/** Something that a person can mend: said without a stack. */
export class SetupError extends Error {}

/** Prints a table with aligned columns to stdout. */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows) console.log(row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]))).join('  ').trimEnd());
}
