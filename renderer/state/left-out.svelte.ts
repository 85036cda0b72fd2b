/** Whether the list of files that an import left out is open. */
import { place } from './place.svelte';

let open = $state(false);

export const leftOut = {
  get open(): boolean {
    return open;
  },
  set open(value: boolean) {
    open = value;
  },
  show(): void {
    place.go('data');
    open = true;
  }
};
