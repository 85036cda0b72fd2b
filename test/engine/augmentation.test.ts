/** Augmentation against Keras' layers (fixtures/record-augmentation.py), and its sampler against the distributions it promises. */
import * as v from 'valibot';
import { describe, expect, it, test } from 'vitest';
import { type Augmentation, AugmentationSchema, changesPictures, isAugmenting } from '../../electron/contract';
import { MID_GREY, parametersOf } from '../../electron/engine/graph/operations/augment';
import { augmentPictures } from '../../electron/engine/jobs/augment';
import { Random } from '../../electron/engine/model/random';
import { type AugmentationParameters, Augmenter, batchRandom, drawAugmentation, drawMixup, mix, pictureRandom, transformsOf } from '../../electron/engine/training/augmentation';
import recorded from '../fixtures/augmentation.json';

const OFF: Augmentation = v.parse(AugmentationSchema, {});
const EVERYTHING: Augmentation = { flip: 'both', shift: 0.2, crop: 0.3, rotation: 0.1, zoom: 0.3, brightness: 0.2, contrast: 0.3, cutout: 0.4, mixup: 0, variants: 0 };
const EVERYTHING_MOVED: Augmentation = { ...EVERYTHING, brightness: 0, contrast: 0, cutout: 0 };
const set = (changes: Partial<Augmentation>): Augmentation => ({ ...OFF, ...changes });

/** Parameters under which nothing changes, but for what is given: the same for each picture. */
function still(count: number, changes: Partial<Record<keyof AugmentationParameters, number>> = {}): AugmentationParameters {
  const parameters = drawAugmentation(OFF, count, () => new Random(0));
  for (const [name, value] of Object.entries(changes)) parameters[name as keyof AugmentationParameters].fill(value);
  return parameters;
}

function run(augmentation: Augmentation, height: number, width: number, pixels: Uint8Array | Float32Array, parameters: AugmentationParameters): Float32Array {
  const augmenter = Augmenter.compile(augmentation, height, width);
  try {
    return augmenter.run(pixels, pixels.length / (height * width * 3), parameters);
  } finally {
    augmenter.dispose();
  }
}

const noise = (count: number, height: number, width: number): Uint8Array => {
  const random = new Random(11);
  return Uint8Array.from({ length: count * height * width * 3 }, () => random.next() * 256);
};

/** The same picture turned over by plain indexing. */
const turnedOver = (pixels: Uint8Array, height: number, width: number, x: boolean, y: boolean): number[] =>
  Array.from(pixels, (_, at) => {
    const [picture, row, column, channel] = [Math.floor(at / (height * width * 3)), Math.floor(at / (width * 3)) % height, Math.floor(at / 3) % width, at % 3];
    return pixels[((picture * height + (y ? height - 1 - row : row)) * width + (x ? width - 1 - column : column)) * 3 + channel]!;
  });

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);
};

describe('settings', () => {
  it('are all off when nothing is said', () => {
    expect(isAugmenting(OFF)).toBe(false);
    expect(isAugmenting(set({ variants: 8 }))).toBe(false);
    expect(parametersOf(OFF)).toEqual([]);
  });

  it.each(['flip', 'shift', 'crop', 'rotation', 'zoom', 'brightness', 'contrast', 'cutout', 'mixup'] as const)('%s counts as augmentation', (key) => {
    const on = set({ [key]: key === 'flip' ? 'vertical' : 0.1 });
    expect(isAugmenting(on)).toBe(true);
    expect(changesPictures(on)).toBe(key !== 'mixup');
  });

  it.each([
    [{ flip: 'sideways' }, 'augmentation flip must be'],
    [{ shift: 0.6 }, 'augmentation shift must be at most 0.5.'],
    [{ crop: -0.1 }, 'augmentation crop must be at least 0.'],
    [{ rotation: '0.1' }, 'augmentation rotation must be a number.'],
    [{ mixup: NaN }, 'augmentation mixup must be a number.'],
    [{ variants: 1.5 }, 'augmentation variants must be a whole number.'],
    [{ variants: 65 }, 'augmentation variants must be at most 64.'],
    [{ blur: 1 }, 'blur']
  ])('%j is refused by name', (given, sentence) => {
    const [issue] = v.safeParse(AugmentationSchema, given).issues ?? [];
    expect(`${issue?.message} ${v.getDotPath(issue!)}`).toContain(sentence);
  });
});

describe('pictures as Keras makes them', () => {
  // Records are rounded to 0.001; places are float32, up to 16 pixels wide (2^-20 apart), and colours 255 apart: 255 * 2^-20 on each axis.
  const ROUNDING = 0.0005 + 4 * 255 * 2 ** -20;
  const withoutHoles = { ...EVERYTHING, cutout: 0 };
  const pictures: Record<string, { count: number; height: number; width: number; pixels: number[] }> = recorded.pictures;

  test.each(recorded.cases.map((found) => [`${found.name}, ${found.size}`, found] as const))('%s', (_, { size, drawn, output, transform }) => {
    const { count, height, width, pixels } = pictures[size]!;
    const parameters = still(count, drawn);
    // Records of matrices are rounded to 0.000001; float32 numbers below 4 are 2^-22 apart.
    if (transform) expect(largestDifference(transformsOf(parameters, height, width).subarray(0, 8), transform)).toBeLessThan(0.5e-6 + 4 * 2 ** -22);
    expect(largestDifference(run(withoutHoles, height, width, Uint8Array.from(pixels), parameters), output)).toBeLessThan(ROUNDING);
  });
  it('crops a window and enlarges it with half-pixel centres', () => {
    const { window, size, output } = recorded.crop;
    const { height, width, pixels } = pictures[size]!;
    const room = width - window.side;
    const ours = run(set({ crop: 0.5 }), height, width, Uint8Array.from(pixels), still(1, { cropSide: window.side / width, cropX: window.left / room, cropY: window.top / room }));
    // The outermost pixels look half a pixel over the window's edge.
    const inner = (_: number, at: number): boolean => [Math.floor(at / (width * 3)), Math.floor(at / 3) % width].every((place) => place > 0 && place < 7);
    const [a, b] = [Array.from(ours).filter(inner), output.filter(inner)];
    expect(a).toHaveLength(6 * 6 * 3);
    expect(largestDifference(a, b)).toBeLessThan(ROUNDING);
  });
});

describe('exactness', () => {
  const [height, width] = [9, 6];
  const bytes = noise(4, height, width);

  it('leaves pictures alone when everything is off, as bytes and as floats', () => {
    expect(Array.from(run(OFF, height, width, bytes, still(4)))).toEqual(Array.from(bytes));
    const floats = Float32Array.from(bytes, (byte) => byte / 3);
    expect(run(OFF, height, width, floats, still(4))).toEqual(floats);
  });

  it.each([
    ['alone', set({ flip: 'both' })],
    ['in the resampling', set({ flip: 'both', shift: 0.3 })]
  ])('flips to the bit, %s', (_, augmentation) => {
    for (const [x, y] of [[true, false], [false, true], [true, true], [false, false]] as const) {
      expect(Array.from(run(augmentation, height, width, bytes, still(4, { flipX: +x, flipY: +y })))).toEqual(turnedOver(bytes, height, width, x, y));
    }
  });

  it('flips only the pictures that are to be flipped', () => {
    const parameters = still(4);
    parameters.flipX.set([0, 1, 0, 1]);
    const out = Array.from(run(set({ flip: 'horizontal' }), height, width, bytes, parameters));
    const [own, over] = [Array.from(bytes), turnedOver(bytes, height, width, true, false)];
    const size = height * width * 3;
    expect(out).toEqual([own, over, own, over].flatMap((from, i) => from.slice(i * size, (i + 1) * size)));
  });

  it('does at once what flip, shift, crop and rotation do one after the other', () => {
    // Whole pixels and a quarter turn, and a window that nobody sees beyond: only the crop mixes colours, so nothing is lost on the way.
    const steps = [{ flipX: 1 }, { shiftX: 1 / 8, shiftY: -2 / 8 }, { cropSide: 0.5, cropX: 0.5, cropY: 0.25 }, { angle: Math.PI / 2 }];
    const own = noise(1, 8, 8);
    const inTurn = steps.reduce<Uint8Array | Float32Array>((pixels, step) => run(EVERYTHING_MOVED, 8, 8, pixels, still(1, step)), own);
    const atOnce = run(EVERYTHING_MOVED, 8, 8, own, still(1, Object.assign({}, ...steps)));
    expect(largestDifference(inTurn, atOnce)).toBeLessThan(4 * 255 * 2 ** -20);
    expect(largestDifference(inTurn, own)).toBeGreaterThan(100);
  });

  it('treats each picture of a batch as if it were alone', () => {
    const draw = (from: number, count: number) => drawAugmentation(EVERYTHING, count, (i) => pictureRandom(3, 1, from + i));
    const together = run(EVERYTHING, height, width, bytes, draw(0, 4));
    const size = height * width * 3;
    for (let i = 0; i < 4; i++) {
      expect(run(EVERYTHING, height, width, bytes.subarray(i * size, (i + 1) * size), draw(i, 1))).toEqual(together.slice(i * size, (i + 1) * size));
    }
  });

  it('stays within 0..255', () => {
    const parameters = still(4);
    parameters.brightness.set([-150, 150, 0, 0]);
    parameters.contrast.set([1, 1, 2, 0.5]);
    const out = run(set({ brightness: 1, contrast: 1 }), height, width, bytes, parameters);
    const size = height * width * 3;
    const ranges = [0, 1, 2, 3].map((i) => out.subarray(i * size, (i + 1) * size)).map((picture) => [Math.min(...picture), Math.max(...picture)]);
    expect([ranges[0]![0], ranges[1]![1], ranges[2]]).toEqual([0, 255, [0, 255]]);
    expect(ranges[3]![1]! - ranges[3]![0]!).toBeLessThanOrEqual(128);
  });
});

describe('cutout', () => {
  const [height, width] = [12, 10];
  const pixels = noise(1, height, width).map((byte) => byte & 0xfe);
  /** Rows and columns of the hole, by the pixels that became grey. */
  const holeAt = (row: number, column: number, cutout: number): number[][] => {
    const out = run(set({ cutout }), height, width, pixels, still(1, { holeY: (row + 0.5) / height, holeX: (column + 0.5) / width }));
    return Array.from(out).flatMap((value, at) => {
      if (value !== MID_GREY) expect(value).toBe(pixels[at]);
      return value === MID_GREY && at % 3 === 0 ? [[Math.floor(at / (width * 3)), Math.floor(at / 3) % width]] : [];
    });
  };
  const square = (top: number, bottom: number, left: number, right: number): number[][] =>
    Array.from({ length: bottom - top }, (_, y) => Array.from({ length: right - left }, (__, x) => [top + y, left + x])).flat();

  it('covers a square around its centre', () => {
    expect(holeAt(6, 5, 0.4)).toEqual(square(4, 8, 3, 7));
    expect(holeAt(6, 5, 0.3)).toEqual(square(5, 8, 4, 7));
  });

  it('is cut off at the border, as in the paper', () => {
    // y1, y2 = clip(y - side / 2, 0, h), clip(y + side / 2, 0, h)
    expect(holeAt(0, 0, 0.4)).toEqual(square(0, 2, 0, 2));
    expect(holeAt(11, 9, 0.4)).toEqual(square(9, 12, 7, 10));
    expect(holeAt(1, 5, 0.8)).toEqual(square(0, 5, 1, 9));
  });
});

/** Largest distance between the distribution of the values and the one they should have (Kolmogorov and Smirnov). */
function farthest(values: ArrayLike<number>, distribution: (x: number) => number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted.reduce((far, x, i) => Math.max(far, Math.abs(distribution(x) - i / sorted.length), Math.abs(distribution(x) - (i + 1) / sorted.length)), 0);
}
const N = 20000;
/** Right samples go beyond it once in a thousand. */
const FARTHEST = 1.95 / Math.sqrt(N);
const uniform = (low: number, high: number) => (x: number) => Math.min(1, Math.max(0, (x - low) / (high - low)));
const correlation = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  const about = (values: ArrayLike<number>) => {
    const average = Array.from(values).reduce((sum, x) => sum + x, 0) / values.length;
    return Array.from(values, (x) => x - average);
  };
  const dot = (x: number[], y: number[]) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  const [x, y] = [about(a), about(b)];
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
};

describe('draws', () => {
  const drawn = drawAugmentation(EVERYTHING, N, (i) => pictureRandom(5, 2, i));

  it.each([
    ['shiftX', -0.2, 0.2],
    ['shiftY', -0.2, 0.2],
    ['cropSide', 0.7, 1],
    ['cropX', 0, 1],
    ['cropY', 0, 1],
    ['angle', -0.2 * Math.PI, 0.2 * Math.PI],
    ['zoom', 0.7, 1.3],
    ['brightness', -51, 51],
    ['contrast', 0.7, 1.3],
    ['holeX', 0, 1],
    ['holeY', 0, 1]
  ] as const)('%s is uniform from %f to %f', (name, low, high) => {
    expect(farthest(drawn[name], uniform(low, high))).toBeLessThan(FARTHEST);
  });

  it('flips every other picture, on each axis by itself', () => {
    const share = (values: Float64Array): number => values.reduce((sum, x) => sum + x, 0) / N;
    const fourSigma = 2 / Math.sqrt(N);
    expect(Math.abs(share(drawn.flipX) - 0.5)).toBeLessThan(fourSigma);
    expect(Math.abs(share(drawn.flipY) - 0.5)).toBeLessThan(fourSigma);
    expect(Math.abs(correlation(drawn.flipX, drawn.flipY))).toBeLessThan(2 * fourSigma);
    const horizontal = drawAugmentation(set({ flip: 'horizontal' }), 64, (i) => pictureRandom(0, 0, i));
    expect(new Set(horizontal.flipX)).toEqual(new Set([0, 1]));
    expect(new Set(horizontal.flipY)).toEqual(new Set([0]));
  });

  it('has nothing to do with the next parameter, the next picture, the next epoch or the next seed', () => {
    const shifts = (seed: number, epoch: number, from: number) => drawAugmentation(EVERYTHING, N, (i) => pictureRandom(seed, epoch, from + i)).shiftX;
    for (const other of [drawn.shiftY, shifts(5, 2, 1), shifts(5, 3, 0), shifts(6, 2, 0), shifts(5 ^ 2, 0, 0)]) {
      expect(Math.abs(correlation(drawn.shiftX, other))).toBeLessThan(4 / Math.sqrt(N));
    }
    const epochsOfOnePicture = Float64Array.from({ length: N }, (_, epoch) => pictureRandom(5, epoch, 7).next());
    expect(farthest(epochsOfOnePicture, uniform(0, 1))).toBeLessThan(FARTHEST);
  });

  it('gives every picture of an epoch, and every batch, a stream of its own', () => {
    const states = new Set(Array.from({ length: N }, (_, i) => pictureRandom(5, 2, i).state.join()));
    for (let step = 0; step < N; step++) states.add(batchRandom(5, 2, step).state.join());
    expect(states.size).toBe(2 * N);
  });

  it('is the same again without what came before', () => {
    const alone = drawAugmentation(EVERYTHING, 1, () => pictureRandom(5, 2, 1234));
    for (const name of Object.keys(drawn) as (keyof AugmentationParameters)[]) expect(alone[name][0]).toBe(drawn[name][1234]);
  });

  it('draws the other parts alike when one is switched on', () => {
    const without = drawAugmentation({ ...EVERYTHING, flip: 'none', zoom: 0 }, 100, (i) => pictureRandom(5, 2, i));
    expect(without.angle).toEqual(drawn.angle.slice(0, 100));
    expect(new Set(without.zoom)).toEqual(new Set([1]));
  });
});

describe('mixup', () => {
  const lambdas = (alpha: number): Float64Array => Float64Array.from({ length: N }, (_, step) => drawMixup(alpha, 1, batchRandom(9, 0, step)).lambda);

  it.each([
    ['arcsine', 0.5, (x: number) => (2 / Math.PI) * Math.asin(Math.sqrt(x))],
    ['uniform', 1, (x: number) => x],
    ['parabola', 2, (x: number) => x * x * (3 - 2 * x)],
    ['seventh power', 4, (x: number) => x ** 4 * (35 - 84 * x + 70 * x ** 2 - 20 * x ** 3)]
  ])('lambda is Beta: %s for alpha %f', (_, alpha, distribution) => {
    expect(farthest(lambdas(alpha), distribution)).toBeLessThan(FARTHEST);
  });

  it.each([0.1, 0.2, 0.4, 3])('has the mean and variance of Beta(alpha, alpha) for alpha %f', (alpha) => {
    const values = lambdas(alpha);
    const mean = (f: (x: number) => number): number => values.reduce((sum, x) => sum + f(x), 0) / N;
    const variance = 1 / (4 * (2 * alpha + 1));
    // Fourth central moment of Beta(a, a): 3 / (16 (2 a + 1) (2 a + 3)).
    const spread = 3 / (16 * (2 * alpha + 1) * (2 * alpha + 3)) - variance ** 2;
    expect(Math.abs(mean((x) => x) - 0.5)).toBeLessThan(4 * Math.sqrt(variance / N));
    expect(Math.abs(mean((x) => (x - 0.5) ** 2) - variance)).toBeLessThan(4 * Math.sqrt(spread / N));
  });

  it('is off at alpha 0 and all or nothing near it', () => {
    expect(drawMixup(0, 4, new Random(1)).lambda).toBe(1);
    for (const lambda of lambdas(1e-4)) expect(lambda >= 0 && lambda <= 1).toBe(true);
  });

  it('pairs by a permutation that the batch determines', () => {
    const { lambda, partners } = drawMixup(0.4, 64, batchRandom(9, 3, 17));
    expect([...partners].sort((a, b) => a - b)).toEqual(Array.from({ length: 64 }, (_, i) => i));
    expect(partners).not.toEqual(Int32Array.from({ length: 64 }, (_, i) => i));
    expect(drawMixup(0.4, 64, batchRandom(9, 3, 17))).toEqual({ lambda, partners });
  });

  it('mixes rows with their partners', () => {
    expect([...mix(Float32Array.of(0, 8, 100, 108, 40, 48), { lambda: 0.75, partners: Int32Array.of(1, 2, 0) })]).toEqual([25, 33, 85, 93, 30, 38]);
  });
});

describe('preview', () => {
  const images = { count: 6, height: 8, width: 8, pixels: noise(6, 8, 8), labels: new Int32Array(6) };
  const size = 8 * 8 * 3;

  it('shows what training will see, rounded to bytes', () => {
    const shown = augmentPictures(images, [5, 2], EVERYTHING, 42, 3);
    expect(shown).toHaveLength(2 * 3 * size);
    for (const [i, position] of [5, 2].entries()) {
      for (let epoch = 0; epoch < 3; epoch++) {
        const own = images.pixels.slice(position * size, (position + 1) * size);
        const trained = run(EVERYTHING, 8, 8, own, drawAugmentation(EVERYTHING, 1, () => pictureRandom(42, epoch, position)));
        const at = (i * 3 + epoch) * size;
        expect(largestDifference(shown.subarray(at, at + size), trained)).toBeLessThanOrEqual(0.5);
      }
    }
  });

  it('shows mixup as the pictures mixed among themselves', () => {
    const shown = augmentPictures(images, [0, 1, 2, 3], set({ mixup: 1 }), 1, 1);
    const own = Float32Array.from(images.pixels.subarray(0, 4 * size));
    expect(largestDifference(shown, mix(own, drawMixup(1, 4, batchRandom(1, 0, 0))))).toBeLessThanOrEqual(0.5);
    expect(largestDifference(shown, own)).toBeGreaterThan(20);
  });
});
