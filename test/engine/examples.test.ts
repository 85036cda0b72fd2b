import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Progress } from '../../electron/contract';
import { type ImageSet, sliceImages } from '../../electron/engine/data/dataset';
import { FeatureCache } from '../../electron/engine/data/feature-cache';
import { pictureHashes } from '../../electron/engine/data/picture-hashes';
import { type Cut, cutAt, cutAtInput, cutBelow, cutsBelow } from '../../electron/engine/graph/cut';
import { Inference, type InputSpec } from '../../electron/engine/graph/inference';
import { type Layer, type Network, type Weights } from '../../electron/engine/model/layers';
import { type Examples, fits, makeExamples, type PictureSource, picturesOf } from '../../electron/engine/training/examples';
import { FeatureKeys } from '../../electron/engine/training/feature-keys';
import { discs, smallModel } from './export-fixture';
import { recordingContext, temporaryFolder } from './fixtures';

const GIB = 2 ** 30;
const { network, weights } = smallModel();
const input: InputSpec = { imageSize: 32, inputSize: 32, scale: '0..1' };
const set = discs(70, 32);
const inMemory = () => new FeatureCache({ memory: GIB, disk: 0, folder: 'none' });
const below = (name: string, of = network): Cut => cutAt(of, of.layers.findIndex((layer) => layer.name === name));
const all = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Features straight from the whole network below the cut, all pictures at once. */
function truth(cut: Cut, pictures: ImageSet = set, of: Weights = weights): Float32Array {
  const prefix = Inference.prefix(network, of, input, cut);
  const outputs = prefix.run(pictures.pixels, pictures.count);
  prefix.dispose();
  const rows = new Float32Array(pictures.count * cut.size);
  for (let i = 0; i < pictures.count; i++) {
    let at = i * cut.size;
    for (const output of outputs) {
      const size = output.length / pictures.count;
      rows.set(output.subarray(i * size, (i + 1) * size), at);
      at += size;
    }
  }
  return rows;
}

/** Largest difference, in units of the largest feature. */
function difference(rows: Float32Array, expected: Float32Array): number {
  expect(rows).toHaveLength(expected.length);
  const largest = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  expect(largest).toBeGreaterThan(0.1);
  return rows.reduce((most, x, i) => Math.max(most, Math.abs(x - (expected[i] as number))), 0) / largest;
}
/** Sums of some hundred float32 in another order. */
const ROUNDING = 1e-5;

interface Made {
  examples: Examples[];
  rows: Float32Array;
  /** Pictures that were computed. */
  computed: number;
  /** What was run: "pixels", or the layers that the run began from. */
  ran: string[];
}

async function make(cut: Cut, cache: FeatureCache, { sets = [set] as (ImageSet | PictureSource)[], of = weights, spec = input, through = network }: { sets?: (ImageSet | PictureSource)[]; of?: Weights; spec?: InputSpec; through?: Network } = {}): Promise<Made> {
  const { context, reports } = recordingContext();
  const [prefix, between] = [vi.spyOn(Inference, 'prefix'), vi.spyOn(Inference, 'between')];
  const examples = await makeExamples(sets, through, of, spec, cut, context, cache);
  const ran = [...prefix.mock.calls.map(() => 'pixels'), ...between.mock.calls.map(([, , lower]) => lower.crossing.map((layer) => layer.name).join())];
  vi.restoreAllMocks();
  const [first] = examples as [Examples];
  return { examples, rows: first.gather(all(first.count)).examples, computed: lastDone(reports), ran };
}
const lastDone = (reports: readonly Progress[]): number => reports.reduce((most, report) => (report.kind === 'stage' && report.stage === 'features' ? Math.max(most, report.done) : most), 0);

afterEach(() => vi.restoreAllMocks());

describe('features', () => {
  it('are those of a plain prefix, also where two layers cross the cut', async () => {
    for (const cut of [cutBelow(network, new Set(['dense'])), below('block_4_depthwise'), below('block_5_expand')]) {
      const { rows, computed } = await make(cut, inMemory());
      expect(computed).toBe(70);
      expect(difference(rows, truth(cut))).toBeLessThan(ROUNDING);
    }
    expect(below('block_4_depthwise').crossing.length).toBe(2);
  });

  it('of some positions come in their order, with their labels', async () => {
    const cut = below('block_8_expand');
    const labelled = { ...set, labels: Int32Array.from(all(70)) };
    const { examples: [examples] } = await make(cut, inMemory(), { sets: [labelled] });
    const { examples: rows, labels } = (examples as Examples).gather([69, 0, 33]);
    expect([...labels]).toEqual([69, 0, 33]);
    const expected = truth(cut);
    expect(difference(rows, Float32Array.from([69, 0, 33].flatMap((i) => [...expected.subarray(i * cut.size, (i + 1) * cut.size)])))).toBeLessThan(ROUNDING);
  });

  it('at the input are the pixels, and nothing is kept', async () => {
    const cache = inMemory();
    const { rows, ran } = await make(cutAtInput(network), cache);
    expect(rows).toEqual(Float32Array.from(set.pixels));
    expect([ran, cache.memory]).toEqual([[], 0]);
  });

  it('computed once are not computed again, in this process or the next', async () => {
    const limits = { memory: GIB, disk: GIB, folder: temporaryFolder() };
    const cache = new FeatureCache(limits);
    const cut = below('block_8_expand');
    const first = await make(cut, cache);
    const second = await make(cut, cache);
    expect(second).toMatchObject({ computed: 0, ran: [] });
    expect(second.rows).toEqual(first.rows);
    const next = await make(cut, new FeatureCache(limits));
    expect(next).toMatchObject({ computed: 0, ran: [] });
    expect(next.rows).toEqual(first.rows);
  });

  it('are computed of new pictures only, and of equal pictures once', async () => {
    const cache = inMemory();
    const cut = below('block_8_expand');
    await make(cut, cache, { sets: [sliceImages(set, 0, 30), sliceImages(set, 10, 40)] });
    const { computed, rows } = await make(cut, cache);
    expect(computed).toBe(30);
    expect(difference(rows, truth(cut))).toBeLessThan(ROUNDING);
    const twice = await make(cut, inMemory(), { sets: [sliceImages(set, 0, 30), sliceImages(set, 10, 40)] });
    expect(twice.computed).toBe(40);
  });

  it('when the line moves up, are computed from the highest cut that was kept', async () => {
    const cache = inMemory();
    const [low, middle, high] = [below('block_3_expand'), below('block_8_expand'), below('dense')];
    await make(low, cache);
    const moved = await make(middle, cache);
    expect(moved).toMatchObject({ computed: 70, ran: ['block_2_add'] });
    expect(difference(moved.rows, truth(middle))).toBeLessThan(ROUNDING);
    const again = await make(high, cache);
    expect(again.ran).toEqual([middle.crossing.map((layer) => layer.name).join()]);
    expect(difference(again.rows, truth(high))).toBeLessThan(ROUNDING);
    const down = await make(below('block_6_expand'), cache);
    expect(down.ran).toEqual(['block_2_add']);
  });

  it('from any cut to the next come to the same', async () => {
    const top = below('dense');
    const cuts = cutsBelow(network, top);
    expect(cuts[0]?.crossing.map((layer) => layer.name)).toEqual(['out_relu']);
    expect(cuts).toHaveLength(network.layers.findIndex((layer) => layer.name === 'dense') - 2);
    const expected = truth(top);
    // Between convolution and batch norm, inside a block with its shortcut, before and after a block.
    for (const name of ['bn_Conv1', 'block_2_depthwise', 'block_2_project_BN', 'block_2_add', 'block_9_expand_BN', 'Conv_1_bn', 'out_relu']) {
      const lower = below(name);
      const program = Inference.between(network, weights, lower, top);
      const [rows] = program.run(truth(lower), set.count) as [Float32Array];
      program.dispose();
      expect(difference(rows, expected), name).toBeLessThan(ROUNDING);
    }
  });

  it('that a lower cut has of some pictures only, come from there and from the pixels', async () => {
    const cache = inMemory();
    await make(below('block_3_expand'), cache, { sets: [sliceImages(set, 20, 50)] });
    const cut = below('block_8_expand');
    const { computed, ran, rows } = await make(cut, cache);
    expect(computed).toBe(70);
    expect(ran).toEqual(['pixels', 'block_2_add']);
    expect(difference(rows, truth(cut))).toBeLessThan(ROUNDING);
  });
});

describe('keys', () => {
  const cut = below('block_8_expand');
  const changed = (key: string): Weights => new Map(weights).set(key, (weights.get(key) as Float32Array).map((x) => x + 1e-3));
  const keyOf = (of: Weights, spec: InputSpec, through: Network = network, variant?: string) => new FeatureKeys(through, of, spec).of(below('block_8_expand', through), variant);
  const key = keyOf(weights, input);

  it('change with weights below the cut, and with none above it', () => {
    for (const layer of ['Conv1/kernel', 'block_3_expand_BN/moving_variance', 'block_7_project_BN/beta']) expect(keyOf(changed(layer), input), layer).not.toBe(key);
    for (const layer of ['block_8_expand/kernel', 'Conv_1_bn/gamma', 'dense/kernel']) expect(keyOf(changed(layer), input), layer).toBe(key);
  });

  it('change with the size, the scaling, the layers below and the variant', () => {
    const specs: InputSpec[] = [{ ...input, imageSize: 64 }, { ...input, scale: '-1..1' }, { ...input, inputSize: 48 }];
    const other = (layer: Layer): Layer => (layer.name === 'block_3_expand_BN' && layer.type === 'BatchNormalization' ? { ...layer, epsilon: 0.01 } : layer);
    const keys = [key, ...specs.map((spec) => keyOf(weights, spec)), keyOf(weights, input, { ...network, layers: network.layers.map(other) }), keyOf(weights, input, network, 'flipped')];
    expect(new Set(keys).size).toBe(keys.length);
    expect(keyOf(weights, input, { ...network, layers: network.layers.slice(0, -1) })).toBe(key);
  });

  it('of all cuts of a network differ', () => {
    const keys = new FeatureKeys(network, weights, input);
    const cuts = cutsBelow(network, below('dense'));
    expect(new Set(cuts.map((lower) => keys.of(lower))).size).toBe(cuts.length);
  });

  it('keep features of other weights apart', async () => {
    const cache = inMemory();
    await make(cut, cache);
    const other = changed('block_3_expand/kernel');
    const { rows, computed } = await make(cut, cache, { of: other });
    expect(computed).toBe(70);
    expect(difference(rows, truth(cut, set, other))).toBeLessThan(ROUNDING);
    expect(difference(rows, truth(cut))).toBeGreaterThan(10 * ROUNDING);
    expect((await make(cut, cache, { of: changed('dense/kernel') })).computed).toBe(0);
  });
});

describe('pictures made on the fly', () => {
  const cut = below('block_8_expand');
  const darker: PictureSource = { ...picturesOf(set), variant: 'half as bright', pixels: (positions) => Float32Array.from(picturesOf(set).pixels(positions), (x) => x / 2) };

  it('have features of their own, beside those of the pictures as they are', async () => {
    const cache = inMemory();
    const expected = truth(cut, { ...set, pixels: Float32Array.from(set.pixels, (x) => x / 2) as unknown as Uint8Array });
    for (const computed of [70, 0]) {
      const plain = await make(cut, cache);
      const changed = await make(cut, cache, { sets: [darker] });
      expect([plain.computed, changed.computed]).toEqual([computed, computed]);
      expect(difference(changed.rows, expected)).toBeLessThan(ROUNDING);
      expect(difference(plain.rows, truth(cut))).toBeLessThan(ROUNDING);
    }
    const higher = await make(below('block_12_expand'), cache, { sets: [darker] });
    expect(higher.ran).toEqual(['block_7_add']);
    expect(pictureHashes(set)).toEqual(darker.hashes());
  });
});

describe('where features do not fit', () => {
  const cut = below('block_3_expand');

  it('says so before they are computed', () => {
    const cache = new FeatureCache({ memory: cut.size * 4 * 50, disk: cut.size * 4 * 20, folder: 'none' });
    expect([fits(cut, 70, cache), fits(cut, 71, cache)]).toEqual([true, false]);
  });

  it('they are computed as they are asked for, to the same numbers', async () => {
    const nothing = new FeatureCache({ memory: 0, disk: 0, folder: 'none' });
    const { rows, examples } = await make(cut, nothing);
    expect(difference(rows, truth(cut))).toBeLessThan(ROUNDING);
    for (const each of examples) each.dispose();
  });

  it('disk serves when memory does not', async () => {
    const limits = { memory: 0, disk: GIB, folder: temporaryFolder() };
    const { rows } = await make(cut, new FeatureCache(limits));
    expect(difference(rows, truth(cut))).toBeLessThan(ROUNDING);
    const higher = await make(below('block_8_expand'), new FeatureCache(limits));
    expect(higher.ran).toEqual(['block_2_add']);
    expect(difference(higher.rows, truth(below('block_8_expand')))).toBeLessThan(ROUNDING);
  });

  it('what is in use stays until it is disposed of', async () => {
    const room = cut.size * 4 * 70;
    const cache = new FeatureCache({ memory: room, disk: 0, folder: 'none' });
    const first = await make(cut, cache);
    const second = await make(below('block_4_expand'), cache);
    const prefix = vi.spyOn(Inference, 'prefix');
    expect((first.examples[0] as Examples).gather(all(70)).examples).toEqual(first.rows);
    expect(prefix).not.toHaveBeenCalled();
    for (const each of [...first.examples, ...second.examples, ...first.examples]) each.dispose();
    const third = await make(below('block_4_expand'), cache);
    expect(third.computed).toBe(70);
    expect((await make(below('block_4_expand'), cache)).computed).toBe(0);
  });
});

describe('a run that is stopped', () => {
  it('keeps what was computed', async () => {
    const cache = inMemory();
    const many = discs(600, 32);
    const cut = below('block_8_expand');
    const { context, control, reports } = recordingContext();
    const stopping = { ...context, report: (progress: Progress) => (context.report(progress), control.stop()) };
    await expect(makeExamples([many], network, weights, input, cut, stopping, cache)).rejects.toMatchObject({ code: 'stopped' });
    const done = lastDone(reports);
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(600);
    expect((await make(cut, cache, { sets: [many] })).computed).toBe(600 - done);
  });
});
