/** What the sample data set consists of: which pictures, in which order. */
import type { Style } from './picture';
import type { Order } from './pool';
import { Random } from './random';
import { sampleThings } from './things/sample';

export const SIZE = 64;
export const STYLE: Style = { size: SIZE, oversampling: 2, fill: [0.75, 1.3] };
export const CLASS_NAMES = Object.keys(sampleThings);
export type Split = 'train' | 'test';
const PER_CLASS: Readonly<Record<Split, number>> = { train: 300, test: 80 };
const SEED = 'tsugiki-sample-1';

/** The pictures of a split in file order, shuffled with a fixed seed. @param share part of each class, 1 for all */
export function ordersOf(split: Split, share = 1): (Order & { label: number })[] {
  const orders = CLASS_NAMES.flatMap((thing, label) => Array.from({ length: Math.ceil(PER_CLASS[split] * share) }, (_, i) => ({ name: `${SEED}/${split}/${thing}/${i}`, thing, label })));
  return new Random(`${SEED}/${split}/order`).shuffle(orders);
}
