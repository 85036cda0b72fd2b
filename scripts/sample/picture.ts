/** One picture from its name: "set/split/class/number" is the seed of everything in it. */
import { expose } from './camera';
import { Random } from './random';
import { render } from './render';
import { type Fill, compose } from './scene';
import type { Maker } from './thing';

export interface Style {
  /** Height and width, pixels. */
  readonly size: number;
  /** Rendered so many times finer, then averaged. */
  readonly oversampling: number;
  readonly fill: Fill;
}

/** `size` x `size` RGB bytes. */
export function picture(name: string, maker: Maker, { size, oversampling, fill }: Style): Uint8Array {
  const random = new Random(name);
  const light = render(compose(random, maker(random), fill), Math.round(size * oversampling));
  return expose(random, light, size);
}
