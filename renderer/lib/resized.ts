/** The same network at another input size: what it would be, before the engine has described it. */
import type { LayerInfo, NetworkInfo } from '../../electron/contract';

/** Side of a layer's map; null where its output has none. */
const sideOf = ({ outputShape }: LayerInfo): number | null => (outputShape.length === 3 ? (outputShape[0] ?? null) : null);

/** Maps follow the picture, halved (rounded up) where they are halved now; computing follows their areas, weights stay. */
export function resized(network: NetworkInfo, inputSize: number): NetworkInfo {
  if (inputSize === network.inputSize) return network;
  let now = network.inputSize;
  let then = inputSize;
  const blocks = network.blocks.map((block) => ({
    ...block,
    layers: block.layers.map((layer): LayerInfo => {
      const side = sideOf(layer);
      // Pooling's sums are over the last map.
      if (side === null) return layer.type === 'GlobalAveragePooling2D' ? { ...layer, multiplyAdds: layer.multiplyAdds * (then / now) ** 2 } : layer;
      if (side < now) {
        now = side;
        then = Math.ceil(then / 2);
      }
      // Keras pads a map before it is halved: by one row and column where its side is even, by two where it is odd.
      const next = layer.type === 'ZeroPadding2D' ? then + (then % 2 === 0 ? 1 : 2) : then;
      return { ...layer, outputShape: [next, next, ...layer.outputShape.slice(2)], multiplyAdds: layer.multiplyAdds * (next / side) ** 2 };
    })
  }));
  return { ...network, inputSize, blocks };
}
