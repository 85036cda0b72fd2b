/** The Keras program of the recipe that is being edited, written anew whenever something of it changes. */
import { call } from '../api';
import { sectionsOf, type Section } from '../lib/keras-code';
import { latest } from '../lib/latest';
import { data } from './data.svelte';
import { recipe } from './recipe.svelte';
import { report } from './toasts.svelte';

let code = $state('');

const ask = latest((wish: { recipe: typeof recipe.now; weights: string }) => call('recipe:code', wish), (answer) => (code = answer), report);

export const kerasCode = {
  /** Empty until the engine has told. */
  get now(): string {
    return code;
  },
  get sections(): readonly Section[] {
    return sectionsOf(code);
  },
  /** While the component that calls this is shown. */
  follow(): void {
    $effect(() => {
      // Other pictures are another program, too.
      void data.now;
      ask({ recipe: recipe.now, weights: recipe.weights });
    });
  }
};
