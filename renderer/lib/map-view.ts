/** A plane that is looked at through a window: which part of it, how large, and what lies where. Pure; places on the plane are 0..1, in the window pixels. */

export interface MapView {
  /** How many times the whole is enlarged, from 1. */
  readonly zoom: number;
  /** The place of the plane that is in the middle. */
  readonly x: number;
  readonly y: number;
}

export interface Room {
  readonly width: number;
  readonly height: number;
}

export interface Places {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

export const WHOLE: MapView = { zoom: 1, x: 0.5, y: 0.5 };
export const MOST_ZOOM = 64;
/** Room at the edges, so that pictures there are seen whole, pixels. */
const MARGIN = 24;

/** Pixels from one end of the plane to the other. */
const reach = (room: Room, zoom: number): Room => ({ width: Math.max(1, room.width - 2 * MARGIN) * zoom, height: Math.max(1, room.height - 2 * MARGIN) * zoom });

const between = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

/** A view that does not leave the plane. */
const held = ({ zoom, x, y }: MapView): MapView => {
  const z = between(zoom, 1, MOST_ZOOM);
  const half = 0.5 / z;
  return { zoom: z, x: between(x, half, 1 - half), y: between(y, half, 1 - half) };
};

/** Where a place of the plane is seen. */
export function toPixels(view: MapView, room: Room, x: number, y: number): { x: number; y: number } {
  const { width, height } = reach(room, view.zoom);
  return { x: room.width / 2 + (x - view.x) * width, y: room.height / 2 + (y - view.y) * height };
}

/** Enlarged by a factor; what is at a point of the window stays there. */
export function zoomed(view: MapView, room: Room, factor: number, at = { x: room.width / 2, y: room.height / 2 }): MapView {
  const zoom = between(view.zoom * factor, 1, MOST_ZOOM);
  const [before, after] = [reach(room, view.zoom), reach(room, zoom)];
  const from = { x: at.x - room.width / 2, y: at.y - room.height / 2 };
  return held({ zoom, x: view.x + from.x / before.width - from.x / after.width, y: view.y + from.y / before.height - from.y / after.height });
}

/** Moved by so many pixels, as if the plane were pushed. */
export function pushed(view: MapView, room: Room, right: number, down: number): MapView {
  const { width, height } = reach(room, view.zoom);
  return held({ ...view, x: view.x - right / width, y: view.y - down / height });
}

/** Moved no further than needed, so that a place can be seen. */
export function revealed(view: MapView, room: Room, x: number, y: number): MapView {
  const seen = toPixels(view, room, x, y);
  const overX = Math.max(MARGIN - seen.x, 0) || Math.min(room.width - MARGIN - seen.x, 0);
  const overY = Math.max(MARGIN - seen.y, 0) || Math.min(room.height - MARGIN - seen.y, 0);
  return overX === 0 && overY === 0 ? view : pushed(view, room, overX, overY);
}

/** The place nearest to a point of the window, within `radius` pixels; null where there is none. */
export function nearest(places: Places, view: MapView, room: Room, at: { x: number; y: number }, radius: number): number | null {
  let best: number | null = null;
  let least = radius * radius;
  for (let i = 0; i < places.x.length; i++) {
    const seen = toPixels(view, room, places.x[i]!, places.y[i]!);
    const distance = (seen.x - at.x) ** 2 + (seen.y - at.y) ** 2;
    if (distance <= least) [best, least] = [i, distance];
  }
  return best;
}

const DIRECTIONS: Record<string, readonly [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** The next place in an arrow key's direction: the nearest in a quarter of the plane, where a way to the side counts double. Null where there is none. */
export function inDirection(places: Places, from: number, key: string): number | null {
  const direction = DIRECTIONS[key];
  if (!direction) return null;
  let best: number | null = null;
  let least = Infinity;
  for (let i = 0; i < places.x.length; i++) {
    const dx = places.x[i]! - places.x[from]!;
    const dy = places.y[i]! - places.y[from]!;
    const ahead = dx * direction[0] + dy * direction[1];
    const aside = Math.abs(dx * direction[1]) + Math.abs(dy * direction[0]);
    const cost = ahead + 2 * aside;
    if (i !== from && ahead > 0 && aside <= ahead && cost < least) [best, least] = [i, cost];
  }
  return best;
}
