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

/** softmax(z / T) of each row, [count, classes]. */
export function probabilitiesAt({ count, classes, logits }: Answers, temperature: number): Float32Array {
  const probabilities = new Float32Array(count * classes);
  for (let i = 0; i < count; i++) {
    const row = rowOf(logits, i, classes);
    const highest = Math.max(...row);
    const powers = Float64Array.from(row, (z) => Math.exp((z - highest) / temperature));
    const sum = powers.reduce((total, power) => total + power, 0);
    for (let k = 0; k < classes; k++) probabilities[i * classes + k] = (powers[k] as number) / sum;
  }
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
