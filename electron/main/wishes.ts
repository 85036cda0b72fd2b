/** What the menu and the system want of the window: told at once to a page that listens, kept for one that does not yet. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Wish } from '../contract';

export class Wishes {
  #waiting: Wish[] = [];
  #listening = false;

  constructor(readonly tell: (wish: Wish) => void) {}

  add(wish: Wish): void {
    if (this.#listening) this.tell(wish);
    else this.#waiting.push(wish);
  }

  /** The page has begun to listen. */
  listen(): void {
    this.#listening = true;
    for (const wish of this.#waiting.splice(0)) this.tell(wish);
  }

  /** The page is loaded anew. */
  wait(): void {
    this.#listening = false;
  }
}

/** Desktops of Linux hand over file: addresses. Null for one that means no path here. */
function pathOf(word: string, folder: string): string | null {
  if (!word.startsWith('file:')) return resolve(folder, word);
  try {
    return fileURLToPath(word);
  } catch {
    return null;
  }
}

/**
 * The path that a start of the application was given, by a double-click or in a terminal; null when there is none.
 * @param folder in which it was started
 * @param application path of the application itself, which a development Electron is given before all else
 */
export function wishedPath(argv: readonly string[], folder: string, application: string): string | null {
  const own = argv.findIndex((word) => resolve(folder, word) === application);
  const words = argv.slice(Math.max(own, 0) + 1).filter((word) => !word.startsWith('-'));
  return words.map((word) => pathOf(word, folder)).find((path) => path !== null && existsSync(path)) ?? null;
}
