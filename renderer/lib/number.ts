/** Numbers as people type them. */

export interface Range {
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
}

/** The number that was typed, or null when it is none or out of range. Full-width digits, as a Japanese keyboard types them, count too. */
export function readNumber(text: string, { min, max, whole }: Range): number | null {
  const number = text.trim() === '' ? NaN : Number(text.normalize('NFKC').trim());
  return Number.isFinite(number) && number >= min && number <= max && (!whole || Number.isInteger(number)) ? number : null;
}
