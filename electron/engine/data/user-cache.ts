/** The user's cache folder, the same that setup uses: what was downloaded or unpacked once serves every clone. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** TSUGIKI_CACHE, else the system's place for caches. */
export function userCache(...parts: string[]): string {
  return join(root(), ...parts);
}

function root(): string {
  const { env, platform } = process;
  if (env['TSUGIKI_CACHE']) return resolve(env['TSUGIKI_CACHE']);
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'tsugiki');
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'tsugiki', 'Cache');
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'tsugiki');
}
