/** Where things are: what ships with the app, and what belongs to the person. */
import { app } from 'electron';
import { join } from 'node:path';

/** Built code; __dirname is out/main once bundled. */
const OUT = join(__dirname, '..');
export const PRELOAD = join(OUT, 'preload', 'index.cjs');
export const ENGINE = join(OUT, 'engine', 'index.cjs');
export const RENDERER = join(OUT, 'renderer');

/** Tests keep their own preferences and projects; must be called before anything asks for userData. */
export function useOwnUserData(): void {
  const own = process.env['TSUGIKI_USER_DATA'];
  if (own) app.setPath('userData', own);
}

export const userFile = (...parts: string[]): string => join(app.getPath('userData'), ...parts);
/** Where projects are until the person puts them elsewhere. */
export const projectsFolder = (): string => userFile('projects');
