/** A decoded picture, and what is done to one before anybody sees it. */

/** Bytes 0..255, [height, width, 3], rows from the top, R G B interleaved. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** [height, width, 4], alpha last. */
export interface Rgba {
  readonly width: number;
  readonly height: number;
  readonly data: ArrayLike<number>;
}

export function onWhite({ width, height, data }: Rgba): Picture {
  const pixels = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < pixels.length; from += 4, to += 3) {
    const alpha = data[from + 3]!;
    for (let c = 0; c < 3; c++) pixels[to + c] = alpha === 255 ? data[from + c]! : Math.round(255 + (alpha / 255) * (data[from + c]! - 255));
  }
  return { width, height, pixels };
}

/** A frame of an animation at its place on white; what stands out is cut off. */
export function placed(frame: Picture, x: number, y: number, width: number, height: number): Picture {
  if (frame.width === width && frame.height === height) return frame;
  const pixels = new Uint8Array(width * height * 3).fill(255);
  const bytes = Math.max(0, Math.min(frame.width, width - x)) * 3;
  for (let row = 0; row < Math.min(frame.height, height - y); row++) {
    const from = row * frame.width * 3;
    pixels.set(frame.pixels.subarray(from, from + bytes), ((y + row) * width + x) * 3);
  }
  return { width, height, pixels };
}

/** EXIF: 2 mirrored, 3 upside down, 4 both, 5 to 8 the same with rows and columns exchanged. */
export function turnUpright(picture: Picture, orientation: number): Picture {
  if (orientation === 1) return picture;
  const { width: w, height: h } = picture;
  const swapped = orientation >= 5;
  const [width, height] = swapped ? [h, w] : [w, h];
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBottom = [3, 4, 6, 7].includes(orientation);
  const pixels = new Uint8Array(picture.pixels.length);
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      const [column, row] = swapped ? [y, x] : [x, y];
      const from = ((fromBottom ? h - 1 - row : row) * w + (fromRight ? w - 1 - column : column)) * 3;
      pixels[at] = picture.pixels[from]!;
      pixels[at + 1] = picture.pixels[from + 1]!;
      pixels[at + 2] = picture.pixels[from + 2]!;
    }
  }
  return { width, height, pixels };
}
