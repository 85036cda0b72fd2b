/** Which pictures are trained on, validated on and tested on, in figures. */
import { describe, expect, it } from 'vitest';
import { tutorialRecipe, type DataSummary, type Splits } from '../../electron/contract';
import { sharesOf, testRule, validationRule } from '../../renderer/lib/splits';

const recipe = { ...tutorialRecipe(), validationSplit: 0.2, limit: 1000 };
const data = (part: Partial<DataSummary>): DataSummary => ({
  source: { kind: 'project', path: '/p' }, name: 'p', classNames: ['a', 'b'], classCounts: [30, 23], trainCount: 53, validationCount: 0, testCount: 7, testedOn: 'test',
  pictureSize: null, skipped: [], project: null, ...part
});
const splits = (part: Partial<Splits>): Splits => ({ order: 'given', seed: 0, testShare: 0, ...part });

describe('shares', () => {
  it('leave int(n * (1 - split)) to train on, as Keras does', () => {
    expect(sharesOf(data({}), recipe)).toEqual({ train: 42, validation: 11, test: 7 });
  });

  it('take no more of the training part than the recipe does', () => {
    expect(sharesOf(data({}), { ...recipe, limit: 10 })).toEqual({ train: 8, validation: 2, test: 7 });
  });

  it('leave all of it where validation pictures are a part by themselves', () => {
    expect(sharesOf(data({ validationCount: 5 }), recipe)).toEqual({ train: 53, validation: 5, test: 7 });
  });
});

describe('rules', () => {
  it('for validation: own pictures come first, then the order', () => {
    expect(validationRule(data({ validationCount: 5 }), splits({ order: 'shuffled' }))).toBe('own');
    expect(validationRule(data({}), splits({ order: 'shuffled' }))).toBe('mixed');
    expect(validationRule(data({}), splits({}))).toBe('last');
  });

  it('for the test: a share, own pictures, or none', () => {
    expect(testRule(data({}), splits({ testShare: 0.1 }))).toBe('share');
    expect(testRule(data({}), splits({}))).toBe('own');
    expect(testRule(data({ testCount: 0 }), splits({}))).toBe('none');
  });
});
