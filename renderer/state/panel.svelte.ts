/** Which panel the Data page shows beside the pictures. */
import { place } from './place.svelte';

export const PANELS = ['classes', 'splits', 'health'] as const;
export type Panel = (typeof PANELS)[number];

let current = $state<Panel>('classes');
let leftOut = $state(false);

export const panel = {
  get now(): Panel {
    return current;
  },
  set now(to: Panel) {
    current = to;
  },
  /** The list of files that imports left out is open. */
  get leftOut(): boolean {
    return leftOut;
  },
  set leftOut(open: boolean) {
    leftOut = open;
  },
  showLeftOut(): void {
    place.go('data');
    current = 'health';
    leftOut = true;
  }
};
