/** The recipe being edited. Immutable values, so that undoing is taking the one before, redoing the one after, and so that it crosses to main as it is. */
import { tutorialRecipe, type Phase, type Recipe } from '../../electron/contract';

const UNDO_LIMIT = 100;

let current = $state.raw<Recipe>(tutorialRecipe());
let weights = $state('auto');
/** Recipes before this one, and those that were undone, each with the nearest last. */
let past = $state.raw<readonly Recipe[]>([]);
let undone = $state.raw<readonly Recipe[]>([]);
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
  /** `joined`: part of the same gesture as the change before, undone together with it. What was undone cannot be redone after it. */
  set(next: Recipe, joined = false): void {
    if (!joined) past = [...past.slice(1 - UNDO_LIMIT), current];
    undone = [];
    current = next;
  },
  /** Takes over a recipe that main has kept: nothing to undo or redo. */
  adopt(kept: Recipe): void {
    past = [];
    undone = [];
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
  get undoable(): boolean {
    return past.length > 0;
  },
  get redoable(): boolean {
    return undone.length > 0;
  },
  undo(): boolean {
    const before = past.at(-1);
    if (!before) return false;
    past = past.slice(0, -1);
    undone = [...undone, current];
    current = before;
    return true;
  },
  redo(): boolean {
    const after = undone.at(-1);
    if (!after) return false;
    undone = undone.slice(0, -1);
    past = [...past, current];
    current = after;
    return true;
  }
};
