/** Weights as TensorFlow.js keeps them: shards of bytes, and a manifest in `model.json` that says what lies where (tfjs-core/src/io/types.ts). */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Precision } from '../../contract';
import { bytesOf } from '../data/bytes-of';
import { toHalf } from './half';

/** Small enough for any web server's cache; what tfjs' own converter uses. */
const SHARD_BYTES = 4 * 1024 * 1024;

export interface NamedWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

type Quantization = { dtype: 'float16'; original_dtype: 'float32' } | { dtype: 'uint8'; original_dtype: 'float32'; min: number; scale: number };

interface Stored {
  readonly bytes: Uint8Array;
  readonly quantization?: Quantization;
}

/** Numbers that a kernel has to have to be written in 8 bits: the first layers' have less, save next to nothing, and cost the most. */
const LEAST_IN_BYTES = 1024;

/** Biases, statistics and the graph's own numbers stay whole: they are few, and all rests on them. */
function stored({ values, shape }: NamedWeight, precision: Precision): Stored {
  if (values instanceof Int32Array || shape.length < 2 || precision === 'float32') return { bytes: bytesOf(values) };
  if (precision === 'float16' || values.length < LEAST_IN_BYTES) return { bytes: bytesOf(toHalf(values)), quantization: { dtype: 'float16', original_dtype: 'float32' } };
  return inBytes(values);
}

/** value = byte * scale + min, 0 among them. */
function inBytes(values: Float32Array): Stored {
  let [low, high] = [0, 0];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const scale = high > low ? (high - low) / 255 : 1;
  const zero = Math.round(-low / scale);
  // Clamped: what rounds to 256 is 255.
  const bytes = new Uint8ClampedArray(values.length);
  values.forEach((value, i) => (bytes[i] = Math.round(value / scale) + zero));
  return { bytes: bytesOf(bytes), quantization: { dtype: 'uint8', original_dtype: 'float32', min: -zero * scale, scale } };
}

/** Writes the shards. @returns their names, and what belongs under `weightsManifest` */
export async function writeShards(directory: string, weights: readonly NamedWeight[], precision: Precision): Promise<{ names: string[]; manifest: object[] }> {
  const all = weights.map((weight) => ({ ...weight, ...stored(weight, precision) }));
  const bytes = Buffer.concat(all.map((weight) => weight.bytes));
  const count = Math.max(1, Math.ceil(bytes.length / SHARD_BYTES));
  const names = Array.from({ length: count }, (_, i) => `group1-shard${i + 1}of${count}.bin`);
  for (const [i, name] of names.entries()) await writeFile(join(directory, name), bytes.subarray(i * SHARD_BYTES, (i + 1) * SHARD_BYTES));
  const entries = all.map(({ name, shape, values, quantization }) => ({ name, shape, dtype: values instanceof Int32Array ? 'int32' : 'float32', quantization }));
  return { names, manifest: [{ paths: names, weights: entries }] };
}

/** Bytes of a kernel's number; what stays whole has 4. */
export const KERNEL_BYTES: Partial<Record<Precision, number>> = { float32: 4, float16: 2, uint8: 1 };
