/**
 * `weight.bin`: values one after the other, each behind a head of its own, everything on multiples of 64 bytes
 * (coremltools, mlmodel/src/MILBlob/Blob/StorageFormat.hpp, version 2).
 */
import { bytesOf } from '../../data/bytes-of';
import { fromHalf, toHalf } from '../half';

const ALIGNMENT = 64;
const VERSION = 2;
const SENTINEL = 0xdeadbeef;
const FLOAT16 = 1;
const FLOAT32 = 2;

const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

export class Blobs {
  readonly #parts: Uint8Array[] = [new Uint8Array(ALIGNMENT)];
  #end = ALIGNMENT;
  #count = 0;

  constructor(private readonly halves: boolean) {}

  /** @returns where its head lies */
  add(values: Float32Array): number {
    const stored = this.halves ? toHalf(values) : values;
    const offset = this.#end;
    const head = new DataView(new ArrayBuffer(ALIGNMENT));
    head.setUint32(0, SENTINEL, true);
    head.setUint32(4, this.halves ? FLOAT16 : FLOAT32, true);
    head.setBigUint64(8, BigInt(stored.byteLength), true);
    head.setBigUint64(16, BigInt(offset + ALIGNMENT), true);
    const body = new Uint8Array(aligned(stored.byteLength));
    body.set(bytesOf(stored));
    this.#parts.push(new Uint8Array(head.buffer), body);
    this.#end += ALIGNMENT + body.length;
    this.#count++;
    return offset;
  }

  bytes(): Uint8Array {
    const whole = Buffer.concat(this.#parts);
    whole.writeUInt32LE(this.#count, 0);
    whole.writeUInt32LE(VERSION, 4);
    return whole;
  }
}

/** The values whose head lies at `offset`. */
export function readBlob(file: Uint8Array, offset: number): Float32Array {
  const head = new DataView(file.buffer, file.byteOffset + offset, ALIGNMENT);
  if (head.getUint32(0, true) !== SENTINEL) throw new Error(`weight.bin has no values at ${offset}.`);
  const [size, start] = [Number(head.getBigUint64(8, true)), Number(head.getBigUint64(16, true))];
  const { buffer } = new Uint8Array(file.subarray(start, start + size));
  return head.getUint32(4, true) === FLOAT16 ? fromHalf(new Uint16Array(buffer)) : new Float32Array(buffer);
}
