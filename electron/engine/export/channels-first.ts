/** Kernels in Keras' order and in that of formats whose channels come first. A depthwise kernel is one of depth 1. */

/** [places, depth, filters] -> [filters, depth, places] */
export function filtersFirst(values: Float32Array, places: number, depth: number, filters: number): Float32Array {
  const turned = new Float32Array(values.length);
  for (let place = 0; place < places; place++) {
    for (let channel = 0; channel < depth; channel++) {
      for (let filter = 0; filter < filters; filter++) turned[(filter * depth + channel) * places + place] = values[(place * depth + channel) * filters + filter] as number;
    }
  }
  return turned;
}

/** [filters, depth, places] -> [places, depth, filters] */
export function filtersLast(values: ArrayLike<number>, filters: number, depth: number, places: number): Float32Array {
  const turned = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const [filter, channel, place] = [Math.floor(i / (depth * places)), Math.floor(i / places) % depth, i % places];
    turned[(place * depth + channel) * filters + filter] = values[i] as number;
  }
  return turned;
}
