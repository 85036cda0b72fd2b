/** A network as the window draws it. Names, types and shapes are Keras' own. */
import * as v from 'valibot';

export const LayerInfoSchema = v.object({
  name: v.string(),
  /** Keras class name: Conv2D, DepthwiseConv2D, BatchNormalization, ReLU, Add, ZeroPadding2D, GlobalAveragePooling2D, Dense, ... */
  type: v.string(),
  /** Names of the layers it takes its input from. */
  inputs: v.array(v.string()),
  /** [height, width, channels] or [units]; without the batch dimension. */
  outputShape: v.array(v.number()),
  /** All weights of the layer, moving statistics included. */
  parameters: v.number(),
  /** Weights that train when the layer is trainable (Keras: moving statistics never do). */
  trainableParameters: v.number(),
  /** Multiply-adds for one picture. */
  multiplyAdds: v.number()
});
export type LayerInfo = v.InferOutput<typeof LayerInfoSchema>;

export const BlockInfoSchema = v.object({
  /** "stem", "expanded_conv", "block_1" ... "block_16", "top", "head". */
  name: v.string(),
  part: v.picklist(['base', 'head']),
  layers: v.array(LayerInfoSchema)
});
export type BlockInfo = v.InferOutput<typeof BlockInfoSchema>;

export const NetworkInfoSchema = v.object({
  backbone: v.string(),
  alpha: v.number(),
  inputSize: v.number(),
  classes: v.number(),
  blocks: v.array(BlockInfoSchema),
  /** Which weights the base starts from: "embedded", "imagenet", "random", or a file's name. */
  weights: v.string(),
  /** Bytes of features that can be kept on this machine: a phase that would need more computes them in every step. */
  capacity: v.number()
});
export type NetworkInfo = v.InferOutput<typeof NetworkInfoSchema>;
