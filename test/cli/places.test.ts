/** What a command line without options comes down to on a machine that has nothing of its own. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { recipeFor } from '../../electron/cli/places';
import { tutorialRecipe } from '../../electron/contract';

beforeEach(() => {
  for (const name of ['HOME', 'USERPROFILE', 'TSUGIKI_CACHE', 'TSUGIKI_WEIGHTS']) vi.stubEnv(name, join(tmpdir(), 'tsugiki-nowhere'));
});
afterEach(() => {
  vi.unstubAllEnvs();
});

it('without ImageNet weights the built-in backbone is taken, at its own size, and said so', () => {
  const { recipe, note } = recipeFor(undefined, 'auto');
  expect(recipe).toEqual({ ...tutorialRecipe(), alpha: 0.35, inputSize: 64 });
  expect(note).toContain('alpha 0.35 for 64 x 64 pixels');
});

it('weights that were asked for leave the tutorial\'s recipe as it is', () => {
  expect(recipeFor(undefined, 'random')).toEqual({ recipe: tutorialRecipe(), note: null });
});
