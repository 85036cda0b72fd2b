/** Folders for projects; they go away with the test file. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const root = mkdtempSync(join(tmpdir(), 'tsugiki-project-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let count = 0;

/** Does not exist yet; the folder around it does, and is empty. */
export function newFolder(): string {
  const around = join(root, String(count++));
  mkdirSync(around);
  return join(around, 'pets');
}
