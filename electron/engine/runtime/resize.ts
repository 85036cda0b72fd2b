/** Pictures to the size that a network sees. */
import type { Picture } from './picture';

/**
 * Stretches a picture to `height` x `width`: bilinear with half-pixel centres, averaging over all pixels that fall together when
 * shrinking, as `tf.image.resize(…, antialias=True)`.
 */
export function resizePicture(picture: Picture, height: number, width: number): Picture {
  if (picture.height === height && picture.width === width) return picture;
  const rows = taps(picture.height, height);
  const columns = taps(picture.width, width);
  const stride = picture.width * 3;
  const pixels = new Uint8Array(height * width * 3);
  const line = new Float32Array(stride);
  for (let y = 0; y < height; y++) {
    line.fill(0);
    const { first, weights } = rows[y]!;
    weights.forEach((weight, i) => {
      const from = (first + i) * stride;
      for (let x = 0; x < stride; x++) line[x]! += weight * picture.pixels[from + x]!;
    });
    for (let x = 0; x < width; x++) mix(line, columns[x]!, pixels, (y * width + x) * 3);
  }
  return { width, height, pixels };
}

interface Taps {
  readonly first: number;
  readonly weights: Float32Array;
}

/** For each position after resizing: the old positions it draws from and their weights, a triangle as wide as one new pixel. */
function taps(from: number, to: number): Taps[] {
  const scale = from / to;
  const radius = Math.max(1, scale);
  return Array.from({ length: to }, (_, position) => {
    const centre = (position + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - radius));
    const last = Math.min(from, Math.ceil(centre + radius));
    const weights = Float32Array.from({ length: last - first }, (_, i) => Math.max(0, 1 - Math.abs(first + i + 0.5 - centre) / radius));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}

function mix(line: Float32Array, { first, weights }: Taps, pixels: Uint8Array, at: number): void {
  let [red, green, blue] = [0.5, 0.5, 0.5]; // rounds to nearest when cut off
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i]!;
    const from = (first + i) * 3;
    red += weight * line[from]!;
    green += weight * line[from + 1]!;
    blue += weight * line[from + 2]!;
  }
  pixels[at] = red;
  pixels[at + 1] = green;
  pixels[at + 2] = blue;
}
