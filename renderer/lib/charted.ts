/** Charts on the page, in its colours and language. */
import type { Attachment } from 'svelte/attachments';
import { coloursOf, type Colours } from '../charts/chart';
import { colours as page } from '../state/colours.svelte';
import { preferences } from '../state/preferences.svelte';

/** Made with the next frame, so that opening the page or moving a slider does not wait for it; anew in other colours and another language. */
export const charted =
  (make: (canvas: HTMLCanvasElement, colours: Colours) => { destroy(): void }): Attachment<HTMLCanvasElement> =>
  (canvas) => {
    void [page.dark, preferences.locale];
    let chart: { destroy(): void } | null = null;
    const frame = requestAnimationFrame(() => (chart = make(canvas, coloursOf(canvas))));
    return () => {
      cancelAnimationFrame(frame);
      chart?.destroy();
    };
  };
