/** Picture files of each kind to pixels as they are stored: by TensorFlow, by WebAssembly where it has no decoder, by hand where it errs. */
import { assertNever } from '../../contract';
import { decodeBmp } from './bmp';
import { firstFrame as firstGifFrame } from './gif';
import { onWhite, type Picture, placed } from './picture';
import type { PictureHeader } from './picture-header';
import { pngHasAlpha } from './png';
import { tf } from './tensorflow';
import { decodeAvif, decodeWebp } from './wasm-decoders';
import { firstFrame as firstWebpFrame } from './webp-header';

/** @param ratio a JPEG is decoded at this fraction of its size: 1, 2, 4 or 8 @throws when the bytes are damaged */
export function decode(bytes: Uint8Array, { kind, width, height }: PictureHeader, ratio: number): Picture {
  switch (kind) {
    case 'jpeg':
      return native(() => tf.node.decodeJpeg(bytes, 3, ratio));
    case 'png':
      // Asked for alpha where there is none, TensorFlow makes a palette's colours nearly transparent; not asked, it lets what there is fall.
      return native(() => tf.node.decodePng(bytes, pngHasAlpha(bytes) ? 4 : 3));
    case 'gif': {
      const frame = firstGifFrame(bytes);
      return placed(native(() => tf.node.decodeImage(frame.bytes, 3, 'int32', false)), frame.x, frame.y, width, height);
    }
    case 'bmp':
      return onWhite(decodeBmp(bytes));
    case 'webp': {
      const frame = firstWebpFrame(bytes);
      return frame ? placed(onWhite(decodeWebp(frame.bytes)), frame.x, frame.y, width, height) : onWhite(decodeWebp(bytes));
    }
    case 'avif':
      return onWhite(decodeAvif(bytes));
    default:
      return assertNever(kind);
  }
}

/** RGB or RGBA as TensorFlow decodes it. */
function native(run: () => ReturnType<typeof tf.node.decodeImage>): Picture {
  const tensor = tf.tidy(run);
  try {
    const [height = 0, width = 0, channels = 0] = tensor.shape;
    const data = tensor.dataSync();
    return channels === 3 ? { height, width, pixels: new Uint8Array(data) } : onWhite({ height, width, data });
  } finally {
    tensor.dispose();
  }
}
