// A picture's file -> pixels 0..255 as the model learned them.
import sharp from 'sharp';

export const ENDINGS = ['.jpg', '.jpeg', '.png', '.gif', '.webp', '.avif'];

/** @param {Buffer} bytes a picture's file @returns [size, size, 3] */
export async function pixelsOf(bytes, size) {
  // Upright, and colours as they are in the file: the model learned from such ones.
  const upright = sharp(bytes, { autoOrient: true, ignoreIcc: true });
  const { data, info } = await upright.toColourspace('srgb').ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return resized(bytes[0] === 0xff ? smaller(data, info, size) : { ...info, data: onWhite(data) }, size);
}

/** A large JPEG at a half, a quarter or an eighth of its size, as long as twice `size` remains: in training it was decoded so. */
function smaller(data, { width, height }, size) {
  const ratio = [8, 4, 2].find((one) => Math.min(width, height) >= 2 * size * one) ?? 1;
  const [columns, rows] = [Math.ceil(width / ratio), Math.ceil(height / ratio)];
  const means = new Uint8Array(columns * rows * 4);
  // At the edges a JPEG's last pixels go on.
  const place = (row, column) => 4 * (Math.min(row, height - 1) * width + Math.min(column, width - 1));
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let i = 0; i < ratio * ratio; i++) sum += data[place(y * ratio + Math.floor(i / ratio), x * ratio + (i % ratio)) + channel];
        means[(y * columns + x) * 4 + channel] = Math.round(sum / ratio ** 2);
      }
    }
  }
  return { data: means, width: columns, height: rows };
}

/** Transparent parts were white in training. [height, width, 4], in place */
function onWhite(rgba) {
  for (let i = 0; i < rgba.length; i += 4) {
    const alpha = rgba[i + 3] / 255;
    if (alpha < 1) for (let c = i; c < i + 3; c++) rgba[c] = Math.round(255 + alpha * (rgba[c] - 255));
  }
  return rgba;
}

/** Stretched, averaging over all pixels that fall together: first the rows, then the columns. Sharp itself shrinks in another way. */
function resized({ data, width, height }, size) {
  const [rows, columns] = [taps(height, size), taps(width, size)];
  const pixels = new Float32Array(size * size * 3);
  const line = new Float32Array(width * 4);
  rows.forEach((row, y) => {
    line.fill(0);
    row.shares.forEach((share, i) => {
      const from = (row.first + i) * width * 4;
      for (let x = 0; x < width * 4; x++) line[x] += share * data[from + x];
    });
    columns.forEach((column, x) => {
      for (let channel = 0; channel < 3; channel++) {
        let value = 0.5;
        column.shares.forEach((share, i) => (value += share * line[(column.first + i) * 4 + channel]));
        pixels[(y * size + x) * 3 + channel] = Math.floor(value);
      }
    });
  });
  return pixels;
}

/** What old rows (or columns) a new one is made of, and the share of each: a triangle, as wide as one new row to either side. */
function taps(from, to) {
  const scale = from / to;
  const radius = Math.max(1, scale);
  return Array.from({ length: to }, (_, position) => {
    const centre = (position + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - radius));
    const last = Math.min(from, Math.ceil(centre + radius));
    const shares = Array.from({ length: last - first }, (_, i) => Math.max(0, 1 - Math.abs(first + i + 0.5 - centre) / radius));
    const sum = shares.reduce((total, share) => total + share, 0);
    return { first, shares: shares.map((share) => share / sum) };
  });
}
