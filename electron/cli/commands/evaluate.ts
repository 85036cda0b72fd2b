/** `evaluate`: a trained model on a data set's test part. */
import { openDataset } from '../../engine/data/open';
import { evaluateModel } from '../../engine/jobs/evaluate';
import { openModel } from '../open-model';
import { dataSource } from '../places';
import { testedOn } from '../terminal';
import { type Invocation, required } from '../usage';
import { asJson, type Console, type ExitCode } from './command';

export async function evaluateCommand({ options }: Invocation<'evaluate'>, { context, terminal, print }: Console): Promise<ExitCode> {
  const directory = required('evaluate', 'model', options.model);
  const source = dataSource(required('evaluate', 'data', options.data));
  const model = await openModel(directory);
  const dataset = await openDataset(source, context);
  const { count, loss, accuracy, testedOn: on } = await evaluateModel(model, dataset, context);
  terminal.clear();
  print(
    options.json
      ? asJson({ test_images: count, test_loss: loss, test_accuracy: accuracy, tested_on: on })
      : `Test accuracy: ${accuracy.toFixed(2)}\nLoss ${loss.toFixed(4)}, measured on ${testedOn(on, count)} of ${dataset.summary.name}.`
  );
  return 0;
}
