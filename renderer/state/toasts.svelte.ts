/** Short notices at the window's edge: what happened, and a thing or two to do about it. */
import { sentenceOf } from '../lib/errors';

export interface Action {
  label: string;
  run: () => void;
}

export interface Toast {
  id: number;
  tone: 'note' | 'problem';
  text: string;
  actions: readonly Action[];
}

let nextId = 1;
const list = $state<Toast[]>([]);

/** Problems stay until closed; notes go by themselves. */
const NOTE_MILLISECONDS = 6000;

export const toasts = {
  get list(): readonly Toast[] {
    return list;
  },
  dismiss(id: number): void {
    const index = list.findIndex((toast) => toast.id === id);
    if (index >= 0) list.splice(index, 1);
  },
  /** What has gone wrong is past where it is tried anew, or in another way. */
  forgetProblems(): void {
    for (const { id } of list.filter(({ tone }) => tone === 'problem')) toasts.dismiss(id);
  }
};

/** @returns the notice's id, to take it back by */
export function notify(text: string, ...actions: readonly Action[]): number {
  const id = nextId++;
  list.push({ id, tone: 'note', text, actions });
  setTimeout(() => toasts.dismiss(id), NOTE_MILLISECONDS);
  return id;
}

/** Shows anything thrown as a sentence. Stopping on purpose is no problem and says nothing. */
export function report(error: unknown): void {
  const text = sentenceOf(error);
  if (text === null || list.some((toast) => toast.text === text)) return;
  list.push({ id: nextId++, tone: 'problem', text, actions: [] });
}

/** Does something; what goes wrong is shown, and null is what comes of it. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    report(error);
    return null;
  }
}
