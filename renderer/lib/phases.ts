/** The recipe's phases put in another order, doubled, removed: each a recipe again. */
import type { Phase, Recipe } from '../../electron/contract';

/** "fine_tune" beside another one: "fine_tune_2"; at most 40 characters, as the recipe wants it. */
function freshName(name: string, phases: readonly Phase[]): string {
  const taken = new Set(phases.map((phase) => phase.name));
  const stem = name.replace(/_\d+$/, '').slice(0, 36);
  let fresh = name;
  for (let n = 2; taken.has(fresh); n++) fresh = `${stem}_${n}`;
  return fresh;
}

/** The phase at `from` stands at `to` then. */
export function movePhase(recipe: Recipe, from: number, to: number): Recipe {
  const phases = [...recipe.phases];
  const [moved] = phases.splice(from, 1);
  if (!moved) return recipe;
  phases.splice(to, 0, moved);
  return { ...recipe, phases };
}

/** A copy of the phase behind it; one more phase is a copy of the last. */
export function duplicatePhase(recipe: Recipe, index: number): Recipe {
  const phase = recipe.phases[index];
  if (!phase) return recipe;
  const copy = { ...phase, name: freshName(phase.name, recipe.phases) };
  return { ...recipe, phases: [...recipe.phases.slice(0, index + 1), copy, ...recipe.phases.slice(index + 1)] };
}

export const removePhase = (recipe: Recipe, index: number): Recipe => ({ ...recipe, phases: recipe.phases.filter((_, i) => i !== index) });
