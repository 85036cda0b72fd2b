/** The grafted head: pooling, hidden Dense layers, one softmax unit a class. */
import type { HeadLayer } from '../../contract';
import type { Network } from './layers';
import { NetworkBuilder } from './network-builder';

/**
 * Adds `global_average_pooling2d`, a Dense layer for each of `hidden` and the softmax Dense of `classes` units to a base.
 * The names are those that a fresh Keras session gives: dense, dense_1, …
 */
export function attachHead(base: Network, hidden: readonly HeadLayer[], classes: number): Network {
  const output = base.layers[base.layers.length - 1];
  if (!output) throw new Error('A head needs a base.');
  const net = new NetworkBuilder('head', base.layers);
  let x = net.globalAveragePooling('global_average_pooling2d', output.name);
  [...hidden, { units: classes, activation: 'softmax' as const }].forEach(({ units, activation }, index) => {
    x = net.dense(index === 0 ? 'dense' : `dense_${index}`, x, units, activation);
  });
  return net.build(base.name);
}
