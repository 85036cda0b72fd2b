/** The orientation that a camera noted. */

/** Tag 0x0112 of the first directory of the TIFF structure in [start, end), 1 to 8; null when it is not there or the block is broken. */
export function readOrientation(view: DataView, start: number, end: number): number | null {
  const tiff = new DataView(view.buffer, view.byteOffset + start, Math.max(0, Math.min(end, view.byteLength) - start));
  try {
    const little = tiff.getUint16(0) === 0x4949;
    const directory = tiff.getUint32(4, little);
    const entries = tiff.getUint16(directory, little);
    for (let i = 0; i < entries; i++) {
      const entry = directory + 2 + 12 * i;
      if (tiff.getUint16(entry, little) !== 0x0112) continue;
      const value = tiff.getUint16(entry + 8, little);
      return value >= 1 && value <= 8 ? value : null;
    }
  } catch (error) {
    // A broken EXIF block does not spoil the picture.
    if (!(error instanceof RangeError)) throw error;
  }
  return null;
}
