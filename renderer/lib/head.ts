/** The head as it is edited: hidden layers between pooling and the classes. */
import type { HeadLayer } from '../../electron/contract';

export const MOST_UNITS = 8192;
export const MOST_LAYERS = 8;

export const NEW_DENSE: HeadLayer = { units: 128, activation: 'relu' };
export const NEW_DROPOUT: HeadLayer = { dropout: 0.2 };

type Head = readonly HeadLayer[];

export const withChanged = (head: Head, index: number, layer: HeadLayer): HeadLayer[] => head.map((old, i) => (i === index ? layer : old));

export const without = (head: Head, index: number): HeadLayer[] => head.filter((_, i) => i !== index);

/** With one layer moved to the place of its neighbour above (-1) or below (1); as it is where there is none. */
export function withMoved(head: Head, index: number, step: -1 | 1): HeadLayer[] {
  const moved = [...head];
  const [one, other] = [moved[index], moved[index + step]];
  if (one && other) [moved[index], moved[index + step]] = [other, one];
  return moved;
}
