/** Heat over a picture: colours that mean what they say, places that are where they were. */
import { describe, expect, test } from 'vitest';
import { heatColour, stretched } from '../../renderer/lib/heat';

/** Lightness of a colour, 0..100 (CIE 1976 L*, of sRGB). */
function lightness(colour: readonly number[]): number {
  const linear = colour.map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
  const y = 0.2126 * linear[0]! + 0.7152 * linear[1]! + 0.0722 * linear[2]!;
  return y > 0.008856 ? 116 * Math.cbrt(y) - 16 : 903.3 * y;
}

/** As who sees no red or no green sees it (Machado, Oliveira and Fernandes 2009, severity 1), on linear light. */
const BLIND = {
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]]
};
function seen(colour: readonly number[], matrix: readonly (readonly number[])[]): number[] {
  const linear = colour.map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
  return matrix.map((row) => {
    const value = Math.max(0, Math.min(1, row.reduce((sum, share, i) => sum + share * linear[i]!, 0)));
    return 255 * (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055);
  });
}

describe('colours', () => {
  const steps = Array.from({ length: 17 }, (_, i) => heatColour(i / 16));

  test('become lighter by equal steps from black to almost white', () => {
    const light = Array.from({ length: 9 }, (_, i) => lightness(heatColour(i / 8)));
    expect(light[0]).toBeLessThan(1);
    expect(light[8]).toBeGreaterThan(95);
    const step = (light[8]! - light[0]!) / 8;
    light.slice(1).forEach((value, i) => expect(Math.abs(value - light[i]! - step)).toBeLessThan(0.05 * step));
  });

  test.each(Object.entries(BLIND))('and with %s each is lighter than the one before', (_, matrix) => {
    const light = steps.map((colour) => lightness(seen(colour, matrix)));
    light.slice(1).forEach((value, i) => expect(value).toBeGreaterThan(light[i]! + 1));
  });

  test('beyond the ends are the ends', () => {
    expect(heatColour(-1)).toEqual(heatColour(0));
    expect(heatColour(2)).toEqual(heatColour(1));
  });
});

describe('a map stretched over a picture', () => {
  test('is bilinear between the middles of its cells, and flat outside of them', () => {
    const heat = { width: 2, height: 2, values: [0, 1, 0.5, 0] };
    // Middles lie at pixels 0.5 and 2.5 of 4.
    expect([...stretched(heat, 4, 4)].slice(0, 4)).toEqual([0, 0.25, 0.75, 1]);
    expect([...stretched(heat, 4, 4)].slice(12)).toEqual([0.5, 0.375, 0.125, 0]);
    expect(stretched(heat, 4, 4)[5]).toBeCloseTo(0.75 * (0.75 * 0 + 0.25 * 1) + 0.25 * (0.75 * 0.5 + 0.25 * 0), 6);
  });

  test('of one place is the same everywhere; as large as the picture, it is itself', () => {
    expect([...stretched({ width: 1, height: 1, values: [0.5] }, 3, 2)]).toEqual([0.5, 0.5, 0.5, 0.5, 0.5, 0.5]);
    const values = Array.from({ length: 12 }, (_, i) => i / 16);
    expect([...stretched({ width: 4, height: 3, values }, 4, 3)]).toEqual(values);
  });
});
