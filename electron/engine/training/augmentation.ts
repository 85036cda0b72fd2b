/**
 * What happens to each picture, drawn at random, and the program that does it. A picture's draw depends on seed, epoch and picture alone,
 * not on what was drawn before: a run that is gone on with, and a preview, see the pictures that the run sees.
 */
import type { Augmentation } from '../../contract';
import { Graph, nameOf } from '../graph/graph';
import { augment, type ParameterName, PARAMETERS, parametersOf } from '../graph/operations/augment';
import { cast } from '../graph/operations/shapes';
import { encodeSavedModel } from '../graph/saved-model';
import { Random } from '../model/random';
import { type Feed, Session } from '../runtime/session';

/** The stream of one picture in one epoch, or for one kept variant. Different pictures never share one within an epoch. */
export function pictureRandom(seed: number, epochOrVariant: number, pictureIndex: number): Random {
  const scatter = (n: number): number => new Random(n).state[0];
  return new Random(scatter(scatter(seed) ^ epochOrVariant) ^ pictureIndex);
}

/** The stream of one batch: where pictures count from 0 upwards, batches count from -1 downwards. */
export const batchRandom = (seed: number, epochOrVariant: number, step: number): Random => pictureRandom(seed, epochOrVariant, -1 - step);

/** u from [0, 1) to [-1, 1). */
const either = (u: number): number => 2 * u - 1;

/**
 * What a random number u, uniform in [0, 1), becomes. Lengths are shares of the picture's: the same draw looks the same at every size.
 * Ranges: Keras' RandomFlip, RandomTranslation, RandomRotation, RandomZoom, RandomBrightness and RandomContrast.
 */
const DRAWS = {
  /** 1: mirrored. Differs from Keras: with "both", each axis has a chance of its own. */
  flipX: ({ flip }, u) => ((flip === 'horizontal' || flip === 'both') && u < 0.5 ? 1 : 0),
  flipY: ({ flip }, u) => ((flip === 'vertical' || flip === 'both') && u < 0.5 ? 1 : 0),
  /** To the right and down. */
  shiftX: ({ shift }, u) => shift * either(u),
  shiftY: ({ shift }, u) => shift * either(u),
  /** Side of the window that is kept, and how much of what is cut away lies left of it and above it. */
  cropSide: ({ crop }, u) => 1 - crop * u,
  cropX: (_, u) => u,
  cropY: (_, u) => u,
  /** Radians, clockwise where the draw is below 0. */
  angle: ({ rotation }, u) => 2 * Math.PI * rotation * either(u),
  /** Above 1 the picture shrinks. */
  zoom: ({ zoom }, u) => 1 + zoom * either(u),
  brightness: ({ brightness }, u) => 255 * brightness * either(u),
  contrast: ({ contrast }, u) => 1 + contrast * either(u),
  /** The hole's centre. */
  holeX: (_, u) => u,
  holeY: (_, u) => u
} satisfies Record<string, (augmentation: Augmentation, u: number) => number>;

type DrawName = keyof typeof DRAWS;
const DRAW_NAMES = Object.keys(DRAWS) as DrawName[];

/** One number a picture for each thing drawn. */
export type AugmentationParameters = Readonly<Record<DrawName, Float64Array>>;

/**
 * Parameters for `count` pictures. Every picture takes the same numbers from its stream whatever is on, so that switching one part on leaves
 * the others as they were.
 * @param random the stream of the picture at a place in the batch; one stream for all is fine where history does not matter
 */
export function drawAugmentation(augmentation: Augmentation, count: number, random: (place: number) => Random): AugmentationParameters {
  const drawn = Object.fromEntries(DRAW_NAMES.map((name) => [name, new Float64Array(count)])) as Record<DrawName, Float64Array>;
  for (let i = 0; i < count; i++) {
    const stream = random(i);
    for (const name of DRAW_NAMES) drawn[name][i] = DRAWS[name](augmentation, stream.next());
  }
  return drawn;
}

/** x' = a0 x + a1 y + a2, y' = b0 x + b1 y + b2: from a place after to the place before. */
type Affine = readonly [a0: number, a1: number, a2: number, b0: number, b1: number, b2: number];

/** First `later` back, then `earlier`: the way a pixel goes from the finished picture to the original. */
const through = (earlier: Affine, later: Affine): Affine => {
  const [a0, a1, a2, b0, b1, b2] = earlier;
  const [c0, c1, c2, d0, d1, d2] = later;
  return [a0 * c0 + a1 * d0, a0 * c1 + a1 * d1, a0 * c2 + a1 * d2 + a2, b0 * c0 + b1 * d0, b0 * c1 + b1 * d1, b0 * c2 + b1 * d2 + b2];
};

/**
 * Flip, shift, crop, rotation and zoom, one after the other, as one transform a picture.
 * Keras turns and zooms about the centre between the outermost pixels, ((w - 1) / 2, (h - 1) / 2), and so does this.
 * @returns [count, 8] for ImageProjectiveTransformV3
 */
export function transformsOf(parameters: AugmentationParameters, height: number, width: number): Float32Array {
  const { flipX, flipY, shiftX, shiftY, cropSide, cropX, cropY, angle, zoom } = parameters;
  const [centreX, centreY] = [(width - 1) / 2, (height - 1) / 2];
  const count = angle.length;
  const transforms = new Float32Array(count * 8);
  for (let i = 0; i < count; i++) {
    const at = (values: Float64Array): number => values[i] as number;
    const [flipped, upsideDown, side, z] = [at(flipX), at(flipY), at(cropSide), at(zoom)];
    const [cos, sin] = [Math.cos(at(angle)), Math.sin(at(angle))];
    const flip: Affine = [1 - 2 * flipped, 0, flipped * (width - 1), 0, 1 - 2 * upsideDown, upsideDown * (height - 1)];
    const shift: Affine = [1, 0, -at(shiftX) * width, 0, 1, -at(shiftY) * height];
    // Pixels are squares: x + 1/2 of the enlarged window lies at side * (x + 1/2) of the window.
    const crop: Affine = [side, 0, (1 - side) * (at(cropX) * width - 0.5), 0, side, (1 - side) * (at(cropY) * height - 0.5)];
    const rotation: Affine = [cos, -sin, centreX - cos * centreX + sin * centreY, sin, cos, centreY - sin * centreX - cos * centreY];
    const zoomed: Affine = [z, 0, (1 - z) * centreX, 0, z, (1 - z) * centreY];
    transforms.set([flip, shift, crop, rotation, zoomed].reduce(through), i * 8);
  }
  return transforms;
}

/** What the graph is fed for each drawn picture. */
const fed = (name: ParameterName, drawn: AugmentationParameters, height: number, width: number): Float32Array | Int32Array => {
  switch (name) {
    case 'flippedColumns':
      return Int32Array.from(drawn.flipX, (flipped) => flipped * width);
    case 'flippedRows':
      return Int32Array.from(drawn.flipY, (flipped) => flipped * height);
    case 'transforms':
      return transformsOf(drawn, height, width);
    case 'holeColumn':
      return Float32Array.from(drawn.holeX, (share) => Math.floor(share * width));
    case 'holeRow':
      return Float32Array.from(drawn.holeY, (share) => Math.floor(share * height));
    case 'brightness':
    case 'contrast':
      return Float32Array.from(drawn[name]);
  }
};

/** Augmentation of pictures of one size, compiled. Mixup is no part of it: that concerns a batch and its labels. */
export class Augmenter {
  private constructor(
    private readonly session: Session,
    private readonly names: readonly ParameterName[],
    /** Where pictures come in that are no bytes any more. */
    private readonly floats: string,
    private readonly height: number,
    private readonly width: number
  ) {}

  static compile(augmentation: Augmentation, height: number, width: number): Augmenter {
    const g = new Graph();
    const pixels = cast(g, g.placeholder('bytes', 'uint8', [null, height, width, 3]), 'float32');
    const names = parametersOf(augmentation);
    const parameters = Object.fromEntries(names.map((name) => [name, g.placeholder(name, PARAMETERS[name].dtype, PARAMETERS[name].shape)]));
    g.after([], augment(g, pixels, parameters, augmentation), 'augmented');
    return new Augmenter(new Session(encodeSavedModel(g)), names, nameOf(pixels), height, width);
  }

  /**
   * @param pixels 0..255 [count, height, width, 3]
   * @param parameters of `count` pictures, drawn for the augmentation that was compiled
   * @returns the same shape and range, no longer whole numbers
   */
  run(pixels: Uint8Array | Float32Array, count: number, parameters: AugmentationParameters): Float32Array {
    const { height, width } = this;
    const pictures: Feed = { name: pixels instanceof Uint8Array ? 'bytes:0' : this.floats, shape: [count, height, width, 3], data: pixels };
    const feeds = this.names.map((name): Feed => ({
      name: `${name}:0`,
      shape: PARAMETERS[name].shape.map((size) => size ?? count),
      data: fed(name, parameters, height, width)
    }));
    return this.session.run([pictures, ...feeds], ['augmented:0'])[0] as Float32Array;
  }

  dispose(): void {
    this.session.dispose();
  }
}

/** Pairs of pictures in a batch and how they are mixed. */
export interface Mixup {
  /** Share of the picture itself; its partner has the rest. */
  readonly lambda: number;
  /** The partner of each place in the batch: a permutation. */
  readonly partners: Int32Array;
}

/**
 * mixup (Zhang, Cisse, Dauphin and Lopez-Paz 2018): one lambda ~ Beta(alpha, alpha) a batch, and each picture with another of the same batch,
 * as in the authors' code. Alpha 0: lambda is 1.
 *
 * Beta from Student's t, exact and for every alpha: with q = u^(1/alpha) and c = cos(2 pi v), t = c sqrt(2 alpha (1 - q) / q) has 2 alpha
 * degrees of freedom (Bailey 1994), and (1 + t / sqrt(2 alpha + t^2)) / 2 is Beta(alpha, alpha) (Devroye 1996).
 */
export function drawMixup(alpha: number, count: number, random: Random): Mixup {
  const q = random.next() ** (1 / alpha);
  const c = Math.cos(2 * Math.PI * random.next());
  const lambda = alpha > 0 ? (1 + c / Math.sqrt(c ** 2 + q / (1 - q))) / 2 : 1;
  return { lambda, partners: random.shuffle(Int32Array.from({ length: count }, (_, i) => i)) };
}

/** lambda x + (1 - lambda) partner for each row of a batch, be it pixels, features or one-hot labels. */
export function mix(rows: Float32Array, { lambda, partners }: Mixup): Float32Array {
  const size = rows.length / partners.length;
  const mixed = new Float32Array(rows.length);
  partners.forEach((partner, i) => {
    const [own, other] = [i * size, partner * size];
    for (let k = 0; k < size; k++) mixed[own + k] = lambda * (rows[own + k] as number) + (1 - lambda) * (rows[other + k] as number);
  });
  return mixed;
}
