/** Pixels to files, by TensorFlow's encoders. */

/** Loaded on first use: rendering workers never need it. */
const tensorflow = async () => (await import('@tensorflow/tfjs-node')).default ?? (await import('@tensorflow/tfjs-node'));

export const QUALITY = 88;

/** A baseline JPEG of square RGB pixels. */
export async function jpeg(pixels: Uint8Array, size: number): Promise<Uint8Array> {
  const tf = await tensorflow();
  const tensor = tf.tensor3d(pixels, [size, size, 3], 'int32');
  try {
    return await tf.node.encodeJpeg(tensor, 'rgb', QUALITY);
  } finally {
    tensor.dispose();
  }
}

/** A PNG with the pictures in rows, to look at. */
export async function contactSheet(pictures: readonly Uint8Array[], size: number, columns: number): Promise<Uint8Array> {
  const tf = await tensorflow();
  const rows = Math.ceil(pictures.length / columns);
  const sheet = new Uint8Array(rows * size * columns * size * 3);
  pictures.forEach((pixels, i) => {
    const [x, y] = [(i % columns) * size, Math.floor(i / columns) * size];
    for (let row = 0; row < size; row++) sheet.set(pixels.subarray(row * size * 3, (row + 1) * size * 3), ((y + row) * columns * size + x) * 3);
  });
  const tensor = tf.tensor3d(sheet, [rows * size, columns * size, 3], 'int32');
  try {
    return await tf.node.encodePng(tensor);
  } finally {
    tensor.dispose();
  }
}
