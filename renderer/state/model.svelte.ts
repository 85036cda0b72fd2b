/** The trained model at work: one picture at a time. */
import type { Classification } from '../../electron/contract';
import { call } from '../api';
import { report } from './toasts.svelte';

export interface Tried {
  name: string;
  /** The class it is known to have; null for a picture from outside. */
  truth: string | null;
  /** Address of the picture for an <img>. */
  preview: string;
  answer: Classification | null;
  /** From the drop until the answer was on the screen, milliseconds. */
  elapsed: number | null;
}

/** When what has just changed is on the screen: after the next frame is drawn. */
const onScreen = (): Promise<number> =>
  new Promise((resolve) => {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(performance.now());
      port2.postMessage(null);
    });
  });

let tried = $state.raw<Tried | null>(null);
let turn = 0;

export const model = {
  get tried(): Tried | null {
    return tried;
  },
  /** @param from when the person let go of the picture, on the page's clock */
  async classify(file: File, { from = performance.now(), truth = null }: { from?: number; truth?: string | null } = {}): Promise<void> {
    const mine = ++turn;
    if (tried) URL.revokeObjectURL(tried.preview);
    const picture: Tried = { name: file.name, truth, preview: URL.createObjectURL(file), answer: null, elapsed: null };
    tried = picture;
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const answer = await call('classify:picture', { bytes, name: file.name });
      // A picture dropped later has taken the place.
      if (mine !== turn) return;
      tried = { ...picture, answer };
      const seen = await onScreen();
      if (mine === turn) tried = { ...picture, answer, elapsed: seen - from };
    } catch (error) {
      if (mine === turn) tried = null;
      URL.revokeObjectURL(picture.preview);
      report(error);
    }
  }
};
