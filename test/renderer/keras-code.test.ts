/** The Keras code by steps and in colours: nothing of it gets lost. */
import { describe, expect, it } from 'vitest';
import { sectionsOf, tokensOf } from '../../renderer/lib/keras-code';

const CODE = 'import keras\n\n# 1. The "pictures"\nx = load("a # b") / 255  # scaled\n\n# 2. The base\n"""two\nlines"""\nfor layer in base.layers: rate = 1e-5\n';

describe('Keras code', () => {
  it('falls into steps, the imports with the first', () => {
    expect(sectionsOf(CODE).map(({ step }) => step)).toEqual([1, 2]);
    expect(sectionsOf(CODE)[0]?.code).toBe('import keras\n\n# 1. The "pictures"\nx = load("a # b") / 255  # scaled');
    expect(sectionsOf('')).toEqual([]);
  });

  it('is the same text in pieces', () => {
    expect(tokensOf(CODE).map(({ text }) => text).join('')).toBe(CODE);
    const of = (kind: string): string[] => tokensOf(CODE).filter((token) => token.kind === kind).map(({ text }) => text);
    expect(of('comment')).toEqual(['# 1. The "pictures"', '# scaled', '# 2. The base']);
    expect(of('string')).toEqual(['"a # b"', '"""two\nlines"""']);
    expect(of('keyword')).toEqual(['import', 'for', 'in']);
    expect(of('number')).toEqual(['255', '1e-5']);
  });
});
