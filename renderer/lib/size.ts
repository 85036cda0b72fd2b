/** The size of an element as it is laid out. */
import type { Attachment } from 'svelte/attachments';

/**
 * Tells an element's inner width and height before each frame in which they have changed. Unlike `bind:clientWidth` it never asks
 * for a layout before there is one, which would make the click that opens a page wait.
 */
export const sized =
  (tell: (width: number, height: number) => void): Attachment<HTMLElement> =>
  (element) => {
    const observer = new ResizeObserver(() => tell(element.clientWidth, element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  };
