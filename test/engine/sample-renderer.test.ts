import { describe, expect, it } from 'vitest';
import { picture } from '../../scripts/sample/picture';
import { Random } from '../../scripts/sample/random';
import { ball, box, cut, cylinder, lathe, move, ring, rod, torus, turn } from '../../scripts/sample/solids';
import { pretrainThings } from '../../scripts/sample/things/pretrain';
import { sampleThings } from '../../scripts/sample/things/sample';

const style = { size: 16, oversampling: 1, fill: [0.75, 1.3] } as const;

describe('solids', () => {
  it('give the distance to their surface', () => {
    expect(ball(1).distance(3, 0, 0)).toBeCloseTo(2);
    expect(box(1, 2, 3, 0).distance(4, 6, 3)).toBeCloseTo(5);
    expect(cylinder(1, 2, 0).distance(0, 5, 0)).toBeCloseTo(3);
    expect(torus(2, 0.5).distance(0, 0, 0)).toBeCloseTo(1.5);
    expect(rod([0, 0, 0], [0, 4, 0], 1, 0.5).distance(3, 4, 0)).toBeCloseTo(2.5);
    expect(cut(ball(2), ball(1)).distance(0, 0, 0)).toBeCloseTo(1);
    // A cone of radius 1 and height 1: its slope is at 45 degrees.
    expect(lathe([[1, 0], [0, 1]], 0).distance(1, 1, 0)).toBeCloseTo(Math.SQRT1_2);
    expect(lathe([[1, 0], [1, 1]], 0).distance(0.6, 0.5, 0)).toBeCloseTo(-0.4);
  });

  it('turn counter-clockwise, bounding sphere and all', () => {
    for (const [axis, from, to] of [['x', [0, 1, 0], [0, 0, 1]], ['y', [0, 0, 1], [1, 0, 0]], ['z', [1, 0, 0], [0, 1, 0]]] as const) {
      const solid = turn(move(ball(0.1), from[0], from[1], from[2]), axis, Math.PI / 2);
      expect(solid.distance(to[0], to[1], to[2])).toBeCloseTo(-0.1);
      solid.center.forEach((value, k) => expect(value).toBeCloseTo(to[k]!));
    }
    expect(ring(move(ball(0.1), 1, 0, 0), 4).distance(0, 0, -1)).toBeCloseTo(-0.1);
  });
});

describe('things', () => {
  const all = { ...pretrainThings, ...sampleThings };

  it.each(Object.keys(all))('%s lies within its bounding spheres, so no ray misses it', (name) => {
    const random = new Random(`bounds/${name}`);
    for (let specimen = 0; specimen < 6; specimen++) {
      for (const { solid } of all[name]!(random)) {
        const { center: c, radius: r } = solid;
        expect(Number.isFinite(r) && c.every(Number.isFinite)).toBe(true);
        for (let i = 0; i < 60; i++) {
          const [x, y, z] = [random.normal(), random.normal(), random.normal()];
          const out = (r * 1.03 + 0.005) / Math.hypot(x, y, z);
          expect(solid.distance(c[0] + x * out, c[1] + y * out, c[2] + z * out)).toBeGreaterThan(0);
        }
      }
    }
  });

  it('of the sample and of pretraining are different classes', () => {
    expect(Object.keys(all).length).toBe(Object.keys(sampleThings).length + Object.keys(pretrainThings).length);
  });
});

describe('pictures', () => {
  it('are the same for the same name and differ between names', () => {
    const draw = (name: string) => picture(name, sampleThings['mug']!, style);
    expect(draw('a/0')).toEqual(draw('a/0'));
    expect(draw('a/0')).not.toEqual(draw('a/1'));
  });

  it('use the range of brightness', () => {
    const values = Array.from({ length: 6 }, (_, i) => picture(`range/${i}`, sampleThings['fish']!, style)).flatMap((pixels) => [...pixels]);
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    expect(mean).toBeGreaterThan(70);
    expect(mean).toBeLessThan(180);
    expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(120);
  });
});
