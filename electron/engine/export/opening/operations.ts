/** A network as some file tells it: what it does to numbers, in the order in which it does it, whatever the format calls it. */
import type { Padding, Shape } from '../../model/layers';
import type { Pads } from '../folded';

/** A weight as the file has it. */
export interface Stored {
  readonly shape: Shape;
  readonly values: Float32Array;
}

interface Sliding {
  /** [k, k, channels in, filters]; depthwise [k, k, channels, 1] */
  readonly kernel: Stored;
  readonly bias: Stored | null;
  readonly strides: number;
  readonly padding: Padding;
}

export type Body =
  /** Sizes as far as the file says. */
  | { readonly op: 'input'; readonly height: number | null; readonly width: number | null; readonly channels: number | null }
  /** x * scale + offset */
  | { readonly op: 'scale'; readonly scale: number; readonly offset: number }
  /** Bilinear, half-pixel centres. */
  | { readonly op: 'resize'; readonly height: number; readonly width: number }
  /** Nothing, when the network only predicts. */
  | { readonly op: 'same' }
  | { readonly op: 'dropout'; readonly rate: number }
  | { readonly op: 'pad'; readonly pads: Pads }
  | ({ readonly op: 'conv' } & Sliding)
  | ({ readonly op: 'depthwise' } & Sliding)
  /** Left out: gamma is 1, beta 0. */
  | { readonly op: 'norm'; readonly gamma: Stored | null; readonly beta: Stored | null; readonly mean: Stored; readonly variance: Stored; readonly epsilon: number }
  | { readonly op: 'relu'; readonly max: number | null }
  | { readonly op: 'add' }
  /** The mean over a window; null: over the whole map, which is then gone. */
  | { readonly op: 'average'; readonly window: readonly [number, number] | null }
  | { readonly op: 'flatten' }
  /** [inputs, units] */
  | { readonly op: 'dense'; readonly kernel: Stored; readonly bias: Stored | null }
  | { readonly op: 'softmax' }
  | { readonly op: 'sigmoid' }
  /** Something that is not known here. */
  | { readonly op: 'foreign' };

export type Operation = Body & {
  readonly id: string;
  /** The file's own name of it, and of its kind: for sentences. */
  readonly layer: string;
  readonly type: string;
  readonly inputs: readonly string[];
};
export type OperationOf<T extends Operation['op']> = Extract<Operation, { op: T }>;
