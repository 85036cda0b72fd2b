/** Sentences that count say "1 picture" and "2 pictures", in a language that tells them apart and in one that does not. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { changeSentence, pictureCount } from '../../renderer/lib/changes';
import { count } from '../../renderer/lib/format';
import { m } from '../../renderer/m';
import en from '../../renderer/messages/en.json';
import ja from '../../renderer/messages/ja.json';
import { preferences } from '../../renderer/state/preferences.svelte';

type Sentence = (figures: Record<string, string | number>) => string;
type Counting = [{ declarations: string[]; match: Record<string, string> }];

const counting = Object.entries(en as Record<string, unknown>).filter((entry): entry is [string, Counting] => Array.isArray(entry[1]));
const sentence = (key: string): Sentence => (m as unknown as Record<string, Sentence>)[key]!;

/** The parameter that decides, of "local number = pictures: plural". */
const decides = ([{ declarations }]: Counting): string => /= (\w+): plural/.exec(declarations.join('\n'))?.[1] ?? '';
const filled = (text: string, figures: Record<string, string | number>): string => text.replace(/\{(\w+)\}/g, (_, name: string) => String(figures[name]));

/** Every parameter a word of its own, the one that decides a figure as the window writes it. */
function figuresOf(message: Counting, n: number): Record<string, string> {
  const names = Object.values(message[0].match).flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name));
  return { ...Object.fromEntries(names.map((name) => [name, `<${name}>`])), [decides(message)]: count(n) };
}

/** Counts of these are never 1: a ready-made data set, more than fits into memory, more than are dragged out at once, the largest class, the shown part of a longer list, epochs in which a loss rises, channels of a layer. */
const NEVER_ONE = ['ready_made_size', 'error_too_many_pictures', 'error_too_many_dragged', 'coach_uneven', 'confusion_some', 'coach_overfitting', 'layer_view_shape'];
const COUNTED = /\{\w+\}(?: [a-z]+)? (?:pictures|classes|epochs|steps|variants|answers|copies|mistakes|runs|files|frames|channels)\b/;

describe('counting sentences', () => {
  beforeAll(() => preferences.adopt({ locale: 'en', theme: 'system' }));
  afterEach(() => preferences.adopt({ locale: 'en', theme: 'system' }));

  it('know their plural wherever one can be', () => {
    const alone = Object.entries(en as Record<string, unknown>).filter(([, text]) => typeof text === 'string' && COUNTED.test(text)).map(([key]) => key);
    expect(alone.sort()).toEqual([...NEVER_ONE].sort());
  });

  it.each(counting)('%s tells one from many in English', (key, message) => {
    const [{ match }] = message;
    expect(match['number=one']).not.toBe(match['number=other']);
    for (const [n, form] of [[1, 'number=one'], [2, 'number=other'], [0, 'number=other'], [1234, 'number=other']] as const) {
      expect(sentence(key)(figuresOf(message, n)), String(n)).toBe(filled(match[form] ?? '', figuresOf(message, n)));
    }
  });

  it.each(counting)('%s is one sentence in Japanese', (key, message) => {
    preferences.adopt({ locale: 'ja', theme: 'system' });
    const text = (ja as Record<string, string>)[key] ?? '';
    for (const n of [1, 2]) {
      const said = sentence(key)(figuresOf(message, n)).replaceAll('\u200b', '').replaceAll('\u00a0', ' ');
      expect(said).toBe(filled(text, figuresOf(message, n)));
    }
  });

  it('read well', () => {
    expect([0, 1, 2, 3000].map(pictureCount)).toEqual(['0 pictures', '1 picture', '2 pictures', '3,000 pictures']);
    expect(changeSentence({ kind: 'move', count: 1, name: 'cats' })).toBe('Moved 1 picture to cats');
    expect(m.recent_counts({ pictures: pictureCount(1), classes: count(1) })).toBe('1 picture, 1 class');
    expect(m.health_fix_copies({ count: count(1) })).toBe('Remove the copy');
    expect(m.coach_longer_action({ epochs: 1 })).toBe('Train anew for 1 epoch');
    preferences.adopt({ locale: 'ja', theme: 'system' });
    expect([1, 3000].map(pictureCount)).toEqual(['1 枚', '3,000 枚']);
  });
});
