/** How long ago something was. */
import { afterEach, describe, expect, it } from 'vitest';
import { ago } from '../../renderer/lib/ago';
import { preferences } from '../../renderer/state/preferences.svelte';

const NOW = Date.parse('2026-03-02T12:00:00Z');
const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const before = (milliseconds: number): string => ago(new Date(NOW - milliseconds).toISOString(), NOW);

afterEach(() => preferences.adopt({ locale: 'en', theme: 'system' }));

describe('ago', () => {
  it('says it in the largest unit that is full', () => {
    expect([59_999, MINUTE, 59 * MINUTE, 60 * MINUTE, DAY - 1, DAY, 6 * DAY, 7 * DAY, 62 * DAY, 800 * DAY].map(before)).toEqual([
      'now', '1 minute ago', '59 minutes ago', '1 hour ago', '23 hours ago', 'yesterday', '6 days ago', 'last week', '2 months ago', '2 years ago'
    ]);
  });

  it('takes a clock that was ahead for now', () => {
    expect(before(-DAY)).toBe('now');
  });

  it('speaks the language of the window', () => {
    preferences.adopt({ locale: 'ja', theme: 'system' });
    expect([before(3 * DAY), before(DAY)]).toEqual(['3 日前', '昨日']);
  });
});
