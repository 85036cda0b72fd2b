/** Phases in another order, doubled, removed: whatever is done, the recipe stays one that can be trained. */
import { describe, expect, it } from 'vitest';
import { checkedRecipe, tutorialRecipe } from '../../electron/contract';
import { duplicatePhase, movePhase, removePhase } from '../../renderer/lib/phases';

const recipe = tutorialRecipe();
const names = (of: typeof recipe): string[] => of.phases.map(({ name }) => name);

describe('phases', () => {
  it('change places', () => {
    expect(names(movePhase(recipe, 0, 1))).toEqual(['fine_tune', 'frozen']);
    expect(movePhase(movePhase(recipe, 0, 1), 1, 0)).toEqual(recipe);
    expect(movePhase(recipe, 7, 0)).toBe(recipe);
  });

  it('are doubled under names of their own, so that the recipe is never refused', () => {
    let many = recipe;
    for (let i = 0; i < 12; i++) many = duplicatePhase(many, i % many.phases.length);
    expect(new Set(names(many)).size).toBe(14);
    expect(checkedRecipe(many).problems).toBeUndefined();
    expect(duplicatePhase(recipe, 1).phases[2]).toEqual({ ...recipe.phases[1], name: 'fine_tune_2' });
  });

  it('have names of at most 40 characters', () => {
    const long = { ...recipe, phases: [{ ...recipe.phases[0]!, name: 'a'.repeat(40) }] };
    expect(checkedRecipe(duplicatePhase(long, 0)).problems).toBeUndefined();
  });

  it('go', () => expect(names(removePhase(recipe, 0))).toEqual(['fine_tune']));
});
