/**
 * MobileNetV2 without its top, layer for layer as `keras.applications.MobileNetV2(include_top=False, alpha=…, input_shape=(n, n, 3))`
 * builds it (Sandler et al. 2018; keras/src/applications/mobilenet_v2.py).
 */
import { NetworkBuilder } from './network-builder';
import type { Network } from './layers';

export interface MobileNetV2Options {
  /** Width multiplier. */
  readonly alpha: number;
  /** Height and width of the input in pixels, at least 32. */
  readonly inputSize: number;
}

/** Filters, stride and expansion of the inverted residual blocks 0 to 16. */
const BLOCKS: readonly (readonly [filters: number, stride: 1 | 2, expansion: number])[] = [
  [16, 1, 1],
  [24, 2, 6],
  [24, 1, 6],
  [32, 2, 6],
  [32, 1, 6],
  [32, 1, 6],
  [64, 2, 6],
  [64, 1, 6],
  [64, 1, 6],
  [64, 1, 6],
  [96, 1, 6],
  [96, 1, 6],
  [96, 1, 6],
  [160, 2, 6],
  [160, 1, 6],
  [160, 1, 6],
  [320, 1, 6]
];

/** The layer graph, all layers of part "base". */
export function mobileNetV2({ alpha, inputSize }: MobileNetV2Options): Network {
  const net = new NetworkBuilder('base');
  let x = net.input('input_layer', [inputSize, inputSize, 3]);
  x = net.conv2D('Conv1', x, { filters: makeDivisible(32 * alpha), kernelSize: 3, strides: 2 });
  x = net.batchNorm('bn_Conv1', x);
  x = net.relu6('Conv1_relu', x);
  BLOCKS.forEach(([filters, stride, expansion], id) => {
    x = invertedResidual(net, x, id, makeDivisible(Math.trunc(filters * alpha)), stride, expansion);
  });
  // The paper applies no alpha to the last convolution; Keras does where it widens the network.
  x = net.conv2D('Conv_1', x, { filters: alpha > 1 ? makeDivisible(1280 * alpha) : 1280, kernelSize: 1, strides: 1, padding: 'valid' });
  x = net.batchNorm('Conv_1_bn', x);
  net.relu6('out_relu', x);
  return net.build(`mobilenetv2_${alpha.toFixed(2)}_${inputSize}`);
}

/** Expand (1x1), filter (3x3 depthwise), project (1x1, linear); the input is added where shapes allow. Block 0 does not expand. */
function invertedResidual(net: NetworkBuilder, input: string, id: number, filters: number, stride: 1 | 2, expansion: number): string {
  const [height = 0, , channels = 0] = net.shapeOf(input);
  const prefix = id === 0 ? 'expanded_conv_' : `block_${id}_`;
  let x = input;
  if (id > 0) {
    x = net.conv2D(`${prefix}expand`, x, { filters: expansion * channels, kernelSize: 1, strides: 1 });
    x = net.batchNorm(`${prefix}expand_BN`, x);
    x = net.relu6(`${prefix}expand_relu`, x);
  }
  if (stride === 2) {
    // Keras' correct_pad for a 3x3 kernel: one row less at the top when the size is even.
    const before = height % 2 === 0 ? 0 : 1;
    x = net.zeroPadding(`${prefix}pad`, x, [[before, 1], [before, 1]]);
  }
  x = net.depthwiseConv2D(`${prefix}depthwise`, x, { kernelSize: 3, strides: stride, padding: stride === 2 ? 'valid' : 'same' });
  x = net.batchNorm(`${prefix}depthwise_BN`, x);
  x = net.relu6(`${prefix}depthwise_relu`, x);
  x = net.conv2D(`${prefix}project`, x, { filters, kernelSize: 1, strides: 1 });
  x = net.batchNorm(`${prefix}project_BN`, x);
  return channels === filters && stride === 1 ? net.add(`${prefix}add`, input, x) : x;
}

/** The nearest multiple of 8, at least 8 and never more than 10 % below `value`. */
function makeDivisible(value: number, divisor = 8): number {
  const rounded = Math.max(divisor, Math.floor(Math.trunc(value + divisor / 2) / divisor) * divisor);
  return rounded < 0.9 * value ? rounded + divisor : rounded;
}
