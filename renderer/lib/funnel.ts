/** Where the network stands in the drawing: height by feature map, width by parameters, both on a logarithm. */
import type { NetworkInfo } from '../../electron/contract';
import { outputOf, parametersOf } from './trainable';

export interface BlockShape {
  name: string;
  part: 'base' | 'head';
  x: number;
  width: number;
  /** Height at the left and the right edge. */
  left: number;
  right: number;
  /** Side of the output map in pixels; 1 for the head. */
  side: number;
}

const GAP = 3;
/** Left of the first block: the picture that goes in. */
export const PICTURE = 44;
/** Between base and head: the graft. */
export const GRAFT = 52;
const LOWEST = 40;
/** Room for a block's label, and for a mark in it where there is width to spare. */
const NARROWEST = 15;
/** The same where the label is a word. */
const NARROWEST_WORD = 29;
/** Of a layer in a block that is opened. */
const LAYER = 12;

const sideOf = (shape: readonly number[]): number => (shape.length === 3 ? (shape[0] ?? 1) : 1);

/**
 * Left-to-right shapes filling `width`; the tallest is `height`.
 * @param opened block that is wide enough for its layers to be told apart
 */
export function funnel(network: NetworkInfo, width: number, height: number, opened: string | null = null): BlockShape[] {
  const weight = network.blocks.map((block) => (block.name === opened ? 0 : Math.max(0, Math.log10(Math.max(10, parametersOf(block))) - 2.9)));
  const total = weight.reduce((sum, w) => sum + w, 0);
  const narrowest = network.blocks.map(({ name, layers }) => (name === opened ? LAYER * layers.length : label(name).length > 2 ? NARROWEST_WORD : NARROWEST));
  const gaps = network.blocks.slice(1).map((block, i) => (block.part !== network.blocks[i]?.part ? GRAFT : GAP));
  const unit = Math.max(0, width - PICTURE - [...gaps, ...narrowest].reduce((sum, part) => sum + part, 0)) / Math.max(1, total);
  const tall = (side: number) => LOWEST + ((height - LOWEST) * Math.log2(Math.max(1, side))) / Math.log2(network.inputSize);
  let x = PICTURE;
  let before = network.inputSize;
  return network.blocks.map((block, i) => {
    const side = sideOf(outputOf(block));
    const shape = { name: block.name, part: block.part, x, width: narrowest[i]! + weight[i]! * unit, left: tall(before), right: tall(side), side };
    x += shape.width + (gaps[i] ?? 0);
    before = side;
    return shape;
  });
}

/** What the drawing needs at least; in less it scrolls. */
export const narrowestFunnel = (network: NetworkInfo, opened: string | null): number => {
  const last = funnel(network, 0, 1, opened).at(-1);
  return last ? last.x + last.width : 0;
};

/** Short enough to stand under a narrow block. */
export const label = (name: string): string => name.replace(/^block_/, '').replace('expanded_conv', '0');

/** What a block is called aloud: what stands under it, then its name where that is another. */
export const spoken = (name: string): string => (name.includes(label(name)) ? name : `${label(name)} (${name})`);

/** Blocks of the base in a row whose maps have one size: where the size is written. */
export function sides(shapes: readonly BlockShape[]): { side: number; from: number; to: number }[] {
  const spans: { side: number; from: number; to: number }[] = [];
  for (const { part, side, x, width } of shapes) {
    if (part === 'head') continue;
    const last = spans.at(-1);
    if (last?.side === side) last.to = x + width;
    else spans.push({ side, from: x, to: x + width });
  }
  return spans;
}

/** Outline of a block, its edges easing from one height to the other, around the middle line. */
export function outline({ x, width, left, right }: BlockShape, middle: number): string {
  const end = x + width;
  const bend = x + width / 2;
  return [
    `M${x} ${middle - left / 2}`,
    `C${bend} ${middle - left / 2} ${bend} ${middle - right / 2} ${end} ${middle - right / 2}`,
    `L${end} ${middle + right / 2}`,
    `C${bend} ${middle + right / 2} ${bend} ${middle + left / 2} ${x} ${middle + left / 2}`,
    'Z'
  ].join('');
}

/** Place of the freeze line in pixels, for a position in blocks (see linePosition). */
export function lineX(shapes: readonly BlockShape[], position: number): number {
  const base = shapes.filter((shape) => shape.part === 'base');
  const whole = Math.floor(position);
  const at = base[whole];
  if (!at) {
    const last = base.at(-1);
    return last ? last.x + last.width + GRAFT / 4 : 0;
  }
  return position === whole ? at.x - GAP / 2 : at.x + (position - whole) * at.width;
}
