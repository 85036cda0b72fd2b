/** A network as the window draws it. */
import type { BlockInfo, LayerInfo, NetworkInfo } from '../../contract';
import { type Layer, type Network, sizeOf } from './layers';

/**
 * @param network a MobileNetV2, with or without a head
 * @param weightsLabel "embedded", "imagenet", "random", or a file's name
 * @param capacity bytes of features that can be kept
 */
export function describeNetwork(network: Network, weightsLabel: string, capacity = Infinity): NetworkInfo {
  const shapes = new Map(network.layers.map((layer) => [layer.name, layer.outputShape]));
  const blocks: { name: string; part: Layer['part']; layers: LayerInfo[] }[] = [];
  for (const layer of network.layers) {
    const name = blockOf(layer);
    const last = blocks[blocks.length - 1];
    const block = last?.name === name ? last : { name, part: layer.part, layers: [] };
    if (block !== last) blocks.push(block);
    block.layers.push(describeLayer(layer, shapes.get(layer.inputs[0] ?? '') ?? []));
  }
  const output = network.layers[network.layers.length - 1];
  return {
    backbone: 'MobileNetV2',
    alpha: Number(network.name.split('_')[1]),
    inputSize: network.layers[0]?.outputShape[0] ?? 0,
    classes: output?.part === 'head' ? (output.outputShape[0] ?? 0) : 0,
    blocks: blocks satisfies BlockInfo[],
    weights: weightsLabel,
    capacity
  };
}

/** "stem", "expanded_conv", "block_1" … "block_16", "top" or "head". */
export function blockOf(layer: Layer): string {
  if (layer.part === 'head') return 'head';
  const [inverted] = /^(expanded_conv|block_\d+)(?=_)/.exec(layer.name) ?? [];
  if (inverted) return inverted;
  return /^(Conv_1|out_relu)/.test(layer.name) ? 'top' : 'stem';
}

function describeLayer(layer: Layer, inputShape: readonly number[]): LayerInfo {
  const count = (weights: Layer['weights']) => weights.reduce((sum, weight) => sum + sizeOf(weight.shape), 0);
  return {
    name: layer.name,
    type: layer.type,
    inputs: [...layer.inputs],
    outputShape: [...layer.outputShape],
    parameters: count(layer.weights),
    trainableParameters: count(layer.weights.filter((weight) => weight.trainable)),
    multiplyAdds: multiplyAdds(layer, inputShape)
  };
}

/** For one picture. Batch norm counts one an element (folded it costs nothing), as do pooling's and Add's sums. */
function multiplyAdds(layer: Layer, inputShape: readonly number[]): number {
  switch (layer.type) {
    case 'Conv2D':
      return sizeOf(layer.outputShape) * layer.kernelSize ** 2 * (inputShape[2] ?? 0);
    case 'DepthwiseConv2D':
      return sizeOf(layer.outputShape) * layer.kernelSize ** 2;
    case 'Dense':
      return (inputShape[0] ?? 0) * layer.units;
    case 'BatchNormalization':
    case 'Add':
      return sizeOf(layer.outputShape);
    case 'GlobalAveragePooling2D':
      return sizeOf(inputShape);
    case 'InputLayer':
    case 'ZeroPadding2D':
    case 'ReLU':
    case 'Dropout':
      return 0;
  }
}
