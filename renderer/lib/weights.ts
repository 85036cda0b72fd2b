/** Weight files by their names. */

/** What Keras calls MobileNetV2's ImageNet weights without top. */
export const kerasWeightsName = (alpha: number): string => `mobilenet_v2_weights_tf_dim_ordering_tf_kernels_${alpha === 1 ? '1.0' : String(alpha)}_224_no_top.h5`;
