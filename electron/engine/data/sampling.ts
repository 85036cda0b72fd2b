/** A part of many that stands for all. */
import { Random } from '../model/random';

/** At most `count` of them, evenly spread over their order. */
export const spread = <T>(all: readonly T[], count: number): readonly T[] =>
  all.length <= count ? all : Array.from({ length: count }, (_, i) => all[Math.floor(((i + 0.5) * all.length) / count)] as T);

/** At most `count`, of every class alike as far as it reaches, drawn from the seed; in their order. */
export function evenlyByClass<T>(all: readonly T[], classOf: (one: T) => number, count: number, seed: number): T[] {
  const order = new Random(seed).shuffle(all.map((_, i) => i));
  const taken = new Map<number, number>();
  // How many of its class come before: all firsts, then all seconds, until there are enough.
  const turns = order.map((i) => {
    const kind = classOf(all[i] as T);
    const turn = taken.get(kind) ?? 0;
    taken.set(kind, turn + 1);
    return { i, turn };
  });
  const chosen = turns.sort((a, b) => a.turn - b.turn).slice(0, count);
  return chosen.sort((a, b) => a.i - b.i).map(({ i }) => all[i] as T);
}
