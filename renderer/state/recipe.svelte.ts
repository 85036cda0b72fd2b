/** The recipe being edited. Immutable values, so that undoing is taking the one before, and so that it crosses to main as it is. */
import { tutorialRecipe, type Phase, type Recipe } from '../../electron/contract';

const UNDO_LIMIT = 100;

let current = $state.raw<Recipe>(tutorialRecipe());
let weights = $state('auto');
let past: Recipe[] = [];
let editing = $state(0);

export const recipe = {
  get now(): Recipe {
    return current;
  },
  /** "auto", "random" or the path of a Keras .h5. */
  get weights(): string {
    return weights;
  },
  set weights(value: string) {
    weights = value;
  },
  /** Which phase the network page shows and edits. */
  get editing(): number {
    return Math.min(editing, current.phases.length - 1);
  },
  set editing(index: number) {
    editing = index;
  },
  get phase(): Phase {
    return current.phases[recipe.editing]!;
  },
  /** `joined`: part of the same gesture as the change before, undone together with it. */
  set(next: Recipe, joined = false): void {
    if (!joined) past = [...past.slice(1 - UNDO_LIMIT), current];
    current = next;
  },
  /** Takes over a recipe that main has kept: nothing to undo. */
  adopt(kept: Recipe): void {
    past = [];
    current = kept;
  },
  change(part: Partial<Recipe>): void {
    recipe.set({ ...current, ...part });
  },
  changePhase(index: number, part: Partial<Phase>, joined = false): void {
    recipe.set({ ...current, phases: current.phases.map((phase, i) => (i === index ? { ...phase, ...part } : phase)) }, joined);
  },
  /** Replaces one phase whole: the way to take an optional key away. */
  replacePhase(index: number, phase: Phase, joined = false): void {
    recipe.set({ ...current, phases: current.phases.map((old, i) => (i === index ? phase : old)) }, joined);
  },
  undo(): boolean {
    const before = past.pop();
    if (!before) return false;
    current = before;
    return true;
  }
};
