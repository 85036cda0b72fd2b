/** What another input size would cost, and what it usually brings. */
import type { NetworkInfo } from '../../electron/contract';
import { m } from '../m';
import { layersOf } from './keeping';
import { resized } from './resized';

/** Sizes that MobileNetV2's five halvings divide evenly: nothing is padded away. */
export const SIZES = [32, 64, 96, 128, 160, 192, 224] as const;

/** Sides from which on a picture is called a photograph. */
const SMALL_PICTURE = 64;

const multiplyAdds = (network: NetworkInfo): number => layersOf(network).reduce((sum, layer) => sum + layer.multiplyAdds, 0);

/** How many times the computing of the network as it is. */
export const timesTheComputing = (network: NetworkInfo, size: number): number => multiplyAdds(resized(network, size)) / multiplyAdds(network);

/** Side of MobileNetV2's last map, which the head pools: five halvings, rounded up. */
export const lastMap = (size: number): number => Math.ceil(size / 32);

/** @param pictureSize of the pictures' sides, null for photographs of any size */
export function sizeSentence(size: number, pictureSize: number | null): string {
  const map = lastMap(size);
  const small = pictureSize !== null && pictureSize <= SMALL_PICTURE;
  if (map === 1) return m.size_brings_one({ size });
  if (map === 2) return m.size_brings_two({ map });
  if (map <= 4) return m.size_brings_some({ map });
  return small ? m.size_brings_small({ map, size: pictureSize }) : m.size_brings_photographs({ map });
}
