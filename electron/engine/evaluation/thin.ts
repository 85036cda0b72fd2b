/** A curve of many points drawn with few, its corners kept. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Points [from, to] that the chord between both ends stands for, and the one farthest from it. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly farthest: number;
  readonly distance: number;
}

/**
 * At most `most` points, ends among them: again and again the one that lies farthest from what is drawn so far is added (Douglas and Peucker
 * 1973, the worst first), until none lies off the line.
 */
export function thin(points: readonly Point[], most: number): Point[] {
  if (points.length <= 2) return [...points];
  const kept = new Set([0, points.length - 1]);
  const stretches = [stretch(points, 0, points.length - 1)];
  while (kept.size < most) {
    const worst = stretches.reduce((best, one, i) => (one.distance > (stretches[best] as Stretch).distance ? i : best), 0);
    const { from, to, farthest, distance } = stretches[worst] as Stretch;
    if (distance === 0) break;
    kept.add(farthest);
    stretches.splice(worst, 1, stretch(points, from, farthest), stretch(points, farthest, to));
  }
  return points.filter((_, i) => kept.has(i));
}

function stretch(points: readonly Point[], from: number, to: number): Stretch {
  const [a, b] = [points[from] as Point, points[to] as Point];
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  let [farthest, distance] = [from, 0];
  for (let i = from + 1; i < to; i++) {
    const { x, y } = points[i] as Point;
    // Twice the triangle's area over its base.
    const off = Math.abs((b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x)) / length;
    if (off > distance) [farthest, distance] = [i, off];
  }
  return { from, to, farthest, distance };
}
