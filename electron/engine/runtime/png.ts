/** What a PNG file says of its transparency (https://www.w3.org/TR/png-3). */

/** Colour types with alpha have bit 4; the others may name a transparent colour, or the opacity of their palette, in a chunk before the pixels. */
export function pngHasAlpha(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint8(25) & 4) return true;
  for (let at = 8; at + 8 <= bytes.length; at += 12 + view.getUint32(at)) {
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (name === 'tRNS') return true;
    if (name === 'IDAT') return false;
  }
  return false;
}
