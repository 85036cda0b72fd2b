/** `export`: a trained model in another program's format, checked against the app. */
import * as v from 'valibot';
import { EXPORT_FORMATS, EXPORT_PRECISIONS, ExportFormatSchema, type Precision } from '../../contract';
import { openDataset } from '../../engine/data/open';
import { type Evaluator, testPart } from '../../engine/jobs/evaluate';
import { exportModel, picturesToCheck } from '../../engine/jobs/export';
import { runStory } from '../../engine/jobs/run-story';
import { testWithin } from '../../engine/jobs/test-within';
import { openModel } from '../open-model';
import { dataSource, pathHere } from '../places';
import { type Invocation, required, UsageError } from '../usage';
import { asJson, type Console, type ExitCode } from './command';

/** That testing for the model card may take: 10,000 pictures of 96 x 96, about. */
const TEST_SECONDS = 10;

export async function exportCommand({ options }: Invocation<'export'>, { context, terminal, print }: Console): Promise<ExitCode> {
  const modelDirectory = required('export', 'model', options.model);
  const directory = pathHere(required('export', 'out', options.out));
  const wanted = required('export', 'format', options.format);
  const format = v.safeParse(ExportFormatSchema, wanted);
  if (!format.success) throw new UsageError(`There is no export format "${wanted}". The formats are ${EXPORT_FORMATS.join(', ')}.`, { format: wanted });
  const precisions: readonly Precision[] = EXPORT_PRECISIONS[format.output];
  const precision = precisions.find((name) => name === (options.precision ?? precisions[0]));
  if (!precision) throw new UsageError(`There is no ${options.precision} for ${format.output}. There is ${precisions.join(', ')}.`, { format: wanted });
  const source = dataSource(options.data ?? 'sample');
  const model = await openModel(modelDirectory, terminal, options.scale);
  const dataset = await openDataset(source, context);
  const on = dataset.summary.testedOn === 'validation' ? 'all' : dataset.summary.testedOn;
  const chosen = { dataset, pictures: testPart(dataset), on } as const;
  const pictures = await picturesToCheck(model, dataset, chosen.pictures, context);
  const test = (evaluator: Evaluator) => testWithin(TEST_SECONDS, evaluator, chosen, context);
  const result = await exportModel({ model, format: format.output, precision, directory, pictures, story: runStory(pathHere(modelDirectory)), test }, context);
  terminal.clear();
  const { parity, files } = result;
  print(
    options.json
      ? asJson(result)
      : [
          `Written to ${result.directory}: ${files.map(({ name }) => name).join(', ')}.`,
          `Read back by ${parity.checkedBy ?? 'a reader of our own'} and run on ${parity.pictures} pictures: ${(100 * parity.agreement).toFixed(1)} % the same answer as the app, probabilities differ by at most ${parity.largestDifference.toExponential(1)}.`,
          ...(parity.accuracy ? [`Accuracy on them: ${(100 * parity.accuracy.exported).toFixed(1)} %, in the app ${(100 * parity.accuracy.app).toFixed(1)} %.`] : [])
        ].join('\n')
  );
  return 0;
}
