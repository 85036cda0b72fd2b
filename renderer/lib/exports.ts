/** Exports in words. */
import type { ExportFormat, Parity, Precision } from '../../electron/contract';
import { m } from '../m';
import { count, percent } from './format';

export const FORMAT_WORDS: Record<ExportFormat, { name: () => string; text: () => string }> = {
  keras: { name: m.export_keras, text: m.export_keras_text },
  keras_h5: { name: m.export_keras_h5, text: m.export_keras_h5_text },
  savedmodel: { name: m.export_savedmodel, text: m.export_savedmodel_text },
  tfjs: { name: m.export_tfjs, text: m.export_tfjs_text },
  tfjs_graph: { name: m.export_tfjs_graph, text: m.export_tfjs_graph_text },
  onnx: { name: m.export_onnx, text: m.export_onnx_text },
  tflite: { name: m.export_tflite, text: m.export_tflite_text },
  coreml: { name: m.export_coreml, text: m.export_coreml_text }
};

export const PRECISION_WORDS: Record<Precision, () => string> = {
  float32: m.export_float32,
  float16: m.export_float16,
  uint8: m.export_uint8,
  dynamic: m.export_dynamic,
  int8: m.export_int8
};

/** What rounding may cost before it is a warning: a point of accuracy, and what subtracting shares leaves over. */
const POINT = 0.01 + 1e-9;

export const losesMuch = ({ accuracy }: Pick<Parity, 'accuracy'>): boolean => accuracy !== null && accuracy.app - accuracy.exported > POINT;

/** How the export was checked and what came out, one sentence each. */
export function parityWords(parity: Parity): string[] {
  const { pictures, agreement, largestDifference, accuracy, checkedBy } = parity;
  const figures = { pictures: count(pictures), agreement: percent(agreement, 1), difference: largestDifference.toExponential(1) };
  const words = [checkedBy === null ? m.export_parity_own(figures) : m.export_parity({ ...figures, checker: checkedBy })];
  if (accuracy) words.push(m.export_accuracy({ exported: percent(accuracy.exported, 1), app: percent(accuracy.app, 1) }));
  if (losesMuch(parity)) words.push(m.export_loses());
  return words;
}
