/** Language, theme and the map's layout: applied at once (App.svelte puts the first two on the page), then told to main, which keeps them. */
import type { Preferences } from '../../electron/contract';
import { call } from '../api';
import { overwriteGetLocale } from '../paraglide/runtime';
import { report } from './toasts.svelte';

const current = $state<Preferences>({ locale: 'en', theme: 'system', map: 'umap' });

// Messages read the language through this function; being reactive state, a change redraws every sentence without a reload.
overwriteGetLocale(() => current.locale);

export const preferences = {
  get locale() {
    return current.locale;
  },
  get theme() {
    return current.theme;
  },
  get map() {
    return current.map;
  },
  /** Takes over what main has kept. */
  adopt(kept: Partial<Preferences>): void {
    Object.assign(current, kept);
  },
  async set(change: Partial<Preferences>): Promise<void> {
    Object.assign(current, change);
    try {
      await call('preferences:set', change);
    } catch (error) {
      report(error);
    }
  }
};
