/** The window's colours: what is drawn in them on a canvas is drawn anew when they change. */
import { MediaQuery } from 'svelte/reactivity';
import { preferences } from './preferences.svelte';

const system = new MediaQuery('(prefers-color-scheme: dark)');

export const colours = {
  get dark(): boolean {
    return preferences.theme === 'system' ? system.current : preferences.theme === 'dark';
  }
};
