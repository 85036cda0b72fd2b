/** The folder in which each kind of dialog was left: it opens there the next time. userData/folders.json */
import { existsSync } from 'node:fs';
import * as v from 'valibot';
import { noteJson, readJson } from './json-file';
import { userFile } from './paths';

/** What dialogs choose, and where they put things. */
export type Subject = 'data' | 'project' | 'projectPlace' | 'weights' | 'model' | 'recipe' | 'export' | 'save';

const FoldersSchema = v.record(v.string(), v.string());
const file = (): string => userFile('folders.json');
const all = (): Record<string, string> => readJson(file(), FoldersSchema) ?? {};

/** Null for a dialog that was never answered, and where the folder is gone. */
export function lastFolder(subject: Subject): string | null {
  const folder = all()[subject];
  return folder !== undefined && existsSync(folder) ? folder : null;
}

export const noteFolder = (subject: Subject, folder: string): void => noteJson(file(), { ...all(), [subject]: folder });
