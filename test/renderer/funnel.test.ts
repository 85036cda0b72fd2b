/** The drawing of the network. */
import { describe, expect, it } from 'vitest';
import { describeNetwork } from '../../electron/engine/model/describe';
import { attachHead } from '../../electron/engine/model/head';
import { mobileNetV2 } from '../../electron/engine/model/mobilenet-v2';
import { funnel, label, lineX, spoken } from '../../renderer/lib/funnel';

const shapesOf = (inputSize: number) =>
  funnel(describeNetwork(attachHead(mobileNetV2({ alpha: 1, inputSize }), [{ units: 128, activation: 'relu' }], 10), 'imagenet'), 800, 200);

describe('funnel', () => {
  it('fills the width, without blocks lying on each other', () => {
    const shapes = shapesOf(32);
    const last = shapes.at(-1)!;
    expect(last.x + last.width).toBeCloseTo(800, 6);
    for (const [i, shape] of shapes.slice(1).entries()) expect(shape.x).toBeGreaterThan(shapes[i]!.x + shapes[i]!.width);
  });

  it('narrows from the picture to 1 x 1', () => {
    const shapes = shapesOf(32);
    expect(shapes[0]!.left).toBe(200);
    expect(shapes.filter((shape) => shape.part === 'base').map((shape) => shape.side)).toEqual([16, 16, 8, 8, 4, 4, 4, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1]);
    for (const shape of shapes) expect(shape.right).toBeLessThanOrEqual(shape.left);
  });

  it('is wider where there are more parameters', () => {
    const [few, many] = ['expanded_conv', 'block_16'].map((name) => shapesOf(96).find((shape) => shape.name === name)!);
    expect(many!.width).toBeGreaterThan(few!.width * 1.5);
  });

  it('has a place for every position of the line, from left to right', () => {
    const shapes = shapesOf(32);
    const places = Array.from({ length: 39 }, (_, i) => lineX(shapes, i / 2));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(new Set(places).size).toBe(39);
  });

  it('names every block aloud as it is labelled, and in full', () => {
    for (const { name } of shapesOf(32)) {
      expect(spoken(name)).toContain(label(name));
      expect(spoken(name)).toContain(name);
    }
  });
});
