/** The recipe as a file: saved to be kept or shared, opened in the place of the one being edited. */
import { call } from '../api';
import { nameOf } from '../lib/words';
import { m } from '../m';
import { place } from './place.svelte';
import { recipe } from './recipe.svelte';
import { notify, report } from './toasts.svelte';
import { view } from './view.svelte';

export const recipeFile = {
  async save(): Promise<void> {
    try {
      const path = await call('recipe:save', { recipe: recipe.now });
      if (path !== null) notify(m.recipe_saved({ name: nameOf(path) }));
    } catch (error) {
      report(error);
    }
  },
  /** @param path null: the person is asked */
  async open(path: string | null = null): Promise<void> {
    try {
      const opened = await call('recipe:open', { path });
      if (!opened) return;
      recipe.set(opened.recipe);
      view.close();
      place.go('train');
      notify(m.recipe_opened({ name: nameOf(opened.path) }), { label: m.undo(), run: () => void recipe.undo() });
    } catch (error) {
      report(error);
    }
  }
};
