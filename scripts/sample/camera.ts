/** The camera behind the lens: from linear light at a higher resolution to 8-bit pixels with the faults of a small sensor. */
import type { Random } from './random';

/** Averages to `size` x `size`, then exposure, white balance, vignette, blur, noise and display gamma. */
export function expose(random: Random, light: Float32Array, size: number): Uint8Array {
  const from = Math.sqrt(light.length / 3);
  let image = shrink(light, from, size);
  if (random.chance(0.4)) image = blur(image, size, random.range(0.05, 0.3));

  // Exposure aims at a middle grey and misses a little.
  let mean = 0;
  for (const value of image) mean += value;
  mean /= image.length;
  const gain = ((0.24 * (1 + random.normal() * 0.25)) / Math.max(mean, 0.02)) ** 0.75;
  const balance = [1 + random.normal() * 0.06, 1, 1 + random.normal() * 0.06];
  const vignette = random.range(0, 0.35);
  const grain = random.chance(0.7) ? random.range(0.002, 0.02) : random.range(0.02, 0.05);
  const pixels = new Uint8Array(size * size * 3);
  for (let y = 0, i = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const [u, v] = [(x + 0.5) / size - 0.5, (y + 0.5) / size - 0.5];
      const fall = 1 - vignette * 2 * (u * u + v * v);
      for (let k = 0; k < 3; k++, i++) {
        const value = Math.max(0, image[i]! * gain * fall * balance[k]!);
        // A soft shoulder instead of clipping; the square root stands for display gamma.
        const shown = Math.sqrt(value / (1 + value * 0.35)) * 1.05 + random.normal() * grain;
        pixels[i] = Math.max(0, Math.min(255, Math.round(shown * 255)));
      }
    }
  }
  return pixels;
}

/** Box filter with fractional edges, so that any ratio works. */
function shrink(light: Float32Array, from: number, to: number): Float32Array {
  const ratio = from / to;
  const taps = Array.from({ length: to }, (_, i) => {
    const [start, end] = [i * ratio, (i + 1) * ratio];
    const weights: [index: number, weight: number][] = [];
    for (let j = Math.floor(start); j < end && j < from; j++) weights.push([j, (Math.min(j + 1, end) - Math.max(j, start)) / ratio]);
    return weights;
  });
  const image = new Float32Array(to * to * 3);
  taps.forEach((rows, y) =>
    taps.forEach((columns, x) => {
      for (const [row, a] of rows) for (const [column, b] of columns) for (let k = 0; k < 3; k++) image[(y * to + x) * 3 + k]! += a * b * light[(row * from + column) * 3 + k]!;
    })
  );
  return image;
}

/** Mixes each pixel with its four neighbours. */
function blur(image: Float32Array, size: number, amount: number): Float32Array {
  const out = new Float32Array(image.length);
  const at = (x: number, y: number, k: number) => image[(Math.max(0, Math.min(size - 1, y)) * size + Math.max(0, Math.min(size - 1, x))) * 3 + k]!;
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++)
      for (let k = 0; k < 3; k++) out[(y * size + x) * 3 + k] = (at(x, y, k) + amount * (at(x - 1, y, k) + at(x + 1, y, k) + at(x, y - 1, k) + at(x, y + 1, k))) / (1 + 4 * amount);
  return out;
}
