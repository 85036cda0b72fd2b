/** Japanese lines break between phrases. */
import { describe, expect, it } from 'vitest';
import { markPhrases } from '../../renderer/lib/phrases';

const phrases = (text: string): string[] => markPhrases(text).split('\u200b');

describe('phrases', () => {
  it('end with their particles and endings', () => {
    expect(phrases('学習した結果がここに表示されます')).toEqual(['学習した', '結果が', 'ここに', '表示されます']);
  });

  it('keep compounds, verbs grown together and honorifics whole', () => {
    expect(phrases('画像を読み取れません')).toEqual(['画像を', '読み取れません']);
    expect(phrases('もう一度お試しください')).toEqual(['もう一度お試しください']);
    expect(phrases('特徴マップの大きさ')).toEqual(['特徴マップの', '大きさ']);
  });

  it('keep figures with what they count', () => {
    expect(markPhrases('画像は 5 回')).toBe('画像は 5\u00a0回');
  });

  it('change nothing that can be seen', () => {
    const text = '損失は下がっているのに、検証の損失は 3 エポック続けて上がっています。';
    expect(markPhrases(text).replaceAll('\u200b', '').replaceAll('\u00a0', ' ')).toBe(text);
  });
});
