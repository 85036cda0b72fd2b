/** The window's state: undoing, presets, sentences for errors. */
import { describe, expect, it } from 'vitest';
import { TsugikiError, tutorialRecipe, type DataSummary } from '../../electron/contract';
import { errorSentence, sentenceOf } from '../../renderer/lib/errors';
import { count, duration } from '../../renderer/lib/format';
import { betterRecipe, presetFor } from '../../renderer/lib/presets';
import { preferences } from '../../renderer/state/preferences.svelte';
import { recipe } from '../../renderer/state/recipe.svelte';

const data = (part: Partial<DataSummary>): DataSummary => ({
  source: { kind: 'path', path: '/pictures' }, name: 'pictures', classNames: ['a', 'b'], classCounts: [10, 10], trainCount: 20, validationCount: 0, testCount: 0, testedOn: 'validation',
  pictureSize: null, skipped: [], project: null, ...part
});

describe('recipe', () => {
  it('is undone change by change, a drag at once', () => {
    recipe.adopt(tutorialRecipe());
    recipe.changePhase(0, { epochs: 3 });
    recipe.changePhase(1, { trainableFrom: 'block_1_expand' });
    recipe.changePhase(1, { trainableFrom: 'block_2_expand' }, true);
    recipe.changePhase(1, { trainableFrom: 'block_3_expand' }, true);
    expect(recipe.undo()).toBe(true);
    expect(recipe.now.phases[1]?.trainableFrom).toBe('all');
    expect(recipe.now.phases[0]?.epochs).toBe(3);
    expect(recipe.undo()).toBe(true);
    expect(recipe.now).toEqual(tutorialRecipe());
    expect(recipe.undo()).toBe(false);
  });

  it('is redone to where it was, and by a new change no longer', () => {
    recipe.adopt(tutorialRecipe());
    expect(recipe.redo()).toBe(false);
    recipe.changePhase(0, { epochs: 3 });
    recipe.changePhase(0, { epochs: 4 });
    const last = recipe.now;
    recipe.undo();
    recipe.undo();
    expect([recipe.undoable, recipe.redoable]).toEqual([false, true]);
    expect([recipe.redo(), recipe.redo(), recipe.redo()]).toEqual([true, true, false]);
    expect(recipe.now).toBe(last);
    recipe.undo();
    expect(recipe.now.phases[0]?.epochs).toBe(3);
    recipe.change({ batchSize: 8 });
    expect(recipe.redoable).toBe(false);
    expect(recipe.redo()).toBe(false);
    recipe.undo();
    expect(recipe.now.phases[0]?.epochs).toBe(3);
    recipe.adopt(tutorialRecipe());
    expect([recipe.undoable, recipe.redoable]).toEqual([false, false]);
  });
});

describe('presets', () => {
  it('follow the tutorial for CIFAR-10, wherever it comes from', () => {
    expect(presetFor(data({ source: { kind: 'cifar10' }, pictureSize: 32 }), 1)).toEqual(tutorialRecipe());
    const classNames = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
    expect(presetFor(data({ pictureSize: 32, classNames }), 1)).toEqual(tutorialRecipe());
  });

  it('show photographs to the network at 96 pixels, scaled as it was trained', () => {
    expect(presetFor(data({}), 1)).toMatchObject({ inputSize: 96, scale: '-1..1', alpha: 1, limit: 20 });
    expect(presetFor(data({}), 0.35).alpha).toBe(0.35);
  });

  it('take the built-in network for the sample', () => {
    expect(presetFor(data({ source: { kind: 'sample' }, pictureSize: 64, trainCount: 3000 }), 1)).toMatchObject({ alpha: 0.35, inputSize: 64, limit: 3000 });
  });

  it('make the tutorial better without making anything smaller', () => {
    expect(betterRecipe(tutorialRecipe())).toMatchObject({ inputSize: 96, scale: '-1..1' });
    expect(betterRecipe({ ...tutorialRecipe(), inputSize: 224 }).inputSize).toBe(224);
  });
});

describe('errors', () => {
  const error = { code: 'data_not_found', message: '/x does not exist.', params: { path: '/x' } };

  it('are sentences in the reader’s language', () => {
    preferences.adopt({ locale: 'ja', theme: 'system' });
    expect(errorSentence(error)).toMatch(/^\/x が見つからない/);
    preferences.adopt({ locale: 'en', theme: 'system' });
    expect(errorSentence(error)).toMatch(/^\/x does not exist or may not be read/);
  });

  it('fall back to what they came with', () => {
    expect(errorSentence({ code: 'never_heard_of', message: 'It rained.', params: {} })).toBe('It rained.');
    expect(errorSentence({ ...error, params: {} })).toBe('/x does not exist.');
  });

  it('say nothing about stopping on purpose', () => {
    expect(sentenceOf(new TsugikiError('stopped', 'Stopped.'))).toBeNull();
  });
});

describe('figures', () => {
  it('are written as the reader writes them', () => {
    preferences.adopt({ locale: 'en', theme: 'system' });
    expect([count(50_000), duration(12.2), duration(150), duration(4800)]).toEqual(['50,000', '13 sec', '3 min', '1 hr 20 min']);
    preferences.adopt({ locale: 'ja', theme: 'system' });
    expect(duration(12.2)).toBe('13 秒');
    preferences.adopt({ locale: 'en', theme: 'system' });
  });
});
