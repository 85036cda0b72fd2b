/** The ten classes of the sample data set. Kin among them (mug and bottle, chair and table, lamp, mushroom and tree, car and house) keep it from being easy. */
import { anyMaterial, coloured, metallic, mostly, wooden } from '../materials';
import type { Random } from '../random';
import { type Point, type Point2, type Solid, ball, box, common, cut, cylinder, ellipsoid, extrude, join, lathe, lumpy, melt, mirror, move, rod, stretch, torus, turn } from '../solids';
import { type Maker, type Part, part } from '../thing';

const { PI, cos, sin } = Math;
const dark = (random: Random) => coloured(random, [0, 1], [0, 0.2], [0.08, 0.3]);
const glassy = (random: Random) => ({ ...coloured(random, [0.3, 0.7], [0.1, 0.7], [0.3, 0.8]), gloss: 0.7, sharpness: 90 });

const bottle: Maker = (random) => {
  const r = random.range(0.16, 0.3);
  const neck = r * random.range(0.22, 0.5);
  const shoulder = random.range(0.45, 0.8);
  const top = shoulder + random.range(0.2, 0.5);
  const waist = random.chance(0.3) ? r * random.range(0.75, 0.95) : r;
  const profile: Point2[] = [[r * 0.9, 0], [r, 0.04], [waist, shoulder * 0.5], [r, shoulder * 0.85], [r * 0.85, shoulder], [neck * 1.2, shoulder + (top - shoulder) * random.range(0.25, 0.7)], [neck, top]];
  const square = random.chance(0.2);
  const glass = random.chance(0.5) ? glassy(random) : anyMaterial(random);
  const body = square ? melt(0.06, move(box(r * 0.9, shoulder / 2, r * 0.7, 0.05), 0, shoulder / 2, 0), move(cylinder(neck, (top - shoulder) / 2 + 0.05), 0, (top + shoulder) / 2 - 0.05, 0)) : lathe(profile);
  const parts = part(glass, body);
  if (random.chance(0.75)) parts.push(...part(anyMaterial(random), move(cylinder(neck * random.range(1.1, 1.4), random.range(0.03, 0.08)), 0, top, 0)));
  if (!square && random.chance(0.55)) parts.push(...part(anyMaterial(random), move(cylinder(r + 0.008, shoulder * random.range(0.12, 0.25)), 0, shoulder * 0.45, 0)));
  return parts;
};

const mug: Maker = (random) => {
  const r = random.range(0.26, 0.42);
  const h = random.range(0.5, 0.95);
  const base = r * random.range(0.7, 1.1);
  const wall = random.range(0.03, 0.06);
  const belly = random.chance(0.35) ? Math.max(r, base) * random.range(1, 1.2) : (r + base) / 2;
  const profile: Point2[] = [[base, 0], [belly, h * 0.5], [r, h], [r - wall, h], [belly - wall, h * 0.5], [base - wall, wall * 1.5]];
  const clay = anyMaterial(random);
  const reach = random.range(0.14, 0.24);
  const loop = stretch(turn(torus(reach, random.range(0.03, 0.055)), 'x', PI / 2), random.range(0.8, 1.2), random.range(0.9, 1.4) * Math.min(1, h), 1);
  const squareHandle = cut(box(reach, reach, 0.035, 0.02), box(reach - 0.07, reach - 0.07, 0.2));
  const handle = cut(move(random.chance(0.75) ? loop : squareHandle, belly, h * random.range(0.45, 0.58), 0), move(cylinder(Math.min(belly, base, r) - wall / 2, h), 0, h / 2, 0));
  const parts: Part[] = [...part(clay, lathe(profile)), ...part(random.chance(0.75) ? clay : anyMaterial(random), handle)];
  if (random.chance(0.6)) parts.push(...part(coloured(random, [0.02, 0.12], [0.4, 0.9], [0.1, 0.5]), move(cylinder(Math.min(base, r) - wall, 0.01), 0, h * random.range(0.6, 0.88), 0)));
  return parts;
};

/** Four legs of a table or chair whose seat is `w` x `d` (half sizes) at height `h`. */
function legs(random: Random, w: number, d: number, h: number): Solid {
  const thick = random.range(0.018, 0.05);
  const splay = random.chance(0.4) ? random.range(0.03, 0.12) : 0;
  const [x, z] = [w - thick * 1.3, d - thick * 1.3];
  const leg = random.chance(0.5) ? rod([x + splay, 0.01, z + splay], [x, h, z], thick * 0.7, thick) : move(box(thick, h / 2, thick), x, h / 2, z);
  const four = mirror(mirror(leg, 'x'), 'z');
  return random.chance(0.3) ? join(four, mirror(rod([x, h * 0.4, -z], [x, h * 0.4, z], thick * 0.6), 'x')) : four;
}

const chair: Maker = (random) => {
  const w = random.range(0.2, 0.3);
  const d = random.range(0.2, 0.28);
  const h = random.range(0.35, 0.55);
  const back = random.range(0.35, 0.65);
  const frame = mostly(random, random.chance(0.5) ? wooden : metallic, 0.6);
  const seat = random.chance(0.5) ? frame : anyMaterial(random);
  const t = random.range(0.02, 0.05);
  const parts: Part[] = part(seat, move(random.chance(0.75) ? box(w, t, d, 0.02) : cylinder(w, t), 0, h, 0));
  const lean = random.range(0, 0.25);
  const atBack = (solid: Solid) => move(turn(solid, 'x', -lean), 0, h, -d + t);
  switch (random.int(0, 3)) {
    case 0:
      parts.push(...part(seat, atBack(move(box(w, back / 2, t * 0.8, 0.02), 0, back / 2, 0))));
      break;
    case 1: // slats across
      parts.push(...part(frame, atBack(mirror(rod([w - t, 0, 0], [w - t, back, 0], t), 'x'))));
      for (let n = random.int(1, 3), i = 1; i <= n; i++) parts.push(...part(seat, atBack(move(box(w - t, back * 0.09, t * 0.5), 0, (back * i) / n - back * 0.08, 0))));
      break;
    case 2: // spindles
      parts.push(...part(frame, atBack(move(box(w, 0.04, t, 0.02), 0, back, 0)), atBack(join(mirror(rod([w - t, 0, 0], [w - t, back, 0], 0.02), 'x'), mirror(rod([w * 0.35, 0, 0], [w * 0.35, back, 0], 0.016), 'x')))));
      break;
    default: // round back
      parts.push(...part(seat, atBack(move(stretch(turn(cylinder(w, t * 0.8), 'x', PI / 2), 1, back / w / 2, 1), 0, back / 2, 0))));
  }
  if (random.chance(0.25)) parts.push(...part(frame, mirror(join(move(box(0.025, 0.02, d * 0.9), w, h + 0.22, 0), rod([w, h, d * 0.7], [w, h + 0.22, d * 0.7], 0.02)), 'x')));
  parts.push(...part(frame, random.chance(0.8) ? legs(random, w, d, h) : join(move(cylinder(0.035, h / 2), 0, h / 2, 0), move(cylinder(w * 0.8, 0.02), 0, 0.02, 0))));
  return parts;
};

const table: Maker = (random) => {
  const w = random.range(0.35, 0.7);
  const round = random.chance(0.35);
  const d = round ? w : w * random.range(0.5, 1);
  const h = random.range(0.3, 0.7);
  const t = random.range(0.015, 0.045);
  const frame = mostly(random, random.chance(0.6) ? wooden : metallic, 0.6);
  const top = random.chance(0.5) ? frame : anyMaterial(random);
  const parts: Part[] = part(top, move(round ? cylinder(w, t) : box(w, t, d, 0.015), 0, h, 0));
  if (random.chance(round ? 0.6 : 0.12)) parts.push(...part(frame, move(cylinder(random.range(0.03, 0.08), h / 2), 0, h / 2, 0), lathe([[w * 0.55, 0], [w * 0.5, 0.03], [0.03, 0.1]])));
  else if (!round && random.chance(0.2)) parts.push(...part(frame, mirror(move(box(t, h / 2, d * 0.9), w * 0.8, h / 2, 0), 'x'), move(box(w * 0.8, 0.04, t), 0, h * 0.5, 0)));
  else parts.push(...part(frame, legs(random, round ? w * 0.72 : w, round ? d * 0.72 : d, h)));
  if (!round && random.chance(0.4)) parts.push(...part(frame, move(box(w * 0.9, 0.05, d * 0.9), 0, h - 0.06, 0)));
  // Something on it, now and then.
  for (let n = random.pick([0, 0, 0, 1, 2]); n > 0; n--) {
    const s = random.range(0.04, 0.1);
    const [x, z] = [random.range(-0.6, 0.6) * w, random.range(-0.6, 0.6) * d];
    parts.push(...part(anyMaterial(random), move(random.pick([ball(s), box(s, s, s * 1.3), cylinder(s * 0.7, s)]), x, h + t + s, z)));
  }
  return parts;
};

const lamp: Maker = (random) => {
  const stem = random.range(0.35, 1);
  const shadeMaterial = random.chance(0.5) ? coloured(random, [0.08, 0.16], [0.1, 0.6], [0.7, 1]) : anyMaterial(random);
  const frame = mostly(random, metallic, 0.5);
  const r = random.range(0.2, 0.38);
  const h = random.range(0.2, 0.38);
  const foot = random.range(0.14, 0.26);
  const base = random.pick([
    () => move(cylinder(foot, 0.025), 0, 0.025, 0),
    () => lathe([[foot, 0], [foot * 0.8, 0.04], [0.04, 0.09]]),
    () => move(ellipsoid(foot * 0.8, stem * 0.35, foot * 0.8), 0, stem * 0.35, 0),
    () => mirror(mirror(rod([foot, 0.01, foot], [0.01, stem * 0.6, 0.01], 0.02), 'x'), 'z'),
    () => move(box(foot * 0.8, 0.03, foot * 0.8), 0, 0.03, 0),
  ])();
  const [top, open] = [r * random.range(0.3, 0.9), r];
  const hood = random.chance(0.75)
    ? lathe([[open, 0], [top, h], [top - 0.02, h], [open - 0.02, 0.001]], 0.01)
    : cut(move(ball(r), 0, 0, 0), ball(r - 0.03), move(box(r * 2, r, r * 2), 0, -r * 1.05, 0));
  if (random.chance(0.3)) {
    // A reading lamp: bent arm and tilted hood.
    const elbow: Point = [-random.range(0.05, 0.3), stem * 0.6, 0];
    const end: Point = [random.range(0.1, 0.35), stem, 0];
    return [...part(frame, base, rod([0, 0, 0], elbow, 0.022), rod(elbow, end, 0.022)), ...part(shadeMaterial, move(turn(stretch(move(hood, 0, -h * 0.8, 0), 0.75, 0.75, 0.75), 'z', random.range(0.2, 0.9)), ...end))];
  }
  return [...part(frame, base, rod([0, 0, 0], [0, stem + h * 0.6, 0], random.range(0.012, 0.035))), ...part(shadeMaterial, move(hood, 0, stem, 0)), ...(random.chance(0.5) ? part(coloured(random, [0.1, 0.16], [0, 0.2], [1, 1.3]), move(ball(0.07), 0, stem + 0.05, 0)) : [])];
};

const leafy = (random: Random) => ({ ...coloured(random, random.chance(0.75) ? [0.2, 0.4] : [0, 0.15], [0.4, 0.9], [0.25, 0.7]), gloss: 0.03 });

const tree: Maker = (random) => {
  const bark = mostly(random, wooden, 0.8);
  const leaf = mostly(random, leafy, 0.75);
  const trunk = random.range(0.25, 0.6);
  const thick = random.range(0.03, 0.09);
  const lean = random.range(-0.08, 0.08);
  const stem = (to: number) => rod([0, 0, 0], [lean, to, 0], thick * 1.2, thick * 0.5);
  const rough = (solid: Solid, s: number) => lumpy(solid, s * 0.06, 1.6 / s);
  switch (random.int(0, 3)) {
    case 0: { // conifer
      const n = random.int(2, 5);
      const r = random.range(0.25, 0.42);
      const crown = Array.from({ length: n }, (_, i) => {
        const y = trunk * 0.5 + (i * 0.8) / n;
        const w = r * (1 - (i / n) * 0.75);
        return move(lathe([[w, 0], [0.015, 0.75 / n + 0.25]]), lean * 0.7, y, 0);
      });
      return [...part(bark, stem(trunk)), ...part(leaf, ...crown)];
    }
    case 1: { // round crown
      const r = random.range(0.25, 0.42);
      return [...part(bark, stem(trunk + r)), ...part(leaf, rough(move(ellipsoid(r, r * random.range(0.8, 1.5), r * random.range(0.8, 1.1)), lean, trunk + r * 0.9, 0), r))];
    }
    case 2: { // several balls of foliage on branches
      const parts: Part[] = part(bark, stem(trunk + 0.25));
      for (let n = random.int(3, 5), i = 0; i < n; i++) {
        const a = (i / n) * 2 * PI + random.range(-0.4, 0.4);
        const reach = random.range(0.1, 0.28);
        const to: Point = [cos(a) * reach, trunk + random.range(0.1, 0.5), sin(a) * reach];
        const s = random.range(0.15, 0.27);
        parts.push(...part(bark, rod([0, trunk * 0.8, 0], to, thick * 0.5, thick * 0.3)), ...part(leaf, rough(move(ellipsoid(s, s * 0.8, s), ...to), s)));
      }
      return parts;
    }
    default: { // palm: bent trunk and arching leaves
      const tip: Point = [lean * 3, trunk + 0.35, 0];
      const parts: Part[] = part(bark, rod([0, 0, 0], [lean * 0.5, tip[1] * 0.5, 0], thick, thick * 0.8), rod([lean * 0.5, tip[1] * 0.5, 0], tip, thick * 0.8, thick * 0.6));
      for (let n = random.int(5, 8), i = 0; i < n; i++) {
        const frond = move(stretch(turn(cut(torus(0.26, 0.05), move(box(1, 1, 1), -1, 0, 0), move(box(1, 1, 1), 0, 0, 1)), 'x', PI / 2), 1, 0.8, 1.3), 0, -0.2, 0);
        parts.push(...part(leaf, move(turn(frond, 'y', (i / n) * 2 * PI + random.range(-0.2, 0.2)), ...tip)));
      }
      return parts;
    }
  }
};

const house: Maker = (random) => {
  const w = random.range(0.28, 0.48);
  const d = random.range(0.28, 0.6);
  const h = random.range(0.2, 0.6);
  const walls = mostly(random, (r) => coloured(r, [0, 0.17], [0.05, 0.5], [0.5, 0.95]), 0.5);
  const tiles = mostly(random, (r) => coloured(r, [-0.05, 0.08], [0.3, 0.8], [0.2, 0.7]), 0.5);
  const pane = { ...dark(random), gloss: 0.5 };
  const parts: Part[] = part(walls, move(box(w, h, d), 0, h, 0));
  const rise = random.range(0.15, 0.45);
  const eave = random.range(0.02, 0.09);
  switch (random.int(0, 3)) {
    case 0: // hip
      parts.push(...part(tiles, move(stretch(turn(lathe([[(w + eave) * 1.414, 0], [0.02, rise]]), 'y', 0), 1, 1, 1), 0, 2 * h, 0)).map((p) => ({ ...p, solid: common(p.solid, move(box(w + eave, 2, d + eave), 0, 2 * h, 0)) })));
      break;
    case 1: // lean-to
      parts.push(...part(tiles, move(extrude([[-w - eave, 0], [w + eave, 0], [w + eave, 0.04], [-w - eave, rise]], d + eave), 0, 2 * h, 0)));
      break;
    default: // gable
      parts.push(...part(walls, move(extrude([[-w, 0], [w, 0], [0, rise]], d), 0, 2 * h - 0.005, 0)));
      parts.push(...part(tiles, move(extrude([[-w - eave, -eave * 0.6], [0, rise], [w + eave, -eave * 0.6], [w + eave, 0.02], [0, rise + 0.06], [-w - eave, 0.02]], d + eave), 0, 2 * h, 0)));
  }
  if (random.chance(0.55)) parts.push(...part(anyMaterial(random), move(box(0.05, rise * 0.55, 0.05), w * random.range(-0.6, 0.6), 2 * h + rise * 0.6, d * random.range(-0.5, 0.5))));
  const door = 0.16 + h * 0.25;
  parts.push(...part(anyMaterial(random), move(box(0.07, door / 2, 0.02), w * random.range(-0.5, 0.5), door / 2, d)));
  const floors = h > 0.38 ? [0.55, 1.45] : [1.05];
  const s = random.range(0.045, 0.08);
  for (const y of floors) {
    parts.push(...part(pane, mirror(mirror(move(box(s, s * 1.3, 0.015), w * 0.55, h * y + 0.02, d), 'x'), 'z')));
    parts.push(...part(pane, mirror(mirror(move(box(0.015, s * 1.3, s), w, h * y + 0.02, d * 0.5), 'x'), 'z')));
  }
  return parts;
};

const fish: Maker = (random) => {
  const length = random.range(0.35, 0.6);
  const tall = length * random.range(0.28, 0.7);
  const thin = tall * random.range(0.35, 0.75);
  const skin = random.chance(0.5) ? { ...anyMaterial(random), gloss: 0.4, sharpness: 30 } : anyMaterial(random);
  const fins = random.chance(0.5) ? skin : anyMaterial(random);
  const y = tall * 1.1;
  const tail = random.range(0.14, 0.26);
  const fork = random.range(-0.02, 0.14);
  const up = (solid: Solid) => move(solid, 0, y, 0);
  const tip = length * 0.85;
  const parts: Part[] = [
    ...part(skin, up(melt(0.1, ellipsoid(length, tall, thin), rod([length * 0.5, 0, 0], [length + 0.05, 0, 0], thin * 0.7, 0.035)))),
    ...part(fins, up(extrude([[tip, 0.03], [tip + tail, tail * random.range(0.7, 1.2)], [tip + tail - fork, 0], [tip + tail, -tail * random.range(0.7, 1.2)], [tip, -0.03]], 0.018))),
    ...part(fins, up(extrude([[-length * 0.3, tall * 0.8], [length * 0.05, tall + random.range(0.06, 0.24)], [length * 0.5, tall * 0.6]], 0.015))),
    ...part(fins, up(mirror(move(turn(extrude([[0, 0], [0.2, 0.05], [0.17, -0.13]], 0.012), 'y', -random.range(0.3, 0.8)), -length * 0.3, -tall * 0.2, thin * 0.85), 'z'))),
  ];
  const eye = random.range(0.03, 0.055);
  const white = coloured(random, [0, 1], [0, 0.15], [0.8, 1]);
  const at = -length * 0.68;
  const side = thin * Math.sqrt(Math.max(0.1, 1 - 0.68 ** 2 - 0.05)) * 0.95;
  parts.push(...part(white, up(mirror(move(ball(eye), at, tall * 0.2, side), 'z'))), ...part(dark(random), up(mirror(move(ball(eye * 0.62), at - 0.008, tall * 0.2, side + eye * 0.5), 'z'))));
  return parts;
};

const car: Maker = (random) => {
  const length = random.range(0.5, 0.75);
  const width = random.range(0.22, 0.3);
  const wheel = random.range(0.09, 0.14);
  const belt = wheel + random.range(0.14, 0.24);
  const roof = belt + random.range(0.12, 0.26);
  const paint = { ...(random.chance(0.8) ? coloured(random, [0, 1], [0, 0.9], [0.2, 0.95]) : anyMaterial(random)), gloss: random.range(0.2, 0.6), sharpness: 60 };
  const pane = { ...dark(random), gloss: 0.6 };
  const [a, b, c, d] = random.pick([
    [-0.45, -0.2, 0.45, 0.75], // saloon
    [-0.45, -0.15, 0.85, 0.97], // hatchback, estate
    [-0.75, -0.6, 0.95, 0.99], // van
    [-0.3, -0.1, 0.25, 0.3], // pick-up
    [-0.3, 0.0, 0.25, 0.7], // coupe
  ] as const).map((v) => v * length) as [number, number, number, number];
  const nose = belt - random.range(0.02, 0.08);
  const low = wheel * 0.8;
  const shell = extrude([[-length, low], [length, low], [length, belt - 0.02], [d, belt], [a, belt], [-length * 0.95, nose]], width, 0.04);
  const cabin = extrude([[a, belt - 0.03], [d, belt - 0.03], [c, roof], [b, roof]], width * 0.88, 0.03);
  const glass = extrude([[a + 0.05, belt + 0.01], [d - 0.05, belt + 0.01], [c - 0.02, roof - 0.03], [b + 0.02, roof - 0.03]], width * 0.88 + 0.012, 0.01);
  const screen = extrude([[a - 0.012, belt + 0.015], [a + 0.03, belt + 0.015], [b + 0.03, roof - 0.03], [b - 0.012, roof - 0.03]], width * 0.76, 0.005);
  const [front, rear] = [-length * random.range(0.58, 0.68), length * random.range(0.55, 0.68)];
  const tyre = (x: number, r: number, w: number) => mirror(move(turn(cylinder(r, w, 0.015), 'x', PI / 2), x, wheel, width * 0.93), 'z');
  const parts: Part[] = [...part(paint, shell, cabin), ...part(pane, glass, screen), ...part(dark(random), tyre(front, wheel, 0.05), tyre(rear, wheel, 0.05)), ...part(metallic(random), tyre(front, wheel * 0.55, 0.058), tyre(rear, wheel * 0.55, 0.058))];
  parts.push(...part(coloured(random, [0.1, 0.16], [0, 0.3], [0.9, 1]), mirror(move(ball(0.04), -length * 0.97, nose - 0.06, width * 0.7), 'z')));
  if (random.chance(0.7)) parts.push(...part(coloured(random, [-0.03, 0.02], [0.8, 0.95], [0.5, 0.9]), mirror(move(box(0.02, 0.025, 0.04), length, belt - 0.07, width * 0.7), 'z')));
  return parts;
};

const mushroom: Maker = (random) => {
  const stem = random.range(0.3, 0.75);
  const thick = random.range(0.05, 0.15);
  const r = random.range(0.2, 0.48);
  const h = r * random.range(0.4, 1.1);
  const flesh = mostly(random, (q) => coloured(q, [0.05, 0.16], [0.03, 0.35], [0.6, 0.95]), 0.65);
  const cap = mostly(random, (q) => coloured(q, [-0.03, 0.13], [0.3, 0.9], [0.3, 0.9]), 0.55);
  const one = (s: number): Part[] => {
    const dome: Point2[] = random.chance(0.75)
      ? [[r * 0.85, -0.04], [r, 0], [r * 0.92, h * 0.4], [r * 0.6, h * 0.82], [r * 0.2, h]]
      : [[r * 0.6, -0.06], [r, 0.02], [r * 0.5, h * 0.5], [r * 0.12, h * 1.2]];
    const foot = lathe([[thick * random.range(1, 1.8), 0], [thick, stem * 0.4], [thick * 0.85, stem]]);
    const fit = (solid: Solid) => stretch(solid, s, s, s);
    const parts: Part[] = [...part(flesh, fit(foot), fit(move(cylinder(r * 0.85, 0.015), 0, stem - 0.035, 0))), ...part(cap, fit(move(lathe(dome, 0.02), 0, stem, 0)))];
    if (random.chance(0.3)) parts.push(...part(flesh, fit(move(torus(thick * 1.1, 0.025), 0, stem * 0.7, 0))));
    if (random.chance(0.3)) {
      const spot = coloured(random, [0, 1], [0, 0.2], [0.8, 1]);
      for (let i = 0; i < 6; i++) {
        const [angle, up] = [(i * PI) / 3 + random.range(-0.3, 0.3), random.range(0.3, 0.75)];
        parts.push(...part(spot, fit(move(ball(r * 0.12), cos(angle) * r * (1.08 - up * 0.62), stem + h * up, sin(angle) * r * (1.08 - up * 0.62)))));
      }
    }
    return parts;
  };
  const tall = one(1);
  if (!random.chance(0.3)) return tall;
  const [x, z] = [r + random.range(0.05, 0.15), random.range(-0.2, 0.2)];
  return [...tall, ...one(random.range(0.35, 0.6)).map((p) => ({ ...p, solid: move(p.solid, x, 0, z) }))];
};

export const sampleThings: Readonly<Record<string, Maker>> = { bottle, car, chair, fish, house, lamp, mug, mushroom, table, tree };
