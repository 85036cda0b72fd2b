/** All that is said of a model from its answers: one figure after the other, each from a file of its own. */
import type { ModelSettings, Understanding } from '../../contract';
import { indexOfLargest } from '../model/index-of-largest';
import { type Answers, crossEntropy, probabilitiesAt, rowOf } from './answers';
import { calibrationOf } from './calibration';
import { confusionMatrix, meanOf, scoresOf } from './confusion';
import { averagePrecision, type Passed, passedByThreshold, rocAuc } from './ranking';
import { fitTemperature } from './temperature';
import { thresholdPoints } from './thresholds';
import { topKAccuracy } from './top-k';

/** What does not depend on where the pictures came from. */
export type Judgement = Omit<Understanding, 'set' | 'name' | 'revision' | 'classNames' | 'unknown'>;

const MOST_K = 5;

/** @param answers of at least one picture */
export function judge(answers: Answers, { temperature, threshold }: ModelSettings): Judgement {
  const { count, classes, ids, labels, logits } = answers;
  const probabilities = probabilitiesAt(answers, temperature);
  const predicted = Int32Array.from({ length: count }, (_, i) => indexOfLargest(rowOf(logits, i, classes)));
  const right = (i: number): boolean => predicted[i] === labels[i];
  const ofNamed = (values: Float32Array) => Float32Array.from(predicted, (k, i) => values[i * classes + k] as number);
  const confidence = ofNamed(probabilities);

  const confusion = confusionMatrix(labels, predicted, classes);
  const scores = Array.from({ length: classes }, (_, k) => {
    const steps = passedOf(answers, probabilities, k);
    return { ...scoresOf(confusion, k, classes), rocAuc: rocAuc(steps), averagePrecision: averagePrecision(steps) };
  });
  const topK = topKAccuracy(answers, MOST_K);
  const best = fitTemperature(answers);
  return {
    count,
    accuracy: topK[0] ?? 0,
    loss: crossEntropy(answers, temperature),
    topK,
    confusion,
    classes: scores,
    macro: { precision: meanOf(scores.map(({ precision }) => precision)), recall: meanOf(scores.map(({ recall }) => recall)), f1: meanOf(scores.map(({ f1 }) => f1)) },
    pictures: { id: ids, label: labels, predicted, probability: confidence, labelProbability: Float32Array.from(labels, (k, i) => probabilities[i * classes + k] as number) },
    calibration: calibrationOf(confidence, right),
    scaled: { temperature: best, calibration: calibrationOf(ofNamed(probabilitiesAt(answers, best)), right) },
    thresholds: thresholdPoints(confidence, right),
    settings: { temperature, threshold }
  };
}

/** What each threshold on the probability of class `index` lets through. @param probabilities [count, classes] */
export function passedOf({ classes, count, labels }: Answers, probabilities: Float32Array, index: number): Passed[] {
  const scores = Float32Array.from({ length: count }, (_, i) => probabilities[i * classes + index] as number);
  return passedByThreshold(scores, (i) => labels[i] === index);
}
