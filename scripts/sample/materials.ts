/** What a surface looks like: two colours mixed by a pattern in the thing's own space, and how much it shines. */
import type { Random } from './random';

export type Colour = readonly [r: number, g: number, b: number];
export type Pattern = (x: number, y: number, z: number) => number;

export interface Material {
  readonly a: Colour;
  readonly b: Colour;
  /** 0: colour a, 1: colour b. */
  readonly pattern: Pattern;
  /** Strength of highlight and reflection, 0..1. */
  readonly gloss: number;
  /** Exponent of the highlight. */
  readonly sharpness: number;
}

const { floor, sqrt, sin } = Math;

/** Linear colour from hue (turns), saturation and value. */
export function hsv(h: number, s: number, v: number): Colour {
  const channel = (n: number) => {
    const k = (n + h * 6) % 6;
    const c = v - v * s * Math.max(0, Math.min(k, 4 - k, 1));
    return c * c; // about display gamma to linear
  };
  return [channel(5), channel(3), channel(1)];
}

const lattice = (x: number, y: number, z: number): number => {
  let h = Math.imul(x, 0x1b873593) ^ Math.imul(y, 0x2c1b3c6d) ^ Math.imul(z, 0x297a2d39);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
};

/** Value noise, 0..1. */
export function noise(x: number, y: number, z: number): number {
  const [xi, yi, zi] = [floor(x), floor(y), floor(z)];
  let [u, v, w] = [x - xi, y - yi, z - zi];
  u *= u * (3 - 2 * u);
  v *= v * (3 - 2 * v);
  w *= w * (3 - 2 * w);
  const row = (dy: number, dz: number) => {
    const a = lattice(xi, yi + dy, zi + dz);
    return a + (lattice(xi + 1, yi + dy, zi + dz) - a) * u;
  };
  const a = row(0, 0);
  const b = row(0, 1);
  const near = a + (row(1, 0) - a) * v;
  return near + (b + (row(1, 1) - b) * v - near) * w;
}

/** Three octaves. */
export const cloud: Pattern = (x, y, z) => 0.57 * noise(x, y, z) + 0.29 * noise(2.1 * x, 2.1 * y, 2.1 * z + 7) + 0.14 * noise(4.3 * x, 4.3 * y, 4.3 * z + 13);

const step = (v: number) => (v > 0.5 ? 1 : 0);
const fraction = (v: number) => v - floor(v);

/** Patterns of one unit of length a repeat. */
const patterns = {
  plain: () => 0,
  grain: (x, y, z) => cloud(x * 3, y * 3, z * 3),
  stripesX: (x) => step(fraction(x)),
  stripesY: (_x, y) => step(fraction(y)),
  slanted: (x, y, z) => step(fraction((x + y + z) * 0.7)),
  checks: (x, y, z) => (floor(x) + floor(y) + floor(z)) & 1,
  spots: (x, y, z) => {
    const [u, v, w] = [fraction(x) - 0.5, fraction(y) - 0.5, fraction(z) - 0.5];
    return sqrt(u * u + v * v + w * w) < 0.36 ? 1 : 0;
  },
  blotches: (x, y, z) => step(noise(x * 1.5, y * 1.5, z * 1.5)),
  wood: (x, y, z) => fraction(sqrt(x * x * 0.3 + z * z) * 1.7 + 1.2 * noise(x, y * 0.4, z)),
  marble: (x, y, z) => 0.5 + 0.5 * sin(4 * x + 9 * cloud(x, y, z)),
  bricks: (x, y, z) => {
    const row = floor(y * 2);
    const along = fraction((x + z) * 0.9 + 0.5 * (row & 1));
    return along < 0.09 || fraction(y * 2) < 0.16 ? 1 : 0;
  },
  planks: (x, y, z) => {
    const plank = floor(x * 1.3);
    return fraction(x * 1.3) < 0.06 ? 1 : 0.55 * noise(plank * 7.3, y * 2, z * 0.8 + plank);
  },
} satisfies Record<string, Pattern>;
export type PatternName = keyof typeof patterns;

/** A pattern `repeats` times a unit, moved by a random offset. */
export function pattern(random: Random, name: PatternName, repeats: number): Pattern {
  const base: Pattern = patterns[name];
  const [ox, oy, oz] = [random.range(0, 50), random.range(0, 50), random.range(0, 50)];
  return (x, y, z) => base(x * repeats + ox, y * repeats + oy, z * repeats + oz);
}

export const anyColour = (random: Random): Colour =>
  random.chance(0.25) ? hsv(random.next(), random.range(0, 0.15), random.range(0.15, 0.95)) : hsv(random.next(), random.range(0.25, 0.9), random.range(0.3, 0.95));

const shine = (random: Random) => ({ gloss: random.chance(0.45) ? random.range(0.15, 0.7) : random.range(0, 0.12), sharpness: random.range(8, 90) });

/** Any surface at all; more than half of them plain or nearly so, as made things are. */
export function anyMaterial(random: Random): Material {
  const a = anyColour(random);
  const name = random.chance(0.5) ? random.pick(['plain', 'grain'] as const) : random.pick(Object.keys(patterns) as PatternName[]);
  const b: Colour = name === 'grain' || random.chance(0.3) ? shade(a, random.range(0.4, 0.8)) : anyColour(random);
  return { a, b, pattern: pattern(random, name, random.range(2, 9)), ...shine(random) };
}

/** A surface of a given colour family (hue in turns), lightly grained. */
export function coloured(random: Random, hue: readonly [number, number], saturation: readonly [number, number], value: readonly [number, number]): Material {
  const a = hsv((random.range(...hue) + 1) % 1, random.range(...saturation), random.range(...value));
  return { a, b: shade(a, random.range(0.5, 0.85)), pattern: pattern(random, 'grain', random.range(2, 6)), ...shine(random) };
}

export const wooden = (random: Random): Material => {
  const a = hsv(random.range(0.04, 0.11), random.range(0.3, 0.75), random.range(0.3, 0.85));
  return { a, b: shade(a, random.range(0.45, 0.75)), pattern: pattern(random, random.pick(['wood', 'planks', 'grain'] as const), random.range(2, 6)), gloss: random.range(0, 0.3), sharpness: random.range(8, 40) };
};

export const metallic = (random: Random): Material => {
  const a = hsv(random.range(0, 1), random.range(0, 0.15), random.range(0.4, 0.85));
  return { a, b: shade(a, 0.8), pattern: pattern(random, 'grain', 3), gloss: random.range(0.4, 0.8), sharpness: random.range(30, 120) };
};

/** Mostly the natural surface, sometimes any other: colour must not give the class away. */
export const mostly = (random: Random, natural: (random: Random) => Material, probability = 0.6): Material => (random.chance(probability) ? natural(random) : anyMaterial(random));

export const shade = (c: Colour, by: number): Colour => [c[0] * by, c[1] * by, c[2] * by];
