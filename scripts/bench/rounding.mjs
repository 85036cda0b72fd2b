/** What it costs to write a model's numbers rounded: accuracy and agreement of every such export on test pictures that it has never seen. */
import { say } from '../setup/terminal.mjs';
import { needData } from './kit.mjs';
import { AT_96, frozen } from './rows.mjs';

/**
 * The lesson's frozen phase, at 96x96 and as the lesson has it.
 * @param {import('./kit.mjs').Kit} kit
 */
export async function rounding(kit) {
  needData();
  const limit = kit.amount(50000, 2000);
  const recipes = [AT_96, { inputSize: 32, scale: '0..1' }].map((size) => ({ ...size, limit, phases: [frozen(kit.amount(10, 2))] }));
  say('Training the lesson\'s frozen phase at two sizes, and writing what is rounded');
  const { results } = await kit.engineRun({ recipes, most: kit.amount(1000, 100) }, 'rounding');
  return results;
}
