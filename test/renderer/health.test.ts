/** A health report in sentences, and what its buttons say they do. */
import { afterEach, describe, expect, it } from 'vitest';
import type { HealthFinding } from '../../electron/contract';
import { findingSentence, fixLabel, leaks, picturesOf } from '../../renderer/lib/health';
import { preferences } from '../../renderer/state/preferences.svelte';

const KINDS: HealthFinding['kind'][] = [
  'unreadable', 'missing', 'duplicates', 'near_duplicates', 'contradiction', 'near_contradiction', 'leak', 'near_leak', 'tiny', 'odd_shape', 'blank', 'few', 'empty_class', 'uneven'
];
const finding = (part: Partial<HealthFinding>): HealthFinding => ({ kind: 'duplicates', groups: [], count: 0, class: null, figure: null, fix: null, ...part });
const className = (id: number): string => ['cat', 'dog'][id] ?? '';
const say = (part: Partial<HealthFinding>): string => findingSentence(finding(part), className);

afterEach(() => preferences.adopt({ locale: 'en', theme: 'system' }));

describe('a finding', () => {
  it('is a sentence of its own in both languages, with nothing missing from it', () => {
    for (const locale of ['en', 'ja'] as const) {
      preferences.adopt({ locale, theme: 'system' });
      const sentences = KINDS.map((kind) => say({ kind, count: 12, class: 1, figure: 7 }));
      expect(new Set(sentences).size).toBe(KINDS.length);
      for (const sentence of sentences) expect(sentence).toMatch(/^[^{}]+[.。]$/);
      expect(sentences.join()).not.toMatch(/undefined|NaN/);
    }
  });

  it('tells its figures', () => {
    expect(say({ kind: 'duplicates', count: 1234 })).toContain('in one class: 1,234 pictures');
    expect(say({ kind: 'tiny', count: 1, figure: 9 })).toContain('down to 9 pixels high or wide: 1 picture.');
    expect(say({ kind: 'odd_shape', count: 3, figure: 4.2 })).toContain('up to 4.2 to 1');
    expect(say({ kind: 'uneven', count: 3, class: 1, figure: 3.5 })).toMatch(/“dog”.* 3\.5 times/);
  });

  it('counts what there is to train on where a class has too little of it', () => {
    expect(say({ kind: 'few', count: 9, class: 0, figure: 1 })).toMatch(/^“cat” has only 1 picture to train on/);
  });
});

describe('a button', () => {
  const label = (part: Partial<HealthFinding>): string | null => fixLabel(finding(part), className);

  it('is named by what it does', () => {
    expect(label({ kind: 'duplicates', fix: { kind: 'remove', pictures: [1, 2, 3] } })).toBe('Remove the 3 copies');
    expect(label({ kind: 'leak', fix: { kind: 'remove', pictures: [1] } })).toBe('Remove the copy');
    expect(label({ kind: 'unreadable', fix: { kind: 'remove', pictures: [1] } })).toBe('Remove 1 picture');
    expect(label({ kind: 'blank', fix: { kind: 'exclude', pictures: [4, 5] } })).toBe('Exclude 2 pictures');
    expect(label({ kind: 'empty_class', fix: { kind: 'remove_class', class: 1 } })).toBe('Remove the class dog');
  });

  it('is not there where no single change mends it', () => {
    expect(label({ kind: 'contradiction' })).toBeNull();
  });
});

describe('findings', () => {
  it('name each picture once', () => {
    expect(picturesOf(finding({ groups: [[1, 2], [2, 3], []] }))).toEqual([1, 2, 3]);
  });

  it('warn of leaks, exact and near', () => {
    const among = KINDS.filter((kind) => leaks([finding({ kind: 'few' }), finding({ kind })]));
    expect(among).toEqual(['leak', 'near_leak']);
  });
});
