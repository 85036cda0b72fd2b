/** The renderer: sphere tracing of things on a backdrop, one sun with soft shadow, sky light, contact darkening, highlights. */
import type { Colour, Material } from './materials';
import { type Point, bounds } from './solids';
import type { Thing } from './thing';

/** A thing in the world: turned, scaled, then moved. */
export interface Placed {
  readonly thing: Thing;
  /** Rows of the rotation matrix, local to world. */
  readonly rotation: readonly [Point, Point, Point];
  readonly scale: number;
  readonly position: Point;
}

export interface Scene {
  readonly things: readonly Placed[];
  /** The floor y = 0, or null: the thing hangs before the backdrop. */
  readonly floor: Material | null;
  /** A wall at z = -wall.away behind everything, or null. */
  readonly wall: { readonly material: Material; readonly away: number } | null;
  /** What a ray that hits nothing sees. */
  readonly sky: (dx: number, dy: number, dz: number) => Colour;
  readonly ambient: Colour;
  readonly sun: { readonly direction: Point; readonly colour: Colour; readonly softness: number };
  readonly camera: { readonly eye: Point; readonly right: Point; readonly up: Point; readonly forward: Point; readonly zoom: number };
}

const { abs, max, min, sqrt } = Math;
const MAX_STEPS = 72;
const FAR = 60;

/** Marches rays through one placed thing; all arithmetic in its own space. */
class Tracer {
  readonly #thing: Thing;
  readonly #m: Float64Array;
  readonly #scale: number;
  readonly #position: Point;
  readonly #sphere: { center: Point; radius: number };
  /** Parts the current ray can meet: index, entry and exit. */
  readonly #index: Int32Array;
  readonly #enter: Float64Array;
  readonly #leave: Float64Array;
  /** Of the last hit. */
  hitPart = 0;
  readonly hitPoint = new Float64Array(3);

  constructor(placed: Placed) {
    this.#thing = placed.thing;
    this.#m = Float64Array.from(placed.rotation.flat());
    this.#scale = placed.scale;
    this.#position = placed.position;
    this.#sphere = bounds(placed.thing.map((part) => part.solid));
    this.#index = new Int32Array(placed.thing.length);
    this.#enter = new Float64Array(placed.thing.length);
    this.#leave = new Float64Array(placed.thing.length);
  }

  material(): Material {
    return (this.#thing[this.hitPart] as Thing[number]).material;
  }

  /**
   * Distance along the ray to the surface, or FAR. With `softness` > 0 the ray is a shadow ray: returns the share of light that
   * arrives instead (0..1).
   */
  march(o: Float64Array, d: Float64Array, limit: number, softness = 0): number {
    const m = this.#m;
    const s = this.#scale;
    const [wx, wy, wz] = [o[0]! - this.#position[0], o[1]! - this.#position[1], o[2]! - this.#position[2]];
    const ox = (m[0]! * wx + m[3]! * wy + m[6]! * wz) / s;
    const oy = (m[1]! * wx + m[4]! * wy + m[7]! * wz) / s;
    const oz = (m[2]! * wx + m[5]! * wy + m[8]! * wz) / s;
    const dx = m[0]! * d[0]! + m[3]! * d[1]! + m[6]! * d[2]!;
    const dy = m[1]! * d[0]! + m[4]! * d[1]! + m[7]! * d[2]!;
    const dz = m[2]! * d[0]! + m[5]! * d[1]! + m[8]! * d[2]!;
    const nothing = softness > 0 ? 1 : FAR;
    const margin = softness > 0 ? 0.12 : 0.004;

    // The whole, then the parts whose bounding sphere the ray meets.
    const whole = this.#sphere;
    const b0 = (whole.center[0] - ox) * dx + (whole.center[1] - oy) * dy + (whole.center[2] - oz) * dz;
    const r0 = whole.radius + margin;
    const c0 = (whole.center[0] - ox) ** 2 + (whole.center[1] - oy) ** 2 + (whole.center[2] - oz) ** 2 - b0 * b0;
    if (c0 > r0 * r0) return nothing;
    let active = 0;
    let t = Infinity;
    let end = 0;
    for (let i = 0; i < this.#thing.length; i++) {
      const { center: c, radius } = (this.#thing[i] as Thing[number]).solid;
      const [cx, cy, cz] = [c[0] - ox, c[1] - oy, c[2] - oz];
      const along = cx * dx + cy * dy + cz * dz;
      const r = radius + margin;
      const h = r * r - (cx * cx + cy * cy + cz * cz - along * along);
      if (h <= 0) continue;
      const half = sqrt(h);
      if (along + half <= 0) continue;
      this.#index[active] = i;
      this.#enter[active] = along - half;
      this.#leave[active] = along + half;
      t = min(t, along - half);
      end = max(end, along + half);
      active++;
    }
    if (active === 0) return nothing;
    t = max(t, softness > 0 ? 0.012 : 0);
    end = min(end, limit / s);

    let light = 1;
    for (let stepCount = 0; stepCount < MAX_STEPS && t < end; stepCount++) {
      let nearest = Infinity;
      let which = 0;
      const [x, y, z] = [ox + t * dx, oy + t * dy, oz + t * dz];
      for (let k = 0; k < active; k++) {
        if (t > this.#leave[k]!) continue;
        const wait = this.#enter[k]! - t;
        const i = this.#index[k]!;
        // A part not yet reached cannot be nearer than its sphere.
        const near = wait > 0.02 ? wait + 0.01 : (this.#thing[i] as Thing[number]).solid.distance(x, y, z);
        if (near < nearest) {
          nearest = near;
          which = i;
        }
      }
      if (nearest === Infinity) {
        t += 0.02;
        continue;
      }
      if (softness > 0) {
        light = min(light, nearest / (softness * t) + 0.02);
        if (light < 0.03) return 0;
        t += max(nearest * 0.95, 0.01);
      } else {
        if (nearest < 0.0015) {
          this.hitPart = which;
          this.hitPoint[0] = x;
          this.hitPoint[1] = y;
          this.hitPoint[2] = z;
          return t * s;
        }
        t += nearest * 0.92;
      }
    }
    return softness > 0 ? light : FAR;
  }

  /** World normal at the last hit. */
  normal(out: Float64Array): void {
    const d = (this.#thing[this.hitPart] as Thing[number]).solid.distance;
    const [x, y, z] = [this.hitPoint[0]!, this.hitPoint[1]!, this.hitPoint[2]!];
    const e = 0.002;
    const a = d(x + e, y - e, z - e);
    const b = d(x - e, y - e, z + e);
    const c = d(x - e, y + e, z - e);
    const f = d(x + e, y + e, z + e);
    const [nx, ny, nz] = [a - b - c + f, -a - b + c + f, -a + b - c + f];
    const m = this.#m;
    const length = sqrt(nx * nx + ny * ny + nz * nz) || 1;
    out[0] = (m[0]! * nx + m[1]! * ny + m[2]! * nz) / length;
    out[1] = (m[3]! * nx + m[4]! * ny + m[5]! * nz) / length;
    out[2] = (m[6]! * nx + m[7]! * ny + m[8]! * nz) / length;
  }

  /** Distance in the world from a point to the thing's surface, at most `enough`. */
  clearance(px: number, py: number, pz: number, enough: number): number {
    const m = this.#m;
    const s = this.#scale;
    const [wx, wy, wz] = [px - this.#position[0], py - this.#position[1], pz - this.#position[2]];
    const x = (m[0]! * wx + m[3]! * wy + m[6]! * wz) / s;
    const y = (m[1]! * wx + m[4]! * wy + m[7]! * wz) / s;
    const z = (m[2]! * wx + m[5]! * wy + m[8]! * wz) / s;
    let nearest = enough / s;
    for (const { solid } of this.#thing) {
      const { center: c, radius } = solid;
      const reach = nearest + radius;
      if ((x - c[0]) ** 2 + (y - c[1]) ** 2 + (z - c[2]) ** 2 > reach * reach) continue;
      nearest = min(nearest, solid.distance(x, y, z));
    }
    return nearest * s;
  }
}

/** Renders `size` x `size` pixels; linear R, G, B interleaved, row by row. */
export function render(scene: Scene, size: number): Float32Array {
  const tracers = scene.things.map((placed) => new Tracer(placed));
  const { eye, right, up, forward, zoom } = scene.camera;
  const { direction: sun, colour: sunColour, softness } = scene.sun;
  const image = new Float32Array(size * size * 3);
  const origin = Float64Array.from(eye);
  const ray = new Float64Array(3);
  const point = new Float64Array(3);
  const normal = new Float64Array(3);
  const toSun = Float64Array.from(sun);

  for (let row = 0, at = 0; row < size; row++) {
    for (let column = 0; column < size; column++, at += 3) {
      const u = ((column + 0.5) / size - 0.5) * 2;
      const v = (0.5 - (row + 0.5) / size) * 2;
      for (let k = 0; k < 3; k++) ray[k] = forward[k]! * zoom + right[k]! * u + up[k]! * v;
      const length = sqrt(ray[0]! ** 2 + ray[1]! ** 2 + ray[2]! ** 2);
      for (let k = 0; k < 3; k++) ray[k]! /= length;

      // Nearest of floor, wall and things.
      let t = FAR;
      let material: Material | null = null;
      let [tx, ty, tz] = [0, 0, 0];
      let hit: Tracer | null = null;
      if (scene.floor && ray[1]! < -1e-4) {
        t = -eye[1] / ray[1]!;
        material = scene.floor;
        normal.set([0, 1, 0]);
      }
      if (scene.wall && ray[2]! < -1e-4) {
        const reach = (-scene.wall.away - eye[2]) / ray[2]!;
        if (reach > 0 && reach < t) {
          t = reach;
          material = scene.wall.material;
          normal.set([0, 0, 1]);
        }
      }
      for (const tracer of tracers) {
        const reach = tracer.march(origin, ray, t);
        if (reach < t) {
          t = reach;
          hit = tracer;
        }
      }
      if (t >= FAR) {
        image.set(scene.sky(ray[0]!, ray[1]!, ray[2]!), at);
        continue;
      }
      for (let k = 0; k < 3; k++) point[k] = eye[k]! + ray[k]! * t;
      if (hit) {
        hit.normal(normal);
        material = hit.material();
        [tx, ty, tz] = [hit.hitPoint[0]!, hit.hitPoint[1]!, hit.hitPoint[2]!];
      } else {
        [tx, ty, tz] = [point[0]!, point[1]!, point[2]!];
      }
      const surface = material as Material;
      const facing = normal[0]! * ray[0]! + normal[1]! * ray[1]! + normal[2]! * ray[2]!;
      const [nx, ny, nz] = [normal[0]!, normal[1]!, normal[2]!];

      // Sun, with shadow; sky light, less of it in corners.
      for (let k = 0; k < 3; k++) point[k]! += normal[k]! * 0.008;
      let lit = max(0, nx * sun[0] + ny * sun[1] + nz * sun[2]);
      if (lit > 0) for (const tracer of tracers) lit *= tracer.march(point, toSun, FAR, softness);
      let open = 1;
      for (const reach of [0.06, 0.2]) {
        let clear = reach;
        for (const tracer of tracers) clear = min(clear, tracer.clearance(point[0]! + nx * reach, point[1]! + ny * reach, point[2]! + nz * reach, clear));
        if (hit && scene.floor) clear = min(clear, point[1]! + ny * reach);
        open *= 0.55 + 0.45 * max(0, clear / reach);
      }
      const skyShare = (0.62 + 0.38 * ny) * open;

      // Highlight and a little reflection, more of it at grazing angles.
      const [hx, hy, hz] = [sun[0] - ray[0]!, sun[1] - ray[1]!, sun[2] - ray[2]!];
      const half = (nx * hx + ny * hy + nz * hz) / sqrt(hx * hx + hy * hy + hz * hz);
      const highlight = lit > 0 ? surface.gloss * max(0, half) ** surface.sharpness * (0.4 + surface.sharpness * 0.04) : 0;
      let mirror: Colour | null = null;
      let shine = 0;
      if (surface.gloss > 0.1) {
        const grazing = 1 - min(1, abs(facing));
        shine = surface.gloss * (0.12 + 0.5 * grazing * grazing * grazing) * open;
        const [rx, ry, rz] = [ray[0]! - 2 * facing * nx, ray[1]! - 2 * facing * ny, ray[2]! - 2 * facing * nz];
        mirror = ry < 0 && scene.floor ? scene.floor.a : scene.sky(rx, ry, rz);
      }
      const mix = surface.pattern(tx, ty, tz);
      for (let k = 0; k < 3; k++) {
        const albedo = surface.a[k]! + (surface.b[k]! - surface.a[k]!) * mix;
        const diffuse = albedo * (sunColour[k]! * lit + scene.ambient[k]! * skyShare);
        image[at + k] = diffuse * (1 - shine) + sunColour[k]! * highlight * min(1, lit * 4) + (mirror ? mirror[k]! * shine : 0);
      }
    }
  }
  return image;
}
