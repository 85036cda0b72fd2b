/** A colour of its own for each class, as far as eyes can tell: hues by the golden angle, so that neighbours in the list are far apart. For light and dark alike. */

const GOLDEN_ANGLE = 137.508;
/** Every second turn is lighter, so that hues that come near again differ. */
const LIGHTNESS = [46, 62] as const;
const TURN = 10;

/** @param index of the class; below 0 for none, which is grey */
export function classColour(index: number): string {
  if (index < 0) return 'hsl(0 0% 55%)';
  return `hsl(${((index * GOLDEN_ANGLE) % 360).toFixed(0)} 62% ${LIGHTNESS[Math.floor(index / TURN) % 2]}%)`;
}
