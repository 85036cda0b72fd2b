/** Places for figures beside a chart, which cannot be read one on the other: they make room for each other, and stay between top and bottom. */
export function apart(wanted: readonly number[], room: number, top: number, bottom: number): number[] {
  const within = (y: number, from: number, to: number): number => Math.max(from, Math.min(to, y));
  const [first, second] = wanted;
  if (first === undefined || second === undefined || Math.abs(first - second) >= room) return wanted.map((y) => within(y, top, bottom));
  // The upper one of a pair that is moved as one.
  const upper = within((first + second - room) / 2, top, Math.max(top, bottom - room));
  return second >= first ? [upper, upper + room] : [upper + room, upper];
}
