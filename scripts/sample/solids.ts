/**
 * Solids as signed distance functions, y up. The formulas of the primitives are the well-known ones collected by Inigo Quilez
 * ("distance functions"); every solid carries a bounding sphere, so that a ray looks only at the solids it can meet.
 */
export type Distance = (x: number, y: number, z: number) => number;
export type Point = readonly [x: number, y: number, z: number];
export type Point2 = readonly [x: number, y: number];

export interface Solid {
  readonly distance: Distance;
  readonly center: Point;
  readonly radius: number;
}

const { abs, cos, hypot, max, min, sin, sqrt } = Math;
const origin: Point = [0, 0, 0];
const clamp01 = (v: number) => (v < 0 ? 0 : v > 1 ? 1 : v);
const length2 = (x: number, y: number) => sqrt(x * x + y * y);
const length3 = (x: number, y: number, z: number) => sqrt(x * x + y * y + z * z);

// Primitives, centred on the origin.

export const ball = (r: number): Solid => ({ distance: (x, y, z) => length3(x, y, z) - r, center: origin, radius: r });

export const ellipsoid = (rx: number, ry: number, rz: number): Solid => ({
  distance: (x, y, z) => {
    const k0 = length3(x / rx, y / ry, z / rz);
    const k1 = length3(x / (rx * rx), y / (ry * ry), z / (rz * rz));
    return k1 < 1e-9 ? -min(rx, ry, rz) : (k0 * (k0 - 1)) / k1;
  },
  center: origin,
  radius: max(rx, ry, rz),
});

/** Half sizes; edges rounded by `round` without growing. */
export const box = (hx: number, hy: number, hz: number, round = 0.01): Solid => {
  const r = min(round, hx, hy, hz);
  const [bx, by, bz] = [hx - r, hy - r, hz - r];
  return {
    distance: (x, y, z) => {
      const [qx, qy, qz] = [abs(x) - bx, abs(y) - by, abs(z) - bz];
      return length3(max(qx, 0), max(qy, 0), max(qz, 0)) + min(max(qx, qy, qz), 0) - r;
    },
    center: origin,
    radius: hypot(hx, hy, hz),
  };
};

/** Upright cylinder of half height h. */
export const cylinder = (radius: number, h: number, round = 0.01): Solid => {
  const r = min(round, radius, h);
  const [br, bh] = [radius - r, h - r];
  return {
    distance: (x, y, z) => {
      const dx = length2(x, z) - br;
      const dy = abs(y) - bh;
      return min(max(dx, dy), 0) + length2(max(dx, 0), max(dy, 0)) - r;
    },
    center: origin,
    radius: hypot(radius, h),
  };
};

/** Ring in the x-z plane. */
export const torus = (big: number, small: number): Solid => ({
  distance: (x, y, z) => length2(length2(x, z) - big, y) - small,
  center: origin,
  radius: big + small,
});

/** A rod from a to b whose radius goes from ra to rb. */
export const rod = (a: Point, b: Point, ra: number, rb = ra): Solid => {
  const [ax, ay, az] = a;
  const [bx, by, bz] = [b[0] - ax, b[1] - ay, b[2] - az];
  const inverse = 1 / (bx * bx + by * by + bz * bz);
  return {
    distance: (x, y, z) => {
      const [px, py, pz] = [x - ax, y - ay, z - az];
      const h = clamp01((px * bx + py * by + pz * bz) * inverse);
      return length3(px - bx * h, py - by * h, pz - bz * h) - (ra + (rb - ra) * h);
    },
    center: [ax + bx / 2, ay + by / 2, az + bz / 2],
    radius: length3(bx, by, bz) / 2 + max(ra, rb),
  };
};

/** Signed distance to a closed polygon. */
function polygon(points: readonly Point2[]): (x: number, y: number) => number {
  const n = points.length;
  const px = Float64Array.from(points, (p) => p[0]);
  const py = Float64Array.from(points, (p) => p[1]);
  return (x, y) => {
    let best = Infinity;
    let inside = false;
    for (let i = 0, j = n - 1; i < n; j = i++) {
      const xi = px[i] as number;
      const yi = py[i] as number;
      const ex = (px[j] as number) - xi;
      const ey = (py[j] as number) - yi;
      const wx = x - xi;
      const wy = y - yi;
      let h = (wx * ex + wy * ey) / (ex * ex + ey * ey);
      h = h < 0 ? 0 : h > 1 ? 1 : h;
      const dx = wx - ex * h;
      const dy = wy - ey * h;
      const d = dx * dx + dy * dy;
      if (d < best) best = d;
      if (yi > y !== (py[j] as number) > y && wx < (wy * ex) / ey) inside = !inside;
    }
    return inside ? -sqrt(best) : sqrt(best);
  };
}

/** A profile (radius, height) turned about the y axis; the axis side closes itself. */
export function lathe(profile: readonly Point2[], round = 0.008): Solid {
  const heights = profile.map((p) => p[1]);
  const [low, high] = [min(...heights), max(...heights)];
  const first = profile[0] as Point2;
  const last = profile[profile.length - 1] as Point2;
  const ends: Point2[] = [...(last[0] > 0 ? [[0, last[1]] as Point2] : []), ...(first[0] > 0 ? [[0, first[1]] as Point2] : [])];
  const inside = polygon([...profile, ...ends]);
  const middle = (low + high) / 2;
  return {
    distance: (x, y, z) => inside(length2(x, z), y) - round,
    center: [0, middle, 0],
    radius: max(...profile.map((p) => hypot(p[0], p[1] - middle))) + round,
  };
}

/** A polygon in the x-y plane given thickness along z. */
export function extrude(points: readonly Point2[], halfDepth: number, round = 0.01): Solid {
  const flat = polygon(points);
  const xs = points.map((p) => p[0]);
  const ys = points.map((p) => p[1]);
  const [cx, cy] = [(min(...xs) + max(...xs)) / 2, (min(...ys) + max(...ys)) / 2];
  return {
    distance: (x, y, z) => {
      const dx = flat(x, y);
      const dz = abs(z) - halfDepth + round;
      return min(max(dx, dz), 0) + length2(max(dx, 0), max(dz, 0)) - round;
    },
    center: [cx, cy, 0],
    radius: hypot(max(...points.map((p) => hypot(p[0] - cx, p[1] - cy))), halfDepth) + round,
  };
}

// Operations.

export const move = (solid: Solid, dx: number, dy: number, dz: number): Solid => {
  const { distance: d, center: c } = solid;
  return { distance: (x, y, z) => d(x - dx, y - dy, z - dz), center: [c[0] + dx, c[1] + dy, c[2] + dz], radius: solid.radius };
};

/** Turns by an angle (radians), counter-clockwise seen from the axis' tip. */
export const turn = (solid: Solid, axis: 'x' | 'y' | 'z', angle: number): Solid => {
  const { distance: d, radius } = solid;
  const [c, s] = [cos(angle), sin(angle)];
  const [x0, y0, z0] = solid.center;
  switch (axis) {
    case 'x':
      return { distance: (x, y, z) => d(x, c * y + s * z, c * z - s * y), center: [x0, c * y0 - s * z0, s * y0 + c * z0], radius };
    case 'y':
      return { distance: (x, y, z) => d(c * x - s * z, y, s * x + c * z), center: [c * x0 + s * z0, y0, c * z0 - s * x0], radius };
    case 'z':
      return { distance: (x, y, z) => d(c * x + s * y, c * y - s * x, z), center: [c * x0 - s * y0, s * x0 + c * y0, z0], radius };
  }
};

/** Stretches along the axes; the distance becomes a lower bound. */
export const stretch = (solid: Solid, sx: number, sy: number, sz: number): Solid => {
  const { distance: d, center: c } = solid;
  const least = min(sx, sy, sz);
  return { distance: (x, y, z) => d(x / sx, y / sy, z / sz) * least, center: [c[0] * sx, c[1] * sy, c[2] * sz], radius: solid.radius * max(sx, sy, sz) };
};

/** The sphere around all the spheres. */
export function bounds(solids: readonly Pick<Solid, 'center' | 'radius'>[]): { center: Point; radius: number } {
  let [{ center, radius }, ...rest] = solids as [Solid, ...Solid[]];
  for (const other of rest) {
    const [dx, dy, dz] = [other.center[0] - center[0], other.center[1] - center[1], other.center[2] - center[2]];
    const apart = length3(dx, dy, dz);
    if (apart + other.radius <= radius) continue;
    if (apart + radius <= other.radius) {
      ({ center, radius } = other);
      continue;
    }
    const grown = (apart + radius + other.radius) / 2;
    const t = (grown - radius) / apart;
    center = [center[0] + dx * t, center[1] + dy * t, center[2] + dz * t];
    radius = grown;
  }
  return { center, radius };
}

export const join = (...solids: Solid[]): Solid => {
  const all = solids.map((s) => s.distance);
  const distance: Distance = (x, y, z) => {
    let best = Infinity;
    for (let i = 0; i < all.length; i++) best = min(best, (all[i] as Distance)(x, y, z));
    return best;
  };
  return { distance, ...bounds(solids) };
};

/** Joins with a fillet of about size k. */
export const melt = (k: number, ...solids: Solid[]): Solid => {
  const all = solids.map((s) => s.distance);
  const distance: Distance = (x, y, z) => {
    let best = (all[0] as Distance)(x, y, z);
    for (let i = 1; i < all.length; i++) {
      const d = (all[i] as Distance)(x, y, z);
      const h = max(k - abs(best - d), 0) / k;
      best = min(best, d) - h * h * k * 0.25;
    }
    return best;
  };
  const around = bounds(solids);
  return { distance, center: around.center, radius: around.radius + k / 4 };
};

export const cut = (solid: Solid, ...away: Solid[]): Solid => {
  const { distance: a } = solid;
  const { distance: b } = away.length === 1 ? (away[0] as Solid) : join(...away);
  return { ...solid, distance: (x, y, z) => max(a(x, y, z), -b(x, y, z)) };
};

export const common = (solid: Solid, other: Solid): Solid => {
  const { distance: a } = solid;
  const { distance: b } = other;
  return { ...(solid.radius < other.radius ? solid : other), distance: (x, y, z) => max(a(x, y, z), b(x, y, z)) };
};

/** The solid and its mirror image across x = 0 (or z = 0). */
export const mirror = (solid: Solid, axis: 'x' | 'z'): Solid => {
  const { distance: d, center: c } = solid;
  return axis === 'x'
    ? { distance: (x, y, z) => d(abs(x), y, z), center: [0, c[1], c[2]], radius: solid.radius + abs(c[0]) }
    : { distance: (x, y, z) => d(x, y, abs(z)), center: [c[0], c[1], 0], radius: solid.radius + abs(c[2]) };
};

/** n copies about the y axis. */
export const ring = (solid: Solid, n: number): Solid => {
  const { distance: d, center: c } = solid;
  const sector = (2 * Math.PI) / n;
  const distance: Distance = (x, y, z) => {
    const angle = Math.atan2(z, x);
    const a = angle - sector * Math.round(angle / sector);
    const r = length2(x, z);
    return d(r * cos(a), y, r * sin(a));
  };
  return { distance, center: [0, c[1], 0], radius: solid.radius + length2(c[0], c[2]) };
};

/** Turns each height a little more than the one below (radians a unit). */
export const twist = (solid: Solid, rate: number): Solid => {
  const { distance: d } = solid;
  const distance: Distance = (x, y, z) => {
    const [c, s] = [cos(rate * y), sin(rate * y)];
    return d(c * x - s * z, y, s * x + c * z) * 0.7;
  };
  const off = length2(solid.center[0], solid.center[2]);
  return { distance, center: [0, solid.center[1], 0], radius: solid.radius + off };
};

/** Lumps on the surface, `size` high, about `1 / frequency` wide: foliage, stone, loaves. */
export const lumpy = (solid: Solid, size: number, frequency: number): Solid => {
  const { distance: d } = solid;
  const f = frequency * 6.2831853;
  const distance: Distance = (x, y, z) => {
    const near = d(x, y, z);
    if (near > size * 3) return near - size * 1.5;
    return (near + size * sin(f * x + 1) * sin(f * y + 2) * sin(f * z + 3)) * 0.7;
  };
  return { distance, center: solid.center, radius: solid.radius + size };
};
