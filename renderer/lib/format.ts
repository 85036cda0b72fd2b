/** Figures in the reader's language. Each reads the language, so that a sentence redraws when it changes. */
import { preferences } from '../state/preferences.svelte';

const formats = new Map<string, Intl.NumberFormat>();

function format(value: number, options: Intl.NumberFormatOptions): string {
  const key = preferences.locale + JSON.stringify(options);
  let known = formats.get(key);
  if (!known) formats.set(key, (known = new Intl.NumberFormat(preferences.locale, options)));
  return known.format(value);
}

export const count = (value: number): string => format(value, { maximumFractionDigits: 0 });
/** As short as a badge: 800, 3.8K, 50K. */
export const compact = (value: number): string => format(value, { notation: 'compact', maximumSignificantDigits: 2 });
export const percent = (share: number, digits = 0): string => format(share, { style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits });
export const decimal = (value: number, digits: number): string => format(value, { minimumFractionDigits: digits, maximumFractionDigits: digits });
/** A difference, with its sign: +6.5. */
export const signed = (value: number, digits: number): string => format(value, { signDisplay: 'exceptZero', minimumFractionDigits: digits, maximumFractionDigits: digits });
/** As short as the value allows: 0.001, 0.00001. */
export const plain = (value: number): string => format(value, { maximumSignificantDigits: 6, useGrouping: false });

/** A learning rate where there is little room: 0.001, but 1E-7. */
export const scientific = (value: number): string => format(value, { notation: value < 0.001 ? 'scientific' : 'standard', maximumSignificantDigits: 2 });

const unit = (value: number, name: string, digits = 0): string =>
  format(value, { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: digits });

export const milliseconds = (value: number): string => unit(value, 'millisecond', value < 10 ? 1 : 0);

/** "12 sec", "4 min", "1 hr 20 min". */
export function duration(seconds: number): string {
  if (seconds < 60) return unit(Math.max(0, Math.ceil(seconds)), 'second');
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return unit(minutes, 'minute');
  const rest = minutes % 60;
  return rest === 0 ? unit(Math.floor(minutes / 60), 'hour') : `${unit(Math.floor(minutes / 60), 'hour')} ${unit(rest, 'minute')}`;
}

/** In two digits, for what is only reckoned: 130 MB. */
export const roughly = (value: number): number => Number(value.toPrecision(2));

export function bytes(value: number): string {
  if (value < 1000) return unit(value, 'byte');
  if (value < 1e6) return unit(value / 1e3, 'kilobyte', 1);
  if (value < 1e9) return unit(value / 1e6, 'megabyte', 1);
  return unit(value / 1e9, 'gigabyte', 2);
}

/** "32 × 32 × 24" or "128". */
export const shape = (sides: readonly number[]): string => sides.map((side) => String(side)).join(' × ');
