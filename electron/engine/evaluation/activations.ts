/** What one layer makes of one picture: its channels as small pictures, the strongest first. */
import type { Activations } from '../../contract';
import { type Shape, sizeOf } from '../model/layers';

/** More than a person looks at. */
const MOST_SHOWN = 64;

/**
 * @param values the layer's output, [height, width, channels]
 * @param shape of it; units alone are channels of a single place
 */
export function channelMaps(values: Float32Array, shape: Shape): Omit<Activations, 'layer' | 'trained'> {
  const [height, width, channels] = shape.length === 3 ? (shape as [number, number, number]) : [1, 1, sizeOf(shape)];
  const places = height * width;
  const means = new Float64Array(channels);
  const fires = new Uint8Array(channels);
  let [lowest, highest] = [0, 0];
  values.forEach((value, i) => {
    means[i % channels]! += value / places;
    if (value !== 0) fires[i % channels] = 1;
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
  });
  const shown = Int32Array.from(means, (_, channel) => channel).sort((a, b) => means[b]! - means[a]! || a - b).slice(0, MOST_SHOWN);
  const step = 255 / (highest - lowest || 1);
  const maps = new Uint8Array(shown.length * places);
  shown.forEach((channel, i) => {
    for (let place = 0; place < places; place++) maps[i * places + place] = Math.round((values[place * channels + channel]! - lowest) * step);
  });
  return { height, width, channels, shown, means: Float32Array.from(shown, (channel) => means[channel]!), maps, lowest, highest, silent: fires.filter((fired) => fired === 0).length };
}
