// Your model in Node: names what is in pictures, and in folders of them.
// node classify.mjs picture.jpg photos --csv answers.csv
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { load } from './model.mjs';
import { ENDINGS, pixelsOf } from './pictures.mjs';

const FOLDER = join(import.meta.dirname, '..');
const { classNames, imageSize, threshold } = JSON.parse(readFileSync(join(FOLDER, 'tsugiki.json'), 'utf8'));
const BEST = Math.min(5, classNames.length);

const { values: options, positionals: paths } = parseArgs({ allowPositionals: true, options: { csv: { type: 'string' } } });
if (paths.length === 0) {
  console.log('node classify.mjs picture.jpg photos --csv answers.csv');
  process.exit(2);
}

// Three steps: load the model, make pixels of a picture as it learned them, ask it.
const ask = await load(FOLDER, imageSize);

async function classify(path) {
  const probabilities = await ask(await pixelsOf(readFileSync(path), imageSize));
  return Array.from(probabilities, (probability, i) => ({ label: classNames[i], probability })).sort((a, b) => b.probability - a.probability);
}

/** Pictures at a path, those of a folder named from there. */
function picturesAt(path) {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [{ name: basename(path), path }];
  const names = readdirSync(path, { recursive: true }).filter((name) => ENDINGS.includes(extname(name).toLowerCase()));
  return names.sort().map((name) => ({ name: name.replaceAll('\\', '/'), path: join(path, name) }));
}

const rows = [['file', 'answer', ...Array.from({ length: BEST }, (_, i) => [`class_${i + 1}`, `probability_${i + 1}`]).flat(), 'problem']];
for (const { name, path } of paths.flatMap(picturesAt)) {
  try {
    const best = (await classify(path)).slice(0, BEST);
    const answer = threshold !== null && best[0].probability < threshold ? 'none-of-these' : best[0].label;
    console.log(`${(100 * best[0].probability).toFixed(1).padStart(5)} %  ${answer}  ${name}`);
    rows.push([name, answer, ...best.flatMap(({ label, probability }) => [label, probability]), '']);
  } catch (error) {
    console.log(`      ?  ${name}: ${error.message}`);
    rows.push([name, '', ...Array(2 * BEST).fill(''), error.message]);
  }
}
if (options.csv) {
  const quoted = (cell) => `"${String(cell).replaceAll('"', '""')}"`;
  // The mark at the start is how Excel knows other letters than English ones.
  writeFileSync(options.csv, `\ufeff${rows.map((cells) => `${cells.map(quoted).join(',')}\r\n`).join('')}`);
}
