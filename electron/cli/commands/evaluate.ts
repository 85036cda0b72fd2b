/** `evaluate`: a trained model on a data set's test part, as a whole, class by class and picture by picture. */
import { csvNumber, csvOf, NONE_OF_THESE } from '../../contract';
import { openDataset } from '../../engine/data/open';
import type { ProjectDataset } from '../../engine/data/project-dataset';
import { type Evaluation, evaluateModel } from '../../engine/jobs/evaluate';
import { openModel } from '../open-model';
import { dataSource, pathHere } from '../places';
import { writeTable } from '../table-file';
import { testedOn } from '../terminal';
import { type Invocation, required } from '../usage';
import { asJson, type Console, type ExitCode, table } from './command';

/** With more classes the matrix is wider than a terminal. */
const MOST_COLUMNS = 12;

export async function evaluateCommand({ options }: Invocation<'evaluate'>, { context, terminal, print }: Console): Promise<ExitCode> {
  const directory = required('evaluate', 'model', options.model);
  const source = dataSource(required('evaluate', 'data', options.data));
  const model = await openModel(directory, terminal, options.scale);
  const dataset = await openDataset(source, context);
  const evaluation = await evaluateModel(model, dataset, context);
  terminal.clear();
  const { classNames } = model.meta;
  const rows = picturesOf(evaluation, dataset, classNames);
  if (options.csv !== undefined) {
    const lines = rows.map((row) => [row.file, row.class, row.none_of_these ? NONE_OF_THESE : row.predicted, csvNumber(row.probability), csvNumber(row.class_probability)]);
    await writeTable(pathHere(options.csv), csvOf([['file', 'class', 'answer', 'probability', 'probability_of_class'], ...lines]));
  }
  print(options.json ? asJson({ ...figures(evaluation, classNames), pictures: rows }) : text(evaluation, dataset.project.state.header.name, classNames));
  return 0;
}

function picturesOf({ pictures: { id, label, predicted, probability, labelProbability }, settings: { threshold } }: Evaluation, dataset: ProjectDataset, classNames: readonly string[]) {
  return Array.from(id, (own, i) => {
    const { file, row } = dataset.picture(own);
    const sure = probability[i] as number;
    return {
      file: row === null ? file : `${file} ${row + 1}`, class: classNames[label[i] as number] as string, predicted: classNames[predicted[i] as number] as string,
      probability: sure, class_probability: labelProbability[i] as number, none_of_these: threshold !== null && sure < threshold
    };
  });
}

/** [classes, classes] as rows. */
const rowsOf = (confusion: Int32Array, classes: number): number[][] => Array.from({ length: classes }, (_, k) => [...confusion.subarray(k * classes, (k + 1) * classes)]);

/** With `train`'s names for what both tell. */
const figures = ({ count, loss, accuracy, testedOn: on, unknown, topK, confusion, classes, macro, calibration, scaled, thresholds, settings }: Evaluation, classNames: readonly string[]) => ({
  test_images: count, test_loss: loss, test_accuracy: accuracy, tested_on: on, unknown_classes: unknown,
  top_k: topK, class_names: classNames, confusion: rowsOf(confusion, classNames.length),
  classes: classes.map(({ rocAuc: roc_auc, averagePrecision: average_precision, ...scores }, k) => ({ class: classNames[k], ...scores, roc_auc, average_precision })),
  macro, ...settings, ...calibrated(calibration),
  scaled: { temperature: scaled.temperature, ...calibrated(scaled.calibration) },
  thresholds: thresholds.map(({ wrongHeldBack: wrong_held_back, ...point }) => ({ ...point, wrong_held_back }))
});

const calibrated = ({ bins, expectedCalibrationError }: Evaluation['calibration']) => ({ expected_calibration_error: expectedCalibrationError, reliability: bins });

function text(evaluation: Evaluation, name: string, classNames: readonly string[]): string {
  const { accuracy, loss, testedOn: on, count, unknown, confusion, classes, macro, calibration, scaled } = evaluation;
  const share = (value: number | null): string => value?.toFixed(3) ?? '-';
  const scores = classes.map(({ precision, recall, f1, support, rocAuc, averagePrecision }, k) => [classNames[k] as string, ...[precision, recall, f1, rocAuc, averagePrecision].map(share), support]);
  return [
    `Test accuracy: ${accuracy.toFixed(2)}`,
    `Loss ${loss.toFixed(4)}, measured on ${testedOn(on, count)} of ${name}.`,
    ...(unknown > 0 ? [`${unknown} ${unknown === 1 ? 'picture' : 'pictures'} of classes that the model does not know ${unknown === 1 ? 'is' : 'are'} left out.`] : []),
    '',
    table([['class', 'precision', 'recall', 'F1', 'ROC AUC', 'AP', 'pictures'], ...scores, ['mean', share(macro.precision), share(macro.recall), share(macro.f1), '', '', count]]),
    '',
    ...(classNames.length > MOST_COLUMNS
      ? [`The confusion matrix has ${classNames.length} columns: --json prints it.`]
      : ['Rows are the pictures\' classes, columns what the model says.', table([['', ...classNames], ...rowsOf(confusion, classNames.length).map((row, k) => [classNames[k] as string, ...row])])]),
    '',
    `Expected calibration error ${calibration.expectedCalibrationError.toFixed(3)}; at temperature ${scaled.temperature.toFixed(2)} it would be ${scaled.calibration.expectedCalibrationError.toFixed(3)}.`,
    ...noneOfThese(evaluation)
  ].join('\n');
}

function noneOfThese({ settings: { threshold }, pictures: { probability, label, predicted }, count }: Evaluation): string[] {
  if (threshold === null) return [];
  const answered = [...label.keys()].filter((i) => (probability[i] as number) >= threshold);
  const right = answered.filter((i) => label[i] === predicted[i]).length;
  return [`Surer than the threshold of ${(100 * threshold).toFixed(0)} %: ${answered.length} of ${count}, ${right} of them rightly; the others are "none of these".`];
}
