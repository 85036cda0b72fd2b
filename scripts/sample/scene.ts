/** Puts a thing into a scene as a photographer in a hurry would: any light, any place, other things about, framing not quite right. */
import { type Colour, type Material, anyColour, anyMaterial, cloud, hsv, noise, pattern, shade } from './materials';
import type { Random } from './random';
import type { Placed, Scene } from './render';
import { type Point, type Solid, ball, bounds, box, cylinder, ellipsoid, lathe, move, rod, torus, turn } from './solids';
import { type Thing, part } from './thing';

const { PI, cos, sin, sqrt, tan } = Math;
const cross = (a: Point, b: Point): Point => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
const unit = (a: Point): Point => {
  const length = sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2]);
  return [a[0] / length, a[1] / length, a[2] / length];
};

/** Rotation by yaw about y, then a tilt about z. */
function rotation(yaw: number, tilt: number): Placed['rotation'] {
  const [c, s, d, t] = [cos(yaw), sin(yaw), cos(tilt), sin(tilt)];
  return [
    [c * d, -c * t, s],
    [t, d, 0],
    [-s * d, s * t, c],
  ];
}

/** Something that is none of the classes. */
function clutter(random: Random): Thing {
  const a = () => random.range(0.12, 0.5);
  const shapes: (() => Solid)[] = [
    () => { const r = a(); return move(ball(r), 0, r, 0); },
    () => { const h = a(); return move(box(a(), h, a(), 0.02), 0, h, 0); },
    () => { const h = a() * 1.4; return move(cylinder(a() * 0.7, h), 0, h, 0); },
    () => { const r = a(); return move(ellipsoid(a(), r, a()), 0, r, 0); },
    () => lathe([[a(), 0], [0.02, a() * 2.5]]),
    () => { const r = random.range(0.04, 0.12); return move(torus(a() + 0.1, r), 0, r, 0); },
    () => rod([0, 0.05, 0], [a() * 2, a() * 2, a()], random.range(0.03, 0.1)),
    () => { const h = a(); return turn(move(box(h, 0.03, a()), 0, 0.05, 0), 'y', random.range(0, PI)); },
  ];
  const things = [...part(anyMaterial(random), random.pick(shapes)())];
  if (random.chance(0.4)) things.push(...part(anyMaterial(random), move(random.pick(shapes)(), a(), random.chance(0.5) ? 0 : a(), a())));
  return things;
}

/** Nearer to grey by `amount`. */
const quiet = (c: Colour, amount: number): Colour => {
  const grey = 0.3 * c[0] + 0.6 * c[1] + 0.1 * c[2];
  return [c[0] + (grey - c[0]) * amount, c[1] + (grey - c[1]) * amount, c[2] + (grey - c[2]) * amount];
};

/** What lies behind everything: a gradient, clouds, blurred lights or hills. */
function sky(random: Random): Scene['sky'] {
  const calm = random.range(0, 0.8);
  const [top, bottom, third] = [quiet(anyColour(random), calm), quiet(anyColour(random), calm), quiet(anyColour(random), calm)];
  const bright = random.range(0.5, 1.3);
  const [u, v, f] = [random.range(0, 50), random.range(0, 50), random.range(1.5, 7)];
  const between = (a: Colour, b: Colour, t: number): Colour => [(a[0] + (b[0] - a[0]) * t) * bright, (a[1] + (b[1] - a[1]) * t) * bright, (a[2] + (b[2] - a[2]) * t) * bright];
  const height = (dy: number) => Math.max(0, Math.min(1, 0.5 + dy));
  switch (random.pick(['gradient', 'clouds', 'blobs', 'hills', 'strips'] as const)) {
    case 'gradient':
      return (_dx, dy) => between(bottom, top, height(dy));
    case 'clouds':
      return (dx, dy, dz) => between(between(bottom, top, height(dy)), third, 0.6 * cloud(dx * f + u, dy * f * 1.5 + v, dz * f));
    case 'blobs':
      return (dx, dy, dz) => {
        const n = noise(dx * f * 2 + u, dy * f * 2 + v, dz * f * 2);
        return n > 0.62 ? between(third, top, dx) : between(bottom, top, n);
      };
    case 'hills': {
      const hue = random.next();
      const near = hsv(hue, random.range(0.1, 0.7), random.range(0.2, 0.6));
      return (dx, dy, dz) => {
        const ridge = 0.25 * cloud(dx * f + u, v, dz * f) - 0.05;
        return dy < ridge ? between(near, shade(near, 0.5), cloud(dx * 20, dy * 20, dz * 20 + u)) : between(bottom, top, height(dy));
      };
    }
    case 'strips':
      return (dx, dy) => {
        const n = noise(dx * f * 3 + u, v, 0);
        return n > 0.5 ? between(bottom, third, noise(dx * f * 3 + u, dy * 6 + v, 3)) : between(bottom, top, height(dy));
      };
  }
}

/** Floors and walls: mostly matt, mostly of quiet colours. */
const matt = (random: Random): Material => {
  const bold = anyMaterial(random);
  const material = random.chance(0.7) ? { ...bold, a: quiet(bold.a, 0.7), b: quiet(bold.b, 0.7) } : bold;
  const rough = random.chance(0.6);
  return { ...material, gloss: rough ? 0 : material.gloss * 0.6, ...(rough && random.chance(0.5) ? { pattern: pattern(random, 'grain', random.range(1, 8)) } : {}) };
};

/** How much of the picture's width the sphere around the thing takes: from, to. */
export type Fill = readonly [number, number];

/** A scene around `thing`. */
export function compose(random: Random, thing: Thing, fillRange: Fill): Scene {
  const { center, radius } = bounds(thing.map((p) => p.solid));
  const yaw = random.range(0, 2 * PI);
  const floating = random.chance(0.12);
  const tilt = floating ? random.range(-0.5, 0.5) : random.chance(0.2) ? random.range(-0.12, 0.12) : 0;
  const turned = rotation(yaw, tilt);
  const scale = 0.75 / radius;
  const target: Point = [0, 0, 0].map((_, k) => scale * (turned[k]![0] * center[0] + turned[k]![1] * center[1] + turned[k]![2] * center[2])) as unknown as Point;
  const things: Placed[] = [{ thing, rotation: turned, scale, position: [0, 0, 0] }];

  const elevation = floating ? random.range(-0.5, 0.9) : random.range(0.06, 0.85);
  const aspect = random.range(-0.4, 0.4);
  const halfAngle = random.range(0.2, 0.45);
  const fill = random.range(...fillRange);
  const away = 0.75 / fill / sin(halfAngle);
  const toEye: Point = [sin(aspect) * cos(elevation), sin(elevation), cos(aspect) * cos(elevation)];
  const eye: Point = [target[0] + toEye[0] * away, Math.max(floating ? -9 : 0.06, target[1] + toEye[1] * away), target[2] + toEye[2] * away];
  const off = () => random.normal() * 0.1;
  const forward = unit([target[0] + off() - eye[0], target[1] + off() - eye[1], target[2] - eye[2]]);
  const level = unit(cross(forward, [0, 1, 0]));
  const upright = cross(level, forward);
  const roll = random.normal() * 0.09;
  const right: Point = [0, 1, 2].map((k) => level[k]! * cos(roll) + upright[k]! * sin(roll)) as unknown as Point;

  for (let n = random.pick([0, 0, 1, 2, 3, 4]); n > 0; n--) {
    // Behind or beside, clear of the thing itself.
    const angle = random.range(-0.35, PI + 0.35);
    const distance = random.range(1.15, 2.6);
    things.push({ thing: clutter(random), rotation: rotation(random.range(0, 2 * PI), 0), scale: random.range(0.5, 1.4), position: [cos(angle) * distance, floating ? random.range(-1, 1) : 0, -sin(angle) * distance] });
  }
  if (random.chance(0.3)) {
    // In front, at one side: hides a part.
    const size = random.range(0.35, 0.8);
    const near = random.range(0.35, 0.6);
    const side = (random.chance(0.5) ? 1 : -1) * random.range(0.25, 0.5);
    const at = [0, 1, 2].map((k) => eye[k]! + (target[k]! - eye[k]!) * near + right[k]! * side) as unknown as Point;
    things.push({ thing: clutter(random), rotation: rotation(random.range(0, 2 * PI), 0), scale: size, position: [at[0], floating ? at[1] - 0.3 : Math.max(0, at[1] - 0.55), at[2]] });
  }

  const light = random.range(0.5, 1.4);
  const warmth = random.range(-0.18, 0.25);
  const ambient = random.range(0.25, 0.75);
  const height = random.range(0.35, 1.4);
  const around = random.range(-PI * 0.15, PI * 1.15);
  return {
    things,
    floor: floating ? null : matt(random),
    wall: floating || random.chance(0.45) ? null : { material: matt(random), away: random.range(1.2, 4) },
    sky: sky(random),
    ambient: [ambient * (1 - warmth * 0.5), ambient, ambient * (1 + warmth * 0.5)],
    sun: { direction: unit([cos(around) * cos(height), sin(height), sin(around) * cos(height)]), colour: [light * (1 + warmth), light, light * (1 - warmth)], softness: random.range(0.04, 0.3) },
    camera: { eye, right, up: cross(right, forward), forward, zoom: 1 / tan(halfAngle) },
  };
}
