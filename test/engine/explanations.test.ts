/**
 * Heatmaps, layers' outputs and principal components against Keras' and scikit-learn's, recorded by test/fixtures/record-explanations.py, and
 * gradients against central differences. Equal means to 1e-3 outright, as the reference asks of frozen runs: relative to the largest of the
 * numbers compared.
 */
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { JobControl, quietContext } from '../../electron/engine/context';
import { resourcesDirectory } from '../../electron/engine/data/resources';
import { channelMaps } from '../../electron/engine/evaluation/activations';
import { bestMapLayer, channelWeights, GradCam, heatOf, mapLayers } from '../../electron/engine/evaluation/grad-cam';
import { umap } from '../../electron/engine/evaluation/plane';
import { principalComponents } from '../../electron/engine/evaluation/principal-components';
import { cutAt } from '../../electron/engine/graph/cut';
import { Graph, nameOf } from '../../electron/engine/graph/graph';
import { constants, Inference } from '../../electron/engine/graph/inference';
import { buildNetwork } from '../../electron/engine/graph/network';
import { encodeSavedModel } from '../../electron/engine/graph/saved-model';
import { attachHead } from '../../electron/engine/model/head';
import type { Network, Weights } from '../../electron/engine/model/layers';
import { mobileNetV2 } from '../../electron/engine/model/mobilenet-v2';
import { loadWeights } from '../../electron/engine/model/weight-file';
import { Session } from '../../electron/engine/runtime/session';
import { hasShared, readJson, WEIGHTS } from './shared';

const numbers = v.array(v.number());
const RecordSchema = v.object({
  cases: v.array(v.object({
    name: v.string(), weights: v.picklist(['embedded', 'imagenet']), alpha: v.number(), imageSize: v.number(), inputSize: v.number(), scale: v.picklist(['0..1', '-1..1']), hidden: v.boolean(),
    heat: v.array(v.object({ layer: v.string(), class: v.number(), scores: numbers, weights_norm: v.number(), weights: numbers, heat: numbers })),
    activations: v.array(v.object({ layer: v.string(), shape: numbers, means: numbers, lowest: v.number(), highest: v.number(), silent: v.number(), best: v.number(), map: numbers }))
  })),
  pca: v.object({ rows: v.number(), size: v.number(), explained: v.number(), places: v.array(numbers) })
});
const record = v.parse(RecordSchema, readJson(join(__dirname, '../fixtures/explanations.json')));
const [UNITS, CLASSES] = [12, 4];

const wave = (count: number, step: number, amplitude = 1): Float32Array => Float32Array.from({ length: count }, (_, i) => amplitude * Math.sin(1 + step * i));

/** Discs of two colours on a gradient, as the record's script draws them. */
function pictureOf(size: number): Uint8Array {
  const pixels = new Uint8Array(size * size * 3);
  for (let i = 0; i < size * size; i++) {
    const [x, y] = [(i % size) / size, Math.floor(i / size) / size];
    const near = (cx: number, cy: number, r: number): boolean => (x - cx) ** 2 + (y - cy) ** 2 < r * r;
    pixels.set(near(0.75, 0.7, 0.15) ? [20, 200, 240] : near(0.3, 0.35, 0.2) ? [230, 40, 30] : [255 * x, 255 * y, 255 * (1 - x)], 3 * i);
  }
  return pixels;
}

async function modelOf({ weights: source, alpha, inputSize, hidden }: (typeof record.cases)[number]): Promise<{ network: Network; weights: Weights }> {
  const base = mobileNetV2({ alpha, inputSize });
  const weights = await loadWeights(base, source === 'imagenet' ? WEIGHTS : join(resourcesDirectory(), 'backbone/mobilenet_v2_0.35_64.h5'));
  const network = attachHead(base, hidden ? [{ units: UNITS, activation: 'relu' }] : [], CLASSES);
  if (hidden) weights.set('dense/kernel', wave(1280 * UNITS, 0.2171, 0.05)).set('dense/bias', wave(UNITS, 0.9, 0.1));
  const last = hidden ? 'dense_1' : 'dense';
  weights.set(`${last}/kernel`, wave((hidden ? UNITS : 1280) * CLASSES, 0.1313, 0.3)).set(`${last}/bias`, wave(CLASSES, 0.5, 0.1));
  return { network, weights };
}

/** The largest difference, in parts of the largest number. */
function difference(ours: ArrayLike<number>, theirs: readonly number[]): number {
  const most = Math.max(...theirs.map(Math.abs));
  return Math.max(...theirs.map((value, i) => Math.abs(value - (ours[i] ?? NaN)))) / (most || 1);
}

describe.each(record.cases)('$name', (recorded) => {
  const here = recorded.weights === 'embedded' || hasShared;

  test.skipIf(!here).each(recorded.heat)('Grad-CAM at $layer of class $class equals Keras', async ({ layer, class: index, scores, weights_norm: norm, weights: some, heat }) => {
    const { network, weights } = await modelOf(recorded);
    const cam = new GradCam(network, weights, recorded, layer);
    const pixels = pictureOf(recorded.imageSize);
    const evidence = cam.look(pixels, index);
    const channels = network.layers.find(({ name }) => name === layer)?.outputShape[2] ?? 0;
    const ours = channelWeights(evidence.gradient, channels);
    expect(difference(evidence.scores, scores)).toBeLessThan(1e-3);
    expect(Math.hypot(...ours) / norm).toBeCloseTo(1, 3);
    expect(difference(ours.subarray(0, some.length), some)).toBeLessThan(1e-3);
    const values = heatOf(evidence, channels);
    expect(values).toHaveLength(heat.length);
    expect(difference(values, heat)).toBeLessThan(1e-3);
    // Unasked, the class with the highest score.
    expect(cam.look(pixels, null).class).toBe(scores.indexOf(Math.max(...scores)));
    cam.dispose();
  });

  test.skipIf(!here || recorded.activations.length === 0)('outputs of single layers equal Keras', async () => {
    const { network, weights } = await modelOf(recorded);
    for (const { layer, shape, means, lowest, highest, silent, best, map } of recorded.activations) {
      const program = Inference.compile(network, weights, recorded, [layer], { lanes: 1 });
      const [values] = program.run(pictureOf(recorded.imageSize), 1) as [Float32Array];
      program.dispose();
      const channels = shape[2] as number;
      const seen = channelMaps(values, shape);
      expect([seen.height, seen.width, seen.channels], layer).toEqual(shape);
      expect(difference([seen.lowest, seen.highest], [lowest, highest]), layer).toBeLessThan(1e-3);
      expect(seen.silent, layer).toBe(silent);
      expect(seen.shown, layer).toHaveLength(Math.min(64, channels));
      expect(difference(Array.from(seen.means), [...means].sort((a, b) => b - a).slice(0, 64)), layer).toBeLessThan(1e-3);
      expect(seen.shown[0], layer).toBe(best);
      const first = Array.from(seen.maps.subarray(0, shape[0]! * shape[1]!), (value) => seen.lowest + (value / 255) * (seen.highest - seen.lowest));
      // Half a step of 255 beside that.
      map.forEach((value, i) => expect(Math.abs((first[i] as number) - value), layer).toBeLessThan((0.5 / 255 + 1e-3) * (highest - lowest)));
    }
  });
});

describe('the gradient of a score', () => {
  test('equals central differences', async () => {
    const recorded = record.cases[1]!;
    const { network, weights } = await modelOf(recorded);
    const layer = 'block_13_expand_relu';
    const at = network.layers.findIndex(({ name }) => name === layer);
    const cam = new GradCam(network, weights, recorded, layer);
    const { map, gradient, scores } = cam.look(pictureOf(recorded.imageSize), 2);

    // The same network from that layer on, with its output as what is fed.
    const g = new Graph();
    const shape = network.layers[at]!.outputShape;
    const { crossing } = cutAt(network, at + 1);
    expect(crossing.map(({ name }) => name)).toEqual([layer]);
    const above = buildNetwork(g, network, { given: new Map([[layer, g.placeholder('map', 'float32', [null, ...shape])]]), weight: constants(g, weights) });
    const session = new Session(encodeSavedModel(g));
    const scoreAt = (values: Float32Array): number => (session.run([{ name: 'map:0', shape: [1, ...shape], data: values }], [nameOf(above.get('logits')!)])[0] as Float32Array)[2]!;
    expect(scoreAt(map)).toBeCloseTo(scores[2]!, 5);

    // Along the gradient itself and along two waves: a single number's share is lost in 32-bit rounding, their sum is not.
    const step = 1e-2;
    for (const direction of [gradient, wave(map.length, 0.7), wave(map.length, 0.31)]) {
      const length = Math.hypot(...direction);
      const unit = direction.map((value) => value / length);
      const moved = (by: number): number => scoreAt(map.map((value, i) => value + by * unit[i]!));
      const slope = (moved(step) - moved(-step)) / (2 * step);
      const expected = unit.reduce((sum, value, i) => sum + value * gradient[i]!, 0);
      expect(Math.abs(slope - expected)).toBeLessThan(0.01 * Math.hypot(...gradient));
    }
    session.dispose();
    cam.dispose();
  });

  test('is asked for at the last map that is larger than a point', () => {
    const best = (inputSize: number) => bestMapLayer(mapLayers(mobileNetV2({ alpha: 0.35, inputSize })));
    expect(best(224)).toEqual({ name: 'out_relu', height: 7, width: 7 });
    expect(best(96)).toEqual({ name: 'out_relu', height: 3, width: 3 });
    expect(best(32)).toEqual({ name: 'block_13_expand_relu', height: 2, width: 2 });
    expect(mapLayers(mobileNetV2({ alpha: 1, inputSize: 96 })).map(({ name, height }) => `${height} ${name}`)).toEqual(['3 out_relu', '6 block_13_expand_relu', '12 block_6_expand_relu', '24 block_3_expand_relu', '48 block_1_expand_relu']);
  });

  test('leaves the heat 0 everywhere where nothing speaks for the class', () => {
    expect(heatOf({ map: Float32Array.of(1, 2, 3, 4), gradient: Float32Array.of(-1, -1, -1, -1) }, 1)).toEqual(Float32Array.of(0, 0, 0, 0));
  });
});

test('a layer that gives numbers, not maps, is shown as places of one cell; what is 0 in the whole picture is silent', () => {
  const seen = channelMaps(Float32Array.of(0, 2, 0, -1), [4]);
  expect(seen).toMatchObject({ height: 1, width: 1, channels: 4, silent: 2, lowest: -1, highest: 2 });
  expect([...seen.shown]).toEqual([1, 0, 2, 3]);
  expect([...seen.maps]).toEqual([255, 85, 85, 0]);
});

describe('principal components', () => {
  const { rows, size, explained, places } = record.pca;
  const grow = (at: number): number => 2 + (at * (0.2 - 2)) / (size - 1);
  const [a, b] = [wave(rows * size, 0.731), wave(rows * size, 0.0137)];
  const table = Array.from({ length: rows }, (_, row) => Float32Array.from({ length: size }, (__, i) => a[row * size + i]! * grow(i) + b[row * size + i]!));

  test('equal scikit-learn, sign included', async () => {
    const found = await principalComponents(table, quietContext());
    expect(found.explained).toBeCloseTo(explained, 6);
    expect(difference(found.x, places[0] ?? [])).toBeLessThan(1e-5);
    expect(difference(found.y, places[1] ?? [])).toBeLessThan(1e-5);
  });

  test('of rows that do not differ, of one, of none', async () => {
    const same = await principalComponents([table[0]!, table[0]!, table[0]!], quietContext());
    expect([...same.x, ...same.y]).toEqual([0, 0, 0, 0, 0, 0]);
    expect((await principalComponents([table[0]!], quietContext())).x).toHaveLength(1);
    expect((await principalComponents([], quietContext())).x).toHaveLength(0);
  });

  test('of two rows lie on a line', async () => {
    const { x, y, explained: share } = await principalComponents([Float32Array.of(0, 0, 0), Float32Array.of(3, 0, 4)], quietContext());
    expect(Math.abs(x[0]! - x[1]!)).toBeCloseTo(5, 5);
    expect(Math.abs(y[0]! - y[1]!)).toBeCloseTo(0, 5);
    expect(share).toBeCloseTo(1, 6);
  });
});

describe('UMAP', () => {
  test('takes turns, and can be stopped at any of them', async () => {
    const rows = Array.from({ length: 300 }, (_, i) => wave(20, 0.7 + 0.01 * i));
    const control = new JobControl();
    const context = control.context((progress) => {
      if (progress.kind === 'stage' && progress.done > rows.length) control.stop();
    });
    await expect(umap(rows, context)).rejects.toMatchObject({ code: 'stopped' });
  });
});
