/** Bilinear resize with half-pixel centres, as Keras' Resizing layer. Its gradient is not needed: nothing trainable lies below. */
import { type Graph, type Tensor } from '../graph';
import { FLOAT } from './operation';

/** @param x [n, h, w, c]; @returns [n, height, width, c] */
export const resizeBilinear = (g: Graph, x: Tensor, height: number, width: number): Tensor =>
  g.tensor('ResizeBilinear', {
    inputs: [x, g.ints([height, width])],
    attributes: { ...FLOAT, align_corners: { b: false }, half_pixel_centers: { b: true } },
    outputs: [['float32', [x.shape[0] ?? null, height, width, x.shape[3] ?? null]]]
  });
