/** What is said of an export: who read it back, and whether rounding cost more than a point. */
import { describe, expect, it } from 'vitest';
import { losesMuch, parityWords } from '../../renderer/lib/exports';

const parity = { pictures: 500, agreement: 0.942, largestDifference: 0.12, accuracy: { app: 0.28, exported: 0.27 }, checkedBy: null };

describe('parity in words', () => {
  it('names the program that read it, or says that it was ours', () => {
    expect(parityWords({ ...parity, checkedBy: 'tf.loadGraphModel' })[0]).toContain('by tf.loadGraphModel: same answer on 94.2%');
    expect(parityWords(parity)[0]).toMatch(/500 pictures.*own reader/);
  });

  it('says how many answers are right, where pictures have labels', () => {
    expect(parityWords(parity)).toHaveLength(2);
    expect(parityWords(parity)[1]).toBe('Right on 27.0% of them, in the app 28.0%.');
    expect(parityWords({ ...parity, accuracy: null })).toHaveLength(1);
  });

  it('warns of more than a point, not of a point', () => {
    expect(losesMuch(parity)).toBe(false);
    expect(losesMuch({ accuracy: { app: 0.28, exported: 0.29 } })).toBe(false);
    const more = { ...parity, accuracy: { app: 0.28, exported: 0.268 } };
    expect(losesMuch(more)).toBe(true);
    expect(parityWords(more)[2]).toContain('more than a point less');
  });
});
