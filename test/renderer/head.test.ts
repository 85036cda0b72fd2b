/** The head as it is edited. */
import { describe, expect, it } from 'vitest';
import { lastMap } from '../../renderer/lib/input-size';
import { withChanged, withMoved, without } from '../../renderer/lib/head';

const head = [{ units: 256, activation: 'relu' as const }, { dropout: 0.2 }, { units: 64, activation: 'linear' as const }];

describe('head', () => {
  it('is changed, moved and shortened, layer by layer', () => {
    expect(withChanged(head, 1, { dropout: 0.5 })).toEqual([head[0], { dropout: 0.5 }, head[2]]);
    expect(withMoved(head, 2, -1)).toEqual([head[0], head[2], head[1]]);
    expect(withMoved(head, 0, 1)).toEqual([head[1], head[0], head[2]]);
    expect(without(head, 0)).toEqual([head[1], head[2]]);
  });

  it('stays as it is at its ends', () => {
    expect(withMoved(head, 0, -1)).toEqual(head);
    expect(withMoved(head, 2, 1)).toEqual(head);
  });
});

describe('the last map', () => {
  it('is the picture halved five times', () => {
    expect([32, 33, 64, 96, 160, 224].map(lastMap)).toEqual([1, 2, 2, 3, 5, 7]);
  });
});
