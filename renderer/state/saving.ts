/** Files that the window makes, written where the person says; and those that come to it, read. */
import { call } from '../api';
import { attempt } from './toasts.svelte';

type Made = string | Uint8Array<ArrayBuffer>;

/** A picture as calls take it. */
export const bytesOf = async (file: File) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) });

/** @param saved is told the path, unless the person cancels */
export async function saveFile(name: string, make: () => Made | Promise<Made>, saved: (path: string) => void): Promise<void> {
  const path = await attempt(async () => {
    const made = await make();
    return call('file:save', { name, bytes: typeof made === 'string' ? new TextEncoder().encode(made) : made });
  });
  if (path !== null) saved(path);
}
