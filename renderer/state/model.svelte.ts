/** The trained model at work on one picture. */
import type { Classification, Subject } from '../../electron/contract';
import { call } from '../api';
import { report } from './toasts.svelte';

export interface Tried {
  name: string;
  /** The class it is known to have; null for a picture from outside. */
  truth: string | null;
  /** Where it lies on disk; null for what is no file there. */
  path: string | null;
  /** Address of the picture for an <img>. */
  preview: string;
  /** What it is called by where something is explained of it; null until it has been read. */
  subject: Subject | null;
  answer: Classification | null;
  /** From the drop until the answer was on the screen, milliseconds. */
  elapsed: number | null;
}

export interface Origin {
  /** When the person let go of the picture, on the page's clock. */
  from?: number;
  truth?: string | null;
  path?: string | null;
  /** Its id, for one of the project's pictures. */
  id?: number | null;
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
  async classify(file: File, { from = performance.now(), truth = null, path = null, id = null }: Origin = {}): Promise<void> {
    const mine = ++turn;
    if (tried) URL.revokeObjectURL(tried.preview);
    let picture: Tried = { name: file.name, truth, path, preview: URL.createObjectURL(file), subject: null, answer: null, elapsed: null };
    tried = picture;
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const answer = await call('classify:picture', { bytes, name: file.name });
      // A picture dropped later has taken the place.
      if (mine !== turn) return;
      tried = picture = { ...picture, subject: id === null ? { kind: 'file', bytes } : { kind: 'picture', id, own: false }, answer };
      const seen = await onScreen();
      if (mine === turn) tried = { ...picture, elapsed: seen - from };
    } catch (error) {
      if (mine === turn) tried = null;
      URL.revokeObjectURL(picture.preview);
      report(error);
    }
  }
};
