/** Which of the values is largest; the first of equals. Of a network's probabilities: the class it names. */
export const indexOfLargest = (values: Float32Array): number => values.reduce((best, value, i) => (value > (values[best] ?? -Infinity) ? i : best), 0);
