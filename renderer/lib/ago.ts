/** How long ago something was, as people say it. */
import { preferences } from '../state/preferences.svelte';

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, seconds: number])[] = [
  ['year', 31_557_600], ['month', 2_629_800], ['week', 604_800], ['day', 86_400], ['hour', 3600], ['minute', 60], ['second', 1]
];

/**
 * "3 hours ago", "yesterday", "now" for less than a minute.
 * @param then ISO 8601
 * @param now milliseconds since 1970
 */
export function ago(then: string, now = Date.now()): string {
  const seconds = Math.max(0, (now - Date.parse(then)) / 1000);
  const [unit, length] = UNITS.find(([, least]) => seconds >= least) ?? UNITS[UNITS.length - 1]!;
  return new Intl.RelativeTimeFormat(preferences.locale, { numeric: 'auto' }).format(unit === 'second' ? 0 : -Math.floor(seconds / length), unit);
}
