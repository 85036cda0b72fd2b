/** Numbers of 16 bits as IEEE 754 has them: one of sign, five of exponent, ten of fraction. */

/** Rounded to the nearest, ties to even; what is too large becomes infinity. */
export function toHalf(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(Float32Array.from(values).buffer);
  const halves = new Uint16Array(bits.length);
  bits.forEach((one, i) => (halves[i] = halfOf(one)));
  return halves;
}

function halfOf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 127 + 15;
  const fraction = bits & 0x7fffff;
  if (exponent === 255 - 127 + 15) return sign | 0x7c00 | (fraction === 0 ? 0 : 0x200);
  if (exponent >= 31) return sign | 0x7c00;
  if (exponent < -10) return sign;
  // Below the smallest exponent the leading one is written out, shifted down.
  const [whole, shift, high] = exponent > 0 ? [fraction, 13, exponent << 10] : [fraction | 0x800000, 14 - exponent, 0];
  const kept = high | (whole >>> shift);
  const [rest, tie] = [whole & ((1 << shift) - 1), 1 << (shift - 1)];
  // A carry out of the fraction is the next exponent.
  return sign | (kept + (rest > tie || (rest === tie && (kept & 1) === 1) ? 1 : 0));
}

export function fromHalf(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length);
  halves.forEach((half, i) => (values[i] = valueOf(half)));
  return values;
}

function valueOf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(half >>> 10) & 0x1f, half & 0x3ff];
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
