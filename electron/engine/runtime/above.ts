/** Files that lie beside the app: in the packaged app somewhere above the bundle, in the repository somewhere above the source. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The first of `paths` that exists in the nearest folder above this code; null when none does. */
export function findAbove(paths: readonly string[]): string | null {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const found = paths.map((path) => join(folder, path)).find((path) => existsSync(path));
    if (found) return found;
    if (dirname(folder) === folder) return null;
  }
}
