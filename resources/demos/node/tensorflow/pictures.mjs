// A picture's file -> pixels 0..255 as the model learned them.
import tf from '@tensorflow/tfjs-node';

export const ENDINGS = ['.jpg', '.jpeg', '.png', '.gif', '.bmp'];

/** @param {Buffer} bytes a JPEG, PNG, GIF or BMP file @returns [size, size, 3] */
export const pixelsOf = (bytes, size) => tf.tidy(() => resized(decoded(bytes, size).toFloat(), size).dataSync());

function decoded(bytes, size) {
  if (bytes[0] === 0xff) return upright(jpeg(bytes, size), orientation(bytes));
  if (bytes[0] === 0x89 && hasAlpha(bytes)) return onWhite(tf.node.decodePng(bytes, 4).toFloat());
  return tf.node.decodeImage(bytes, 3, 'int32', false);
}

/** At an eighth, a quarter or a half of its size, as long as twice `size` remains: much faster. */
function jpeg(bytes, size) {
  for (const ratio of [8, 4, 2]) {
    const picture = tf.node.decodeJpeg(bytes, 3, ratio);
    if (Math.min(...picture.shape.slice(0, 2)) >= 2 * size) return picture;
  }
  return tf.node.decodeJpeg(bytes, 3);
}

/** How the camera was held, 1 to 8: EXIF's tag 0x0112. */
function orientation(bytes) {
  const exif = bytes.indexOf('Exif\0\0');
  if (exif < 0) return 1;
  const tiff = new DataView(bytes.buffer, bytes.byteOffset + exif + 6);
  const little = tiff.getUint16(0) === 0x4949;
  const directory = tiff.getUint32(4, little);
  const entries = Array.from({ length: tiff.getUint16(directory, little) }, (_, i) => directory + 2 + 12 * i);
  const entry = entries.find((at) => tiff.getUint16(at, little) === 0x0112);
  return entry === undefined ? 1 : tiff.getUint16(entry + 8, little);
}

function upright(picture, orientation) {
  const mirrored = [[3, 4, 6, 7], [2, 3, 7, 8]].flatMap((which, axis) => (which.includes(orientation) ? [axis] : []));
  const turned = mirrored.length > 0 ? picture.reverse(mirrored) : picture;
  return orientation >= 5 ? turned.transpose([1, 0, 2]) : turned;
}

const hasAlpha = (png) => (png[25] & 4) !== 0 || png.subarray(0, png.indexOf('IDAT')).includes('tRNS');

/** Transparent parts were white in training. */
function onWhite(rgba) {
  const [rgb, alpha] = tf.split(rgba, [3, 1], 2);
  return rgb.sub(255).mul(alpha.div(255)).add(255).round();
}

/** Stretched, averaging over all pixels that fall together: first the rows, then the columns. TensorFlow's own resize leaves pixels out. */
function resized(picture, size) {
  const [height, width] = picture.shape;
  const lines = shares(height, size).matMul(picture.reshape([height, -1])).reshape([size, width, 3]);
  return tf.matMul(shares(width, size).expandDims(), lines).add(0.5).floor();
}

/** What each of `from` rows gives to each of `to` new ones: a triangle, as wide as one new row to either side. [to, from] */
function shares(from, to) {
  const scale = from / to;
  const centres = tf.range(0, to).add(0.5).mul(scale).expandDims(1);
  const weights = tf.range(0, from).add(0.5).sub(centres).abs().div(-Math.max(1, scale)).add(1).relu();
  return weights.div(weights.sum(1, true));
}
