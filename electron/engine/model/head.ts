/** The grafted head: pooling, hidden Dense and Dropout layers, one softmax unit a class. */
import type { HeadLayer } from '../../contract';
import type { Network } from './layers';
import { NetworkBuilder } from './network-builder';

/**
 * Adds `global_average_pooling2d`, the `hidden` layers and the softmax Dense of `classes` units to a base.
 * The names are those that a fresh Keras session gives: dense, dense_1, dropout, …
 */
export function attachHead(base: Network, hidden: readonly HeadLayer[], classes: number): Network {
  const output = base.layers[base.layers.length - 1];
  if (!output) throw new Error('A head needs a base.');
  const net = new NetworkBuilder('head', base.layers);
  const counts = { dense: 0, dropout: 0 };
  const next = (kind: keyof typeof counts): string => (counts[kind]++ === 0 ? kind : `${kind}_${counts[kind] - 1}`);
  let x = net.globalAveragePooling('global_average_pooling2d', output.name);
  for (const layer of hidden) x = 'dropout' in layer ? net.dropout(next('dropout'), x, layer.dropout) : net.dense(next('dense'), x, layer.units, layer.activation);
  net.dense(next('dense'), x, classes, 'softmax');
  return net.build(base.name);
}
