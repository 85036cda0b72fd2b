/** `learning-rate`: tries rates on one phase of a recipe and names one to take. */
import { openDataset } from '../../engine/data/open';
import { findLearningRate } from '../../engine/jobs/find-learning-rate';
import { bestDataAtHand } from '../best-data';
import { dataSource, recipeFor, weightsSource } from '../places';
import { type Invocation, UsageError } from '../usage';
import { asJson, type Console, type ExitCode, table } from './command';

/** Rows of the table; the JSON has all. */
const SHOWN = 12;

export async function learningRateCommand({ options }: Invocation<'learning-rate'>, { context, terminal, print }: Console): Promise<ExitCode> {
  const weights = weightsSource(options.weights);
  const { recipe } = recipeFor(options.recipe, weights);
  const names = recipe.phases.map(({ name }) => name);
  const phase = options.phase === undefined ? 0 : names.indexOf(options.phase);
  if (phase < 0) throw new UsageError(`The recipe has no phase "${options.phase}". Its phases are ${names.join(', ')}.`, { option: '--phase' });
  const dataset = await openDataset(options.data === undefined ? await bestDataAtHand() : dataSource(options.data), context);
  const range = await findLearningRate({ recipe, weights, dataset, phase }, context);
  terminal.clear();
  print(options.json ? asJson(range) : text(range));
  return 0;
}

function text({ points, suggestion }: Awaited<ReturnType<typeof findLearningRate>>): string {
  const every = Math.ceil(points.length / SHOWN);
  const rows = points.filter((_, i) => i % every === 0).map(({ learningRate, loss }) => [learningRate.toExponential(1), loss.toFixed(4)]);
  const said = suggestion === null ? 'No rate made the loss fall: the phase may have nothing to learn.' : `The loss falls most steeply at ${suggestion.toExponential(1)}.`;
  return `${table([['Learning rate', 'Loss'], ...rows])}\n\n${said}`;
}
