/** The formats the app writes, by the contract's names. */
import { EXPORT_FORMATS, EXPORT_PRECISIONS, type ExportFormat, type ExportSize } from '../../contract';
import type { TrainedModel } from '../model/model-folder';
import { coreml } from './coreml';
import { keras } from './keras';
import { kerasH5 } from './keras-h5';
import { onnx } from './onnx';
import type { Outlet } from './outlet';
import { projectBytes } from './projects';
import { savedmodel } from './savedmodel';
import { tfjs } from './tfjs';
import { tfjsGraph } from './tfjs-graph';
import { tflite } from './tflite';

export const OUTLETS: Readonly<Record<ExportFormat, Outlet>> = { keras, keras_h5: kerasH5, savedmodel, tfjs, tfjs_graph: tfjsGraph, onnx, tflite, coreml };

/** Of what lies beside every export, about: labels, README, model card. */
const BESIDE_BYTES = 5e3;

/** What each export of a model would take on disk, with the programs around it. */
export const exportSizes = (model: TrainedModel): ExportSize[] =>
  EXPORT_FORMATS.flatMap((format) =>
    EXPORT_PRECISIONS[format].map((precision) => {
      const bytes = OUTLETS[format].estimate({ model, precision });
      return { format, precision, bytes: bytes + projectBytes(format, bytes) + BESIDE_BYTES };
    })
  );
