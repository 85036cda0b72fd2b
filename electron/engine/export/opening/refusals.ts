/** Why a file does not open, each as a sentence that says what to do. */
import { ALPHAS, type ErrorShape, TsugikiError } from '../../../contract';

export const notFound = (path: string): TsugikiError => new TsugikiError('model_not_found', `There is no model at ${path}. Check the path, or choose the file again.`, { path });

export const notAModel = (path: string): TsugikiError =>
  new TsugikiError('not_a_model_file', `${path} is no model that opens here. Tsugiki opens its own models and exports, and MobileNetV2 classifiers of Keras (.keras, .h5), TensorFlow.js (model.json) and Teachable Machine.`, { path });

/** An .h5 that `save_weights` wrote. */
export const weightsOnly = (path: string): TsugikiError =>
  new TsugikiError('model_weights_only', `${path} holds weights without a network. Save the whole model (in Keras model.save("model.keras")); weights of a base alone go into the Network page.`, { path });

/** @param reason what the reader stumbled over */
export const unreadable = (path: string, reason: ErrorShape): TsugikiError =>
  new TsugikiError('model_unreadable', `${path} cannot be read: it is damaged or not whole (${reason.message}). Copy or download it again.`, { path, reason });

export const tooLarge = (path: string, megabytes: number): TsugikiError =>
  new TsugikiError('model_too_large', `${path} is not opened: a model of this kind takes less than ${megabytes} MB. Choose the model's own file.`, { path, megabytes });

/** @param expected the layer of MobileNetV2 that would have its place; null behind the base */
export const foreignLayer = (path: string, { layer, type }: { layer: string; type: string }, expected: string | null): TsugikiError =>
  expected === null
    ? new TsugikiError('model_foreign_head', `${path} does not open: behind the MobileNetV2 comes ${layer} (${type}), and Tsugiki's heads have average pooling, Dense, ReLU, batch norm, dropout and softmax only. Save it with such a head, or train one in Tsugiki.`, { path, layer, type })
    : new TsugikiError('model_foreign_layer', `${path} does not open: it has ${layer} (${type}) where a MobileNetV2 has ${expected}. Choose a MobileNetV2 classifier.`, { path, layer, type, expected });

/** @param expected the layer of MobileNetV2 that is due there */
export const endsEarly = (path: string, expected: string): TsugikiError =>
  new TsugikiError('model_ends_early', `${path} does not open: it ends where a MobileNetV2 has ${expected}. Choose a MobileNetV2 classifier.`, { path, expected });

export const foreignNetwork = (path: string): TsugikiError =>
  new TsugikiError('model_foreign_network', `${path} does not open: its convolutions are not those of a MobileNetV2 of a width that Keras has (alpha ${ALPHAS.join(', ')}). Choose a MobileNetV2 classifier.`, { path });

export const foreignInput = (path: string, shape: string): TsugikiError =>
  new TsugikiError('model_foreign_input', `${path} does not open: it takes ${shape}, and Tsugiki gives square colour pictures of at least 32 x 32. Save it with such an input.`, { path, shape });

export const foreignScale = (path: string, scale: number, offset: number): TsugikiError =>
  new TsugikiError('model_foreign_scale', `${path} does not open: it scales pixels by ${scale} and adds ${offset}, which is neither 0..1 nor -1..1. Save it with a Rescaling to one of these, or without any.`, { path, scale, offset });

export const noClasses = (path: string): TsugikiError =>
  new TsugikiError('model_no_classes', `${path} does not open: no Dense layer names classes at its end. Choose a classifier; weights of a base go into the Network page.`, { path });

/** Formats that keep no layers open through the description beside them. */
export const undescribed = (path: string): TsugikiError =>
  new TsugikiError('model_undescribed', `${path} opens only with the tsugiki.json that Tsugiki wrote beside it. Choose the whole folder of the export; a model made elsewhere opens as Keras saves it (model.save("model.keras"), or .h5), or as a TensorFlow.js layers model (model.json).`, { path });
