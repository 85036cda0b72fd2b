/**
 * Numbers 0..1 as colours: from black over red to pale yellow. Every step is as much lighter as the one before, so that equal differences look
 * equal, in print and to those who see no red or no green as well (nine colours of matplotlib's "inferno", Smith and van der Walt, CC0).
 */

type Colour = readonly [red: number, green: number, blue: number];

const COLOURS: readonly Colour[] = [
  [0, 0, 4], [45, 13, 82], [99, 20, 108], [155, 41, 98], [204, 70, 70], [237, 112, 33], [249, 162, 24], [250, 211, 72], [252, 255, 164]
];

export function heatColour(value: number): Colour {
  const at = Math.max(0, Math.min(1, value)) * (COLOURS.length - 1);
  const below = Math.min(COLOURS.length - 2, Math.floor(at));
  const mixed = (channel: 0 | 1 | 2): number => {
    const [from, to] = [COLOURS[below]![channel], COLOURS[below + 1]![channel]];
    return Math.round(from + (at - below) * (to - from));
  };
  return [mixed(0), mixed(1), mixed(2)];
}

/** A legend's background, least to most. */
export const HEAT_GRADIENT = `linear-gradient(to right, ${COLOURS.map((colour) => `rgb(${colour.join(' ')})`).join(', ')})`;

export interface Heat {
  readonly width: number;
  readonly height: number;
  /** [height, width] */
  readonly values: ArrayLike<number>;
}

/** Stretched over a picture: each value stays in the middle of its cell, between them it is bilinear, outside the outermost it goes on. */
export function stretched({ width, height, values }: Heat, toWidth: number, toHeight: number): Float32Array {
  /** Of a row or column of the picture: the two cells it lies between, and how far it is from the first to the second. */
  const between = (at: number, cells: number, pixels: number): [first: number, second: number, share: number] => {
    const place = Math.max(0, Math.min(cells - 1, ((at + 0.5) * cells) / pixels - 0.5));
    const first = Math.floor(place);
    return [first, Math.min(cells - 1, first + 1), place - first];
  };
  const columns = Array.from({ length: toWidth }, (_, x) => between(x, width, toWidth));
  const wide = new Float32Array(toWidth * toHeight);
  for (let y = 0; y < toHeight; y++) {
    const [above, below, down] = between(y, height, toHeight);
    for (let x = 0; x < toWidth; x++) {
      const [left, right, along] = columns[x]!;
      const row = (cells: number): number => values[cells * width + left]! * (1 - along) + values[cells * width + right]! * along;
      wide[y * toWidth + x] = row(above) * (1 - down) + row(below) * down;
    }
  }
  return wide;
}

/** Fills a canvas with colours of numbers 0..1, one a pixel of it. */
export function drawHeat(canvas: HTMLCanvasElement, width: number, height: number, valueAt: (pixel: number) => number): void {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context) return;
  const image = context.createImageData(width, height);
  for (let pixel = 0; pixel < width * height; pixel++) image.data.set([...heatColour(valueAt(pixel)), 255], 4 * pixel);
  context.putImageData(image, 0, 0);
}
