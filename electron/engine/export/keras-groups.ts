/** Where Keras 3 keeps a layer's weights: not by its name but by its class, and its number among those of that class. */

/** Of layers that lie in one model, by their classes: conv2d, batch_normalization, conv2d_1 ... */
export function kerasGroups(types: readonly string[]): string[] {
  const counts = new Map<string, number>();
  return types.map((type) => {
    const kind = snakeCase(type);
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    return count === 0 ? kind : `${kind}_${count}`;
  });
}

/** Keras' `to_snake_case`: Conv2D -> conv2d, DepthwiseConv2D -> depthwise_conv2d. */
const snakeCase = (name: string): string =>
  name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
