/** A thing: parts that stand on y = 0 around the y axis, about one unit tall, each a solid with a material. */
import type { Material } from './materials';
import type { Random } from './random';
import type { Solid } from './solids';

export interface Part {
  readonly solid: Solid;
  readonly material: Material;
}
export type Thing = readonly Part[];

/** Makes one specimen of a class: proportions, options and surfaces drawn from `random`. */
export type Maker = (random: Random) => Thing;

export const part = (material: Material, ...solids: Solid[]): Part[] => solids.map((solid) => ({ solid, material }));
