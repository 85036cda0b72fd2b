/** What the person chose once and for all: language, theme, how maps are laid out. */
import { app, nativeTheme } from 'electron';
import { type Preferences, PreferencesSchema, languageOf } from '../contract';
import { readJson, writeJson } from './json-file';
import { userFile } from './paths';

const file = (): string => userFile('preferences.json');
const defaults = (): Preferences => ({ locale: languageOf(app.getLocale()), theme: 'system', map: 'umap' });

let current: Preferences | null = null;

export function preferences(): Preferences {
  current ??= readJson(file(), PreferencesSchema) ?? defaults();
  return current;
}

/** Merges, writes and applies. */
export function setPreferences(change: Partial<Preferences>): Preferences {
  current = { ...preferences(), ...change };
  writeJson(file(), current);
  nativeTheme.themeSource = current.theme;
  return current;
}
