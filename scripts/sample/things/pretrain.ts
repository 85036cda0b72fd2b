/** The classes the embedded backbone learns from: none of them in the sample, so that the sample stays new to it. */
import { anyMaterial, coloured, metallic, mostly, wooden } from '../materials';
import type { Random } from '../random';
import { type Point, type Solid, ball, box, cut, cylinder, ellipsoid, extrude, join, lathe, lumpy, melt, mirror, move, ring, rod, stretch, torus, turn, twist } from '../solids';
import { type Maker, type Part, part } from '../thing';

const { PI, cos, sin } = Math;
const any = anyMaterial;
const dark = (random: Random) => coloured(random, [0, 1], [0, 0.2], [0.08, 0.3]);
const pale = (random: Random) => coloured(random, [0, 1], [0, 0.2], [0.8, 1]);
const wheelAt = (r: number, w: number, x: number, z: number) => mirror(move(turn(cylinder(r, w, 0.02), 'x', PI / 2), x, r, z), 'z');
const around = (n: number, make: (angle: number, i: number) => Part[]): Part[] => Array.from({ length: n }, (_, i) => make((i / n) * 2 * PI, i)).flat();

const vase: Maker = (random) => {
  const r = () => random.range(0.1, 0.38);
  const [a, b, c, d] = [r(), r() + 0.05, random.range(0.06, 0.2), random.range(0.1, 0.3)];
  return part(any(random), lathe([[a, 0], [(a + b) / 2, 0.18], [b, 0.4], [(b + c) / 2, 0.62], [c, 0.78], [d, 0.95], [d - 0.03, 0.95], [c - 0.03, 0.78], [0, 0.6]]));
};

const bowl: Maker = (random) => {
  const [r, h, foot] = [random.range(0.4, 0.6), random.range(0.18, 0.42), random.range(0.12, 0.25)];
  const parts = part(any(random), lathe([[foot, 0], [foot, 0.04], [r * 0.75, h * 0.4], [r, h], [r - 0.04, h], [r * 0.7, h * 0.45], [0, 0.08]]));
  if (random.chance(0.5)) for (let i = random.int(1, 5); i > 0; i--) parts.push(...part(any(random), move(ball(random.range(0.08, 0.16)), random.range(-0.2, 0.2), h * 0.85, random.range(-0.2, 0.2))));
  return parts;
};

const barrel: Maker = (random) => {
  const [r, h, bulge] = [random.range(0.25, 0.4), random.range(0.6, 1), random.range(1.1, 1.35)];
  const hoop = (y: number, k: number) => move(torus(r * k, 0.022), 0, h * y, 0);
  return [...part(mostly(random, wooden), lathe([[r, 0], [r * (1 + bulge) * 0.5, h * 0.25], [r * bulge, h * 0.5], [r * (1 + bulge) * 0.5, h * 0.75], [r, h]])), ...part(mostly(random, metallic), hoop(0.06, 1.03), hoop(0.3, (1 + bulge) * 0.51), hoop(0.7, (1 + bulge) * 0.51), hoop(0.94, 1.03))];
};

const bucket: Maker = (random) => {
  const [r, low, h] = [random.range(0.3, 0.42), random.range(0.2, 0.3), random.range(0.45, 0.7)];
  const bail = cut(turn(torus(r, 0.02), 'x', PI / 2 + random.range(-1, 1)), move(box(1, 1, 1), 0, -1, 0));
  return [...part(mostly(random, metallic, 0.4), lathe([[low, 0], [r, h], [r - 0.025, h], [low - 0.03, 0.04]]), move(torus(r, 0.02), 0, h, 0)), ...part(metallic(random), move(bail, 0, h, 0))];
};

const candle: Maker = (random) => {
  const [r, h] = [random.range(0.05, 0.14), random.range(0.35, 0.9)];
  const foot = random.range(0.18, 0.32);
  return [...part(any(random), move(cylinder(r, h / 2, 0.02), 0, h / 2 + 0.06, 0)), ...part(mostly(random, metallic), lathe([[foot, 0], [foot, 0.05], [r + 0.03, 0.06], [r + 0.03, 0.12], [r, 0.12]]), random.chance(0.4) ? move(turn(torus(0.07, 0.018), 'x', PI / 2), foot + 0.05, 0.08, 0) : ball(0.01)), ...part(coloured(random, [0.06, 0.15], [0.5, 0.9], [1, 1.4]), move(ellipsoid(0.035, 0.09, 0.035), 0, h + 0.17, 0))];
};

const goblet: Maker = (random) => {
  const [r, stem, h] = [random.range(0.16, 0.32), random.range(0.25, 0.5), random.range(0.25, 0.45)];
  const rim = r * random.range(0.6, 1.2);
  return part({ ...any(random), gloss: 0.6 }, lathe([[r, 0], [0.05, 0.04], [0.03, stem], [r, stem + h * 0.4], [rim, stem + h], [rim - 0.025, stem + h], [r - 0.03, stem + h * 0.4], [0, stem + 0.06]]));
};

const hammer: Maker = (random) => {
  const [h, w] = [random.range(0.7, 1.1), random.range(0.14, 0.26)];
  const head = random.chance(0.5) ? join(turn(cylinder(0.09, w), 'z', PI / 2), move(box(0.05, 0.07, 0.07), w, 0, 0)) : box(w, 0.08, 0.08);
  const lie = random.chance(0.5);
  const pose = (solid: Solid) => (lie ? move(turn(solid, 'z', PI / 2), h / 2, 0.1, 0) : solid);
  return [...part(mostly(random, wooden), pose(move(cylinder(random.range(0.03, 0.05), h / 2, 0.02), 0, h / 2, 0))), ...part(mostly(random, metallic), pose(move(head, 0, h, 0)))];
};

const ladder: Maker = (random) => {
  const [w, h, n] = [random.range(0.13, 0.24), random.range(0.9, 1.3), random.int(4, 8)];
  const rungs = Array.from({ length: n }, (_, i) => rod([-w, (h * (i + 0.6)) / n, 0], [w, (h * (i + 0.6)) / n, 0], 0.018));
  const side = join(mirror(rod([w, 0, 0], [w * random.range(0.7, 1), h, 0], 0.03), 'x'), ...rungs);
  const lean = random.range(0.1, 0.35);
  const m = mostly(random, random.chance(0.5) ? wooden : metallic);
  return random.chance(0.5) ? part(m, turn(side, 'x', -lean)) : part(m, move(turn(side, 'x', -lean), 0, 0, h * sin(lean)), move(turn(side, 'x', lean), 0, 0, -h * sin(lean)));
};

const bed: Maker = (random) => {
  const [w, l, h] = [random.range(0.28, 0.45), random.range(0.55, 0.7), random.range(0.14, 0.24)];
  const frame = mostly(random, wooden);
  const parts = [...part(frame, move(box(0.03, random.range(0.2, 0.32), w), -l, 0.24, 0), move(box(0.03, random.range(0.1, 0.2), w), l, 0.15, 0)), ...part(any(random), move(box(l, 0.07, w * 0.97, 0.04), 0, h, 0)), ...part(pale(random), move(box(0.1, 0.05, w * 0.7, 0.04), -l * 0.75, h + 0.1, 0))];
  if (random.chance(0.7)) parts.push(...part(any(random), move(box(l * 0.65, 0.08, w, 0.04), l * 0.3, h + 0.015, 0)));
  return parts;
};

const sofa: Maker = (random) => {
  const [w, d, h] = [random.range(0.32, 0.65), random.range(0.24, 0.32), random.range(0.14, 0.2)];
  const cloth = any(random);
  const soft = random.range(0.02, 0.07);
  const parts = [...part(cloth, move(box(w, h, d, soft), 0, h + 0.04, 0), move(box(w, random.range(0.2, 0.3), 0.08, soft), 0, 0.4, -d), mirror(move(box(0.08, random.range(0.16, 0.24), d, soft), w, 0.3, 0), 'x'))];
  const n = random.int(1, 3);
  for (let i = 0; i < n; i++) parts.push(...part(random.chance(0.6) ? cloth : any(random), move(box(w / n - 0.01, 0.05, d * 0.9, 0.04), ((2 * i + 1) / n - 1) * (w - 0.06), 2 * h + 0.06, 0.04)));
  return parts;
};

const bookshelf: Maker = (random) => {
  const [w, h, n] = [random.range(0.25, 0.45), random.range(0.45, 0.6), random.int(2, 4)];
  const frame = mostly(random, wooden);
  const shelves = Array.from({ length: n + 1 }, (_, i) => move(box(w, 0.02, 0.14), 0, 0.03 + ((2 * h - 0.06) * i) / n, 0));
  const parts = part(frame, mirror(move(box(0.02, h, 0.14), w, h, 0), 'x'), ...shelves, ...(random.chance(0.6) ? [move(box(w, h, 0.01), 0, h, -0.13)] : []));
  for (let i = 0; i < n; i++)
    for (let x = -w + 0.06; x < w - 0.06; ) {
      const [t, tall] = [random.range(0.025, 0.06), random.range(0.6, 0.95) * (h / n - 0.02)];
      if (random.chance(0.8)) parts.push(...part({ ...coloured(random, [0, 1], [0, 0.9], [0.2, 0.95]) }, move(box(t * 0.9, tall, 0.1), x + t, 0.05 + ((2 * h - 0.06) * i) / n + tall, 0)));
      x += 2 * t;
    }
  return parts;
};

const boat: Maker = (random) => {
  const [l, w, h] = [random.range(0.5, 0.7), random.range(0.16, 0.26), random.range(0.12, 0.24)];
  const hull = cut(move(ellipsoid(l, h * 1.6, w), 0, h, 0), move(box(2, 1, 2), 0, h + 1, 0), move(ellipsoid(l * 0.9, h * 1.2, w * 0.85), 0, h + 0.04, 0));
  const parts = part(any(random), hull);
  if (random.chance(0.65)) {
    const mast = random.range(0.7, 1.1);
    parts.push(...part(wooden(random), rod([0, 0.1, 0], [0, mast + h, 0], 0.02)), ...part(mostly(random, pale, 0.5), move(extrude([[0.04, 0], [0.04, mast * 0.85], [l * random.range(0.6, 0.9), 0]], 0.015), 0, h + 0.1, 0)));
    if (random.chance(0.6)) parts.push(...part(any(random), move(extrude([[-0.04, 0], [-0.04, mast * 0.8], [-l * 0.8, 0]], 0.015), 0, h + 0.08, 0)));
  } else parts.push(...part(any(random), move(box(l * 0.35, h * 0.8, w * 0.6, 0.03), l * 0.15, h * 1.5, 0), move(cylinder(0.05, 0.14), l * 0.2, h * 2.4, 0)));
  return parts;
};

const aeroplane: Maker = (random) => {
  const [l, r, span] = [random.range(0.5, 0.65), random.range(0.06, 0.12), random.range(0.45, 0.75)];
  const sweep = random.range(-0.02, 0.3);
  const paint = any(random);
  const wings = mirror(turn(extrude([[-0.1, 0], [0.12, 0], [0.06 + sweep, span], [-0.02 + sweep, span]], 0.018), 'x', PI / 2), 'z');
  const tail = mirror(turn(extrude([[0, 0], [0.12, 0], [0.14, span * 0.35], [0.07, span * 0.35]], 0.014), 'x', PI / 2), 'z');
  const y = random.range(0.2, 0.35);
  const up = (solid: Solid, dx: number, dy: number) => move(solid, dx, y + dy, 0);
  const parts = [...part(paint, up(rod([-l, 0, 0], [l, 0.04, 0], r, r * 0.4), 0, 0)), ...part(random.chance(0.5) ? paint : any(random), up(wings, 0, random.chance(0.3) ? r : -0.02), up(tail, l - 0.14, 0.05), up(extrude([[l - 0.16, 0.02], [l - 0.02, 0.28], [l + 0.06, 0.28], [l, 0.02]], 0.014), 0, 0))];
  parts.push(...part(dark(random), ...(random.chance(0.5) ? [up(mirror(move(turn(cylinder(0.045, 0.09), 'z', PI / 2), 0, 0, span * 0.45), 'z'), 0, -0.08)] : [up(box(0.015, 0.24, 0.02), -l - r, 0), up(ellipsoid(0.12, 0.06, 0.06), -l * 0.4, r * 0.8)])));
  return parts;
};

const rocket: Maker = (random) => {
  const [r, h] = [random.range(0.1, 0.2), random.range(0.55, 0.9)];
  const fin = extrude([[r * 0.8, 0.1], [r + random.range(0.12, 0.25), 0], [r + 0.15, 0.12], [r * 0.8, 0.38]], 0.018);
  return [...part(any(random), lathe([[r * 0.7, 0.08], [r, 0.2], [r * 1.05, h * 0.6], [r * 0.9, h]])), ...part(any(random), move(lathe([[r * 0.92, 0], [r * 0.6, r * 1.2], [0.01, r * random.range(2, 3)]]), 0, h, 0)), ...part(any(random), ring(fin, random.int(3, 4))), ...part(dark(random), move(turn(cylinder(0.055, 0.03), 'x', PI / 2), 0, h * 0.75, r * 0.95))];
};

const locomotive: Maker = (random) => {
  const [l, r] = [random.range(0.4, 0.55), random.range(0.13, 0.19)];
  const y = 0.22;
  const paint = any(random);
  return [
    ...part(paint, move(turn(cylinder(r, l * 0.62), 'z', PI / 2), -l * 0.35, y + r, 0)),
    ...part(random.chance(0.5) ? paint : any(random), move(box(l * 0.3, random.range(0.22, 0.3), r * 1.3, 0.02), l * 0.62, y + 0.24, 0)),
    ...part(dark(random), move(box(l, 0.03, r * 1.2), 0, y, 0), move(lathe([[0.05, 0], [random.range(0.04, 0.11), 0.22]]), -l * 0.8, y + 2 * r - 0.03, 0), ...[-0.75, -0.3, 0.15, 0.65].map((x) => wheelAt(0.105, 0.03, x * l, r))),
    ...part(metallic(random), move(ball(r * 0.45), -l * 0.25, y + 2 * r - 0.02, 0)),
  ];
};

const bird: Maker = (random) => {
  const [l, plump] = [random.range(0.24, 0.36), random.range(0.6, 0.9)];
  const y = random.range(0.25, 0.6);
  const plumage = any(random);
  const lift = random.range(0.1, 0.4);
  const head: Point = [-l * 0.8, y + lift, 0];
  const spread = random.chance(0.35);
  return [
    ...part(plumage, melt(0.12, move(turn(ellipsoid(l, l * plump, l * plump * 0.8), 'z', -0.25), 0, y, 0), rod([-l * 0.5, y + 0.05, 0], head, 0.1, 0.07), move(ball(random.range(0.11, 0.15)), ...head))),
    ...part(random.chance(0.5) ? plumage : any(random), move(turn(box(0.18, 0.02, 0.08), 'z', random.range(-0.3, 0.6)), l + 0.08, y + 0.02, 0), mirror(move(spread ? turn(stretch(cylinder(0.3, 0.02), 0.6, 1, 1), 'x', -0.5) : turn(ellipsoid(l * 0.7, l * 0.35, 0.04), 'z', -0.35), l * 0.15, y + 0.05, spread ? l * 0.9 : l * plump * 0.78), 'z')),
    ...part(coloured(random, [0.03, 0.15], [0.6, 0.9], [0.5, 0.9]), move(turn(lathe([[0.045, 0], [0.005, random.range(0.1, 0.24)]]), 'z', PI / 2), head[0] - 0.09, head[1], 0), mirror(rod([0, y - 0.1, 0.07], [-0.02, 0, 0.09], 0.015), 'z')),
    ...part(dark(random), mirror(move(ball(0.025), head[0] - 0.06, head[1] + 0.04, 0.1), 'z')),
  ];
};

const snail: Maker = (random) => {
  const r = random.range(0.24, 0.36);
  const body = any(random);
  const whorls = Array.from({ length: 3 }, (_, i) => move(torus(r * (0.72 - i * 0.27), r * (0.3 - i * 0.06)), 0, i * 0.06, 0));
  const shell = turn(join(...whorls, move(ball(r * 0.25), 0, 0.2, 0)), 'x', PI / 2);
  return [...part(any(random), move(join(shell, turn(shell, 'y', PI)), 0.05, r + 0.1, 0)), ...part(body, melt(0.08, rod([-0.45, 0.07, 0], [0.5, 0.05, 0], 0.1, 0.04), rod([-0.42, 0.06, 0], [-0.55, 0.25, 0], 0.09, 0.08)), mirror(rod([-0.55, 0.25, 0.03], [-0.66, 0.45, 0.1], 0.018, 0.03), 'z'))];
};

/** Dogs, horses, cows and so on. */
const quadruped: Maker = (random) => {
  const [l, thick, leg] = [random.range(0.26, 0.42), random.range(0.11, 0.2), random.range(0.22, 0.5)];
  const coat = random.chance(0.6) ? coloured(random, [0, 0.14], [0.1, 0.7], [0.15, 0.9]) : any(random);
  const y = leg + thick * 0.7;
  const head: Point = [-l - random.range(0.08, 0.25), y + random.range(0.12, 0.45), 0];
  const w = thick * 0.65;
  const parts = part(coat, melt(0.1, rod([-l, y, 0], [l, y, 0], thick, thick * random.range(0.8, 1.1)), rod([-l, y + 0.05, 0], head, thick * 0.6, 0.08), rod(head, [head[0] - random.range(0.12, 0.22), head[1] - random.range(0, 0.1), 0], 0.1, 0.06)), ...[-l, l].map((x) => mirror(rod([x, y, w], [x + random.range(-0.08, 0.08), 0.02, w], thick * 0.42, 0.04), 'z')));
  parts.push(...part(random.chance(0.6) ? coat : any(random), mirror(rod([head[0] + 0.03, head[1] + 0.07, 0.06], [head[0] + 0.05, head[1] + random.range(0.1, 0.25), 0.1], 0.04, 0.015), 'z'), rod([l + thick * 0.6, y + 0.05, 0], [l + thick + random.range(0.08, 0.25), y + random.range(-0.2, 0.3), 0], 0.035, 0.02)));
  return parts;
};

const flower: Maker = (random) => {
  const [h, n, r] = [random.range(0.5, 0.95), random.int(5, 12), random.range(0.1, 0.2)];
  const petal = any(random);
  const tip = random.range(-0.4, 0.5);
  const tiltAngle = random.range(0, 1.1);
  const face = (solid: Solid) => move(turn(solid, 'x', tiltAngle), 0, h, 0);
  const green = coloured(random, [0.2, 0.4], [0.4, 0.9], [0.25, 0.7]);
  return [
    ...part(petal, face(ring(move(turn(ellipsoid(r, 0.025, Math.min(0.1, (r * 5) / n)), 'z', tip), r * 1.2, r * tip * 0.8, 0), n))),
    ...part(any(random), face(move(ellipsoid(r * 0.6, 0.06, r * 0.6), 0, 0.03, 0))),
    ...part(green, rod([0, 0, 0], [0, h, 0], 0.022), ...Array.from({ length: random.int(1, 3) }, () => turn(move(turn(ellipsoid(0.14, 0.012, 0.05), 'z', 0.5), 0.13, h * random.range(0.2, 0.5), 0), 'y', random.range(0, 6.28)))),
  ];
};

const cactus: Maker = (random) => {
  const [r, h] = [random.range(0.1, 0.19), random.range(0.6, 1)];
  const skin = mostly(random, (q) => coloured(q, [0.22, 0.42], [0.4, 0.8], [0.25, 0.6]), 0.7);
  const arms: Solid[] = [];
  for (let i = random.int(1, 3); i > 0; i--) {
    const [y, out, side] = [h * random.range(0.3, 0.55), r + random.range(0.12, 0.2), i * 2.4];
    arms.push(turn(join(rod([0, y, 0], [out, y, 0], r * 0.6), rod([out, y, 0], [out, y + random.range(0.15, 0.4), 0], r * 0.6)), 'y', side));
  }
  const parts = part(skin, melt(0.04, rod([0, 0.1, 0], [0, h, 0], r), ...arms));
  if (random.chance(0.5)) parts.push(...part(any(random), lathe([[0.16, 0], [0.24, 0.25], [0.2, 0.25], [0.15, 0.2]])));
  return parts;
};

const apple: Maker = (random) => {
  const r = random.range(0.35, 0.5);
  const pear = random.chance(0.4) ? random.range(0.25, 0.5) : 0;
  const flesh = mostly(random, (q) => coloured(q, [-0.05, 0.32], [0.5, 0.95], [0.4, 0.9]), 0.6);
  const top = r * 1.8 + pear;
  const body = melt(0.2, move(ellipsoid(r, r * 0.92, r), 0, r * 0.9, 0), move(ball(pear > 0 ? r * 0.5 : r * 0.7), 0, r * 1.05 + pear, 0));
  return [...part({ ...flesh, gloss: 0.35, sharpness: 40 }, pear > 0 ? body : cut(body, move(ball(0.12), 0, top + 0.02, 0))), ...part(wooden(random), rod([0, top - 0.15, 0], [random.range(-0.1, 0.1), top + 0.16, 0], 0.02)), ...(random.chance(0.6) ? part(coloured(random, [0.22, 0.38], [0.5, 0.9], [0.3, 0.7]), move(turn(ellipsoid(0.15, 0.015, 0.07), 'z', 0.4), 0.14, top + 0.06, 0)) : [])];
};

const banana: Maker = (random) => {
  const [r, big] = [random.range(0.07, 0.12), random.range(0.4, 0.6)];
  const skin = mostly(random, (q) => coloured(q, [0.1, 0.22], [0.6, 0.95], [0.6, 0.95]), 0.6);
  const half = cut(turn(torus(big, r), 'x', PI / 2), move(box(2, 1, 1), 0, 1 - big * random.range(0.1, 0.4), 0));
  return around(random.int(1, 3), (_a, i) => part(skin, move(turn(half, 'x', (i - 0.5) * 0.35), 0, big + r, i * r * 1.6)));
};

const umbrella: Maker = (random) => {
  const [r, h] = [random.range(0.42, 0.6), random.range(0.8, 1.1)];
  const dome = cut(move(ellipsoid(r, r * random.range(0.5, 0.8), r), 0, 0, 0), ellipsoid(r - 0.03, r * 0.5, r - 0.03), move(box(1, 1, 1), 0, -1, 0));
  const hook = cut(move(turn(torus(0.07, 0.022), 'x', PI / 2), 0.07, 0.08, 0), move(box(1, 1, 1), 0, 1.08, 0));
  const lie = random.chance(0.3);
  const pose = (solid: Solid) => (lie ? move(turn(solid, 'z', 2), h * 0.7, r * 0.8, 0) : solid);
  return [...part(any(random), pose(move(dome, 0, h - r * 0.5, 0))), ...part(mostly(random, metallic), pose(rod([0, 0.08, 0], [0, h + 0.1, 0], 0.02)), pose(hook))];
};

const hat: Maker = (random) => {
  const [r, brim, h] = [random.range(0.2, 0.3), random.range(0.1, 0.28), random.range(0.15, 0.55)];
  const felt = any(random);
  const curl = random.range(-0.06, 0.1);
  const top = r * random.range(0.6, 1.1);
  return [...part(felt, lathe([[r + brim, curl], [r + brim, curl + 0.03], [r + 0.02, 0.05], [top, h], [0, h + random.range(-0.05, 0.08)], [0, h - 0.06], [r - 0.03, 0]], 0.015)), ...part(any(random), move(cylinder(r + 0.015, 0.035), 0, 0.09, 0))];
};

const boot: Maker = (random) => {
  const [h, l, w] = [random.range(0.35, 0.8), random.range(0.3, 0.45), random.range(0.1, 0.15)];
  const leather = any(random);
  const upper = cut(melt(0.12, move(cylinder(w * 1.05, h / 2), 0, h / 2 + 0.06, 0), rod([0, 0.14, 0], [-l, 0.11, 0], w * 0.95, w * 0.8)), move(box(2, 1, 2), 0, -0.95, 0), move(cylinder(w * 0.85, h), 0, h * 1.3, 0));
  return [...part(leather, upper), ...part(dark(random), move(box(l * 0.65, 0.03, w * 0.95, 0.03), -l * 0.42, 0.03, 0), move(box(0.09, random.range(0.03, 0.08), w * 0.85), 0.04, 0.03, 0)), ...(random.chance(0.5) ? part(any(random), move(torus(w * 1.1, 0.03), 0, h, 0)) : [])];
};

const clock: Maker = (random) => {
  const r = random.range(0.35, 0.5);
  const squareCase = random.chance(0.35);
  const y = r + 0.08;
  const stand = (solid: Solid) => move(turn(solid, 'x', PI / 2), 0, y, 0);
  const hand = (angle: number, length: number) => rod([0, y, 0.1], [sin(angle) * length, y + cos(angle) * length, 0.1], 0.022);
  const parts = [...part(any(random), squareCase ? move(box(r, r, 0.08, 0.03), 0, y, 0) : stand(cylinder(r, 0.08, 0.03))), ...part(pale(random), stand(move(cylinder(r * 0.85, 0.09), 0, 0, 0))), ...part(dark(random), hand(random.range(0, 6.28), r * 0.45), hand(random.range(0, 6.28), r * 0.7))];
  parts.push(...part(dark(random), ...Array.from({ length: 12 }, (_, i) => move(ball(0.024), sin((i * PI) / 6) * r * 0.75, y + cos((i * PI) / 6) * r * 0.75, 0.09))));
  parts.push(...part(mostly(random, metallic), ...(random.chance(0.5) ? [mirror(rod([r * 0.6, 0.02, 0], [r * 0.45, 0.25, 0], 0.03), 'x'), mirror(move(ball(0.12), r * 0.6, y + r * 0.85, 0), 'x')] : [move(box(r * 0.6, 0.03, 0.12), 0, 0.04, 0)])));
  return parts;
};

const gear: Maker = (random) => {
  const [r, n, t] = [random.range(0.3, 0.42), random.int(7, 14), random.range(0.05, 0.14)];
  const wheel = cut(join(cylinder(r, t), ring(move(box(0.07, t, (r * 2) / n), r + 0.03, 0, 0), n)), cylinder(random.range(0.06, 0.14), 1), ...(random.chance(0.5) ? [ring(move(cylinder(r * 0.2, 1), r * 0.62, 0, 0), random.int(3, 6))] : []));
  return part(mostly(random, metallic), random.chance(0.5) ? move(turn(wheel, 'x', PI / 2), 0, r + 0.1, 0) : move(wheel, 0, t, 0));
};

const doughnut: Maker = (random) => {
  const [big, small] = [random.range(0.3, 0.42), random.range(0.13, 0.22)];
  const glaze = cut(move(lumpy(torus(big, small + 0.015), 0.012, 3), 0, small, 0), move(box(2, 1, 2), 0, small - 1, 0));
  const parts = [...part(coloured(random, [0.05, 0.11], [0.4, 0.8], [0.4, 0.85]), move(torus(big, small), 0, small, 0)), ...part(any(random), glaze)];
  if (random.chance(0.6)) for (let i = 0; i < 12; i++) parts.push(...part({ ...any(random) }, move(turn(box(0.04, 0.012, 0.012), 'y', i * 2.1), cos(i * 0.52) * big * random.range(0.8, 1.2), 2 * small + 0.005, sin(i * 0.52) * big * random.range(0.8, 1.2))));
  return parts;
};

const tent: Maker = (random) => {
  const [w, l, h] = [random.range(0.35, 0.5), random.range(0.4, 0.65), random.range(0.4, 0.7)];
  const cloth = any(random);
  const door = extrude([[-w * 0.3, 0], [w * 0.3, 0], [0, h * 0.7]], 0.012);
  if (random.chance(0.35)) return [...part(cloth, lathe([[w, 0], [0.03, h * 1.3]])), ...part(dark(random), move(turn(door, 'x', -Math.atan2(w, h * 1.3)), 0, 0, w + 0.01)), ...part(wooden(random), rod([0, h, 0], [0.03, h * 1.45, 0], 0.02))];
  return [...part(cloth, extrude([[-w, 0], [w, 0], [0, h]], l)), ...part(dark(random), move(door, 0, 0, l)), ...part(wooden(random), mirror(rod([0, h, l], [0, 0, l + 0.3], 0.01), 'z'))];
};

const windmill: Maker = (random) => {
  const [r, h, blade] = [random.range(0.16, 0.26), random.range(0.6, 0.85), random.range(0.35, 0.55)];
  const sail = join(rod([0, 0, 0], [blade, 0, 0], 0.015), move(box(blade * 0.38, 0.01, random.range(0.05, 0.09)), blade * 0.6, 0, 0.05));
  const sails = move(turn(turn(ring(sail, random.pick([3, 4, 4])), 'y', random.range(0, 1.5)), 'x', PI / 2), 0, h, r * 0.9);
  return [...part(any(random), lathe([[r, 0], [r * 0.65, h]])), ...part(any(random), lathe([[r * 0.75, h], [0.02, h + r * 1.1]])), ...part(mostly(random, wooden), sails), ...part(dark(random), move(box(0.06, 0.11, 0.03), 0, 0.1, r * 0.95))];
};

const guitar: Maker = (random) => {
  const [r, neck] = [random.range(0.2, 0.28), random.range(0.45, 0.65)];
  const flat = (solid: Solid) => turn(solid, 'x', PI / 2);
  const body = melt(0.1, move(flat(cylinder(r, 0.06, 0.02)), 0, r, 0), move(flat(cylinder(r * random.range(0.65, 0.85), 0.06, 0.02)), 0, r * 2, 0));
  const top = r * 2.6 + neck;
  return [...part(mostly(random, wooden), body), ...part(dark(random), move(flat(cylinder(r * 0.33, 0.062)), 0, r * 1.65, 0.004), move(box(0.09, 0.02, 0.07), 0, r * 0.75, 0)), ...part(wooden(random), move(box(0.03, neck / 2, 0.02), 0, top - neck / 2, 0.05), move(box(0.055, 0.09, 0.02), 0, top + 0.07, 0.04))];
};

const snowman: Maker = (random) => {
  const r = random.range(0.25, 0.34);
  const k = random.range(0.65, 0.85);
  const snow = mostly(random, pale, 0.6);
  const [b, c] = [r * k, r * k * k];
  const [y1, y2] = [r * 1.7 + b * 0.6, r * 1.7 + b * 1.9 + c * 0.4];
  const parts = [...part(snow, move(ball(r), 0, r * 0.95, 0), move(ball(b), 0, y1, 0), move(ball(c), 0, y2, 0)), ...part(coloured(random, [0.03, 0.1], [0.7, 1], [0.6, 0.9]), move(turn(lathe([[0.04, 0], [0.005, 0.18]]), 'x', PI / 2), 0, y2, c)), ...part(dark(random), mirror(move(ball(0.028), c * 0.4, y2 + c * 0.35, c * 0.85), 'x'), move(ball(0.03), 0, y1, b), move(ball(0.03), 0, y1 - 0.12, b * 0.95), mirror(rod([b * 0.9, y1, 0], [b + 0.3, y1 + random.range(-0.1, 0.25), 0], 0.017), 'x'))];
  if (random.chance(0.6)) parts.push(...part(any(random), move(cylinder(c * 1.1, 0.015), 0, y2 + c * 0.75, 0), move(cylinder(c * 0.7, 0.1), 0, y2 + c * 0.75 + 0.1, 0)));
  return parts;
};

const dumbbell: Maker = (random) => {
  const [r, l] = [random.range(0.14, 0.26), random.range(0.25, 0.5)];
  const weight = random.pick([() => turn(cylinder(r, 0.1), 'z', PI / 2), () => ball(r), () => join(turn(cylinder(r, 0.05), 'z', PI / 2), move(turn(cylinder(r * 0.75, 0.1), 'z', PI / 2), 0.07, 0, 0))])();
  return [...part(any(random), move(mirror(move(weight, l, 0, 0), 'x'), 0, r, 0)), ...part(mostly(random, metallic), rod([-l, r, 0], [l, r, 0], random.range(0.03, 0.06)))];
};

const castle: Maker = (random) => {
  const stone = mostly(random, (q) => coloured(q, [0, 0.2], [0, 0.3], [0.3, 0.8]), 0.6);
  const [w, h] = [random.range(0.3, 0.42), random.range(0.25, 0.45)];
  const tower = h * random.range(1.3, 2);
  const towers = mirror(mirror(move(cylinder(0.12, tower / 2), w, tower / 2, w), 'x'), 'z');
  const roofs = random.chance(0.6) ? part(any(random), mirror(mirror(move(lathe([[0.16, 0], [0.01, random.range(0.2, 0.4)]]), w, tower, w), 'x'), 'z')) : part(stone, mirror(mirror(move(ring(move(box(0.03, 0.05, 0.03), 0.1, 0.04, 0), 5), w, tower, w), 'x'), 'z'));
  return [...part(stone, move(box(w, h / 2, w), 0, h / 2, 0), towers), ...roofs, ...part(dark(random), move(box(0.08, 0.13, 0.02), 0, 0.12, w))];
};

/** A twisted bar or column: something no kitchen has, for its surface. */
const screw: Maker = (random) => {
  const h = random.range(0.5, 1);
  const bar = box(random.range(0.08, 0.18), h / 2, random.range(0.05, 0.12), 0.02);
  const top = random.range(0.16, 0.28);
  return [...part(mostly(random, metallic), move(twist(bar, random.range(4, 9)), 0, h / 2, 0)), ...part(any(random), move(random.chance(0.5) ? cylinder(top, 0.05) : ball(top * 0.7), 0, h + 0.04, 0))];
};

export const pretrainThings: Readonly<Record<string, Maker>> = {
  aeroplane, apple, banana, barrel, bed, bird, boat, bookshelf, boot, bowl, bucket, cactus, candle, castle, clock, doughnut, dumbbell, flower,
  gear, goblet, guitar, hammer, hat, ladder, locomotive, quadruped, rocket, screw, snail, snowman, sofa, tent, umbrella, vase, windmill,
};
