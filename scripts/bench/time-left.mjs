/** How right the time left is that a run tells, at four points of some recipes. */
import { readFileSync } from 'node:fs';
import { inRoot } from '../setup/places.mjs';
import { say, table } from '../setup/terminal.mjs';
import { needData } from './kit.mjs';

const lesson = (limit, more) => ({
  limit,
  phases: [{ name: 'frozen', epochs: 10, optimizer: { name: 'adam', learningRate: 1e-3 } }, { name: 'fine_tune', trainableFrom: 'all', epochs: 5, optimizer: { name: 'adam', learningRate: 1e-5 }, ...more }]
});
const recommended = JSON.parse(readFileSync(inRoot('resources/recipes/recommended.json'), 'utf8'));

/** @param {import('./kit.mjs').Kit} kit */
export async function timeLeft(kit) {
  needData();
  const recipes = [
    { name: 'lesson, 32x32', recipe: lesson(kit.amount(10000, 3000)) },
    { name: 'lesson from block 13, 32x32', recipe: lesson(kit.amount(10000, 3000), { trainableFrom: 'block_13_expand', epochs: kit.amount(20, 10) }) },
    { name: 'recommended, 96x96', recipe: { ...recommended, limit: kit.amount(5000, 1500) } }
  ];
  const { results } = await kit.engineRun({ recipes }, 'time-left');
  const percent = ({ said, came }) => `${said.toFixed(1)} s, came ${came.toFixed(1)} s (${said >= came ? '+' : ''}${((said / came - 1) * 100).toFixed(0)} %)`;
  say('Time left as it was told, and as it came, after so much of the run:');
  table([['', ...results[0].marks.map(({ share }) => `${share * 100} %`)], ...results.map(({ name, total, marks }) => [`${name}: ${total.toFixed(0)} s`, ...marks.map(percent)])]);
}
