/** `train`: a recipe on a data set, to a saved model. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { type DataSource, DataSourceSchema, type Progress, type Recipe } from '../../contract';
import { openDataset } from '../../engine/data/open';
import { type RunOutcome, train } from '../../engine/jobs/train';
import { bestDataAtHand } from '../best-data';
import { dataSource, pathHere, recipeFor, runDirectory, weightsSource } from '../places';
import { testedOn } from '../terminal';
import { type Invocation, UsageError } from '../usage';
import { asJson, type Console, type ExitCode } from './command';

export async function trainCommand({ options }: Invocation<'train'>, { context, terminal, print }: Console): Promise<ExitCode> {
  if (options.resume) checkResume(options);
  const weights = weightsSource(options.weights);
  const { recipe, note } = recipeFor(options.recipe, weights);
  const directory = options.out === undefined ? runDirectory(new Date()) : pathHere(options.out);
  const source = options.data !== undefined ? dataSource(options.data) : ((options.resume && rememberedData(directory)) || (await bestDataAtHand()));
  const dataset = await openDataset(source, context);
  const { name, classNames, trainCount, testCount, skipped } = dataset.summary;
  terminal.line(`${name}: ${trainCount} pictures to train on, ${testCount} to test on, ${classNames.length} classes.`);
  for (const { file, reason } of skipped.slice(0, 5)) terminal.line(`Left out ${file}: ${reason.message}`);
  if (skipped.length > 5) terminal.line(`Left out ${skipped.length - 5} more.`);
  if (note) terminal.line(note);

  const runId = `cli-${Date.now().toString(36)}`;
  const report = (progress: Progress) => {
    // Only now: what is refused before leaves no folder behind.
    if (progress.kind === 'training_started') rememberData(directory, source);
    context.report(progress);
  };
  const outcome = await train({ recipe, weights, dataset, directory, runId, resume: options.resume ?? false, recordSteps: options.steps ?? false }, { ...context, report });
  terminal.clear();
  print(options.json ? asJson(resultObject(recipe, outcome)) : resultText(outcome, directory));
  return outcome.stopped ? 130 : 0;
}

function checkResume(options: Invocation<'train'>['options']): void {
  if (options.out === undefined) throw new UsageError('train --resume needs --out: the folder of the run to go on with.', { option: '--out' });
  for (const name of ['recipe', 'weights'] as const) {
    if (options[name] !== undefined) throw new UsageError(`train --resume goes on by the recipe and from the weights of its run. Leave out --${name}, or start a new run.`, { option: `--${name}` });
  }
}

/** A run that goes on needs the pictures it began with. */
const dataNote = (directory: string): string => join(directory, 'data.json');

function rememberData(directory: string, source: DataSource): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(dataNote(directory), JSON.stringify(source));
}

function rememberedData(directory: string): DataSource | null {
  if (!existsSync(dataNote(directory))) return null;
  const parsed = v.safeParse(DataSourceSchema, JSON.parse(readFileSync(dataNote(directory), 'utf8')));
  return parsed.success ? parsed.output : null;
}

/** Of the same shape as the Keras reference prints, so that both can be laid side by side. */
function resultObject(recipe: Recipe, outcome: RunOutcome): Record<string, unknown> {
  return {
    images: outcome.images,
    test_images: outcome.testImages,
    // A resumed run has its own recipe.
    size: (outcome.model?.meta ?? recipe).inputSize,
    scale: (outcome.model?.meta ?? recipe).scale,
    tested_on: outcome.testedOn,
    ...Object.fromEntries(outcome.results.map(({ name, result }) => [name, result])),
    model: outcome.modelDirectory,
    stopped: outcome.stopped,
    // Node tells kilobytes on every system.
    peak_rss_mib: Math.round(process.resourceUsage().maxRSS / 1024)
  };
}

function resultText({ results, modelDirectory, stopped, testedOn: on, testImages }: RunOutcome, directory: string): string {
  const last = results[results.length - 1];
  return [
    ...(stopped ? [modelDirectory ? `Stopped; the model is that of the last whole epoch. To go on where it stopped: train --resume --out ${directory}` : 'Stopped before the first epoch ended; there is no model yet.'] : []),
    // A run that is stopped has been tested at the end of an earlier phase only.
    ...(last && stopped ? [`After the phase ${last.name}:`] : []),
    ...(last ? [testText(last.result.test_accuracy, on, testImages)] : []),
    ...(modelDirectory ? [`Model saved in ${modelDirectory}`] : [])
  ].join('\n');
}

const testText = (accuracy: number | null, on: RunOutcome['testedOn'], count: number): string =>
  accuracy === null
    ? 'Not tested: the data has no test pictures and validationSplit is 0. Set validationSplit to 0.2 or add a test folder.'
    : `Test accuracy: ${accuracy.toFixed(2)}\nMeasured on ${testedOn(on, count)}.`;
