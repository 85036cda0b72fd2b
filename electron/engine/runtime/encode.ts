/** Pixels to picture files. */
import type { Picture } from './picture';
import { tf } from './tensorflow';

/** The bytes of a PNG of these very pixels. */
export async function encodePng({ pixels, width, height }: Picture): Promise<Uint8Array> {
  const tensor = tf.tensor3d(pixels, [height, width, 3], 'int32');
  try {
    return await tf.node.encodePng(tensor);
  } finally {
    tensor.dispose();
  }
}
