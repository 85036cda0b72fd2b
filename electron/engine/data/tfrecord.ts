/** TFRecord framing (tensorflow/core/lib/io/record_writer.h): length, its checksum, the record, its checksum; little-endian. */

/** Castagnoli's polynomial, bits reversed. */
const POLYNOMIAL = 0x82f63b78;
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  return crc;
});

export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (TABLE[(crc ^ byte) & 255] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** A checksum of data that holds checksums would be weak: TensorFlow rotates it and adds a constant. */
export function maskedCrc32c(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

export function framed(record: Uint8Array): Uint8Array {
  const frame = Buffer.alloc(record.length + 16);
  frame.writeBigUInt64LE(BigInt(record.length), 0);
  frame.writeUInt32LE(maskedCrc32c(frame.subarray(0, 8)), 8);
  frame.set(record, 12);
  frame.writeUInt32LE(maskedCrc32c(record), 12 + record.length);
  return frame;
}
