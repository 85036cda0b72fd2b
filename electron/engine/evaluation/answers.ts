/** What a model answers to pictures whose classes are known: the ground on which everything is counted. */

export interface Answers {
  readonly count: number;
  /** How many classes the model knows. */
  readonly classes: number;
  /** Id of each picture. */
  readonly ids: Int32Array<ArrayBuffer>;
  /** Index of the class that each picture has. */
  readonly labels: Int32Array<ArrayBuffer>;
  /** Before the softmax, [count, classes], as they were learned: at temperature 1. */
  readonly logits: Float32Array;
}

/** One row of [count, classes]. */
export const rowOf = (values: Float32Array, i: number, classes: number): Float32Array => values.subarray(i * classes, (i + 1) * classes);

/** softmax(z / T): the highest is taken off first, so that none overflows. */
export function softmax(logits: Float32Array, temperature: number): Float64Array {
  const highest = Math.max(...logits);
  const powers = Float64Array.from(logits, (z) => Math.exp((z - highest) / temperature));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** softmax(z / T) of each row, [count, classes]. */
export function probabilitiesAt({ count, classes, logits }: Pick<Answers, 'count' | 'classes' | 'logits'>, temperature: number): Float32Array {
  const probabilities = new Float32Array(count * classes);
  for (let i = 0; i < count; i++) probabilities.set(softmax(rowOf(logits, i, classes), temperature), i * classes);
  return probabilities;
}

/** Mean of -log softmax(z / T)[label], from the logits: a probability too small for 32 bits still counts in full. */
export function crossEntropy({ count, classes, labels, logits }: Answers, temperature: number): number {
  let total = 0;
  for (let i = 0; i < count; i++) {
    const row = rowOf(logits, i, classes);
    const highest = Math.max(...row);
    const sum = row.reduce((total, z) => total + Math.exp((z - highest) / temperature), 0);
    total += Math.log(sum) - ((row[labels[i] as number] as number) - highest) / temperature;
  }
  return total / count;
}
