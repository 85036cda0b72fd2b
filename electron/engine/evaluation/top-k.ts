/** Whether the right class is at least among the most probable ones. */
import { type Answers, rowOf } from './answers';

/** Share of the pictures whose class is among the k most probable, for k = 1 .. `most`; of equals the first class counts as the more probable. */
export function topKAccuracy({ count, classes, labels, logits }: Answers, most: number): number[] {
  const atRank = new Array<number>(classes).fill(0);
  for (let i = 0; i < count; i++) {
    const [row, label] = [rowOf(logits, i, classes), labels[i] as number];
    const own = row[label] as number;
    const before = row.reduce((sum, z, k) => sum + (z > own || (z === own && k < label) ? 1 : 0), 0);
    atRank[before] = (atRank[before] ?? 0) + 1;
  }
  let within = 0;
  return atRank.slice(0, most).map((hits) => (within += hits) / count);
}
