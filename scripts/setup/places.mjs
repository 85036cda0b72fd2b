/** Where setup keeps things. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const inRoot = (...parts) => join(ROOT, ...parts);

/** The user's cache: what was downloaded or compiled once serves every clone. */
export function cacheRoot() {
  const { env, platform } = process;
  if (env.TSUGIKI_CACHE) return resolve(env.TSUGIKI_CACHE);
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'tsugiki');
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'tsugiki', 'Cache');
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tsugiki');
}
export const inCache = (...parts) => join(cacheRoot(), ...parts);

export const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));
export const hashOf = (...parts) => parts.reduce((hash, part) => hash.update(part).update('\0'), createHash('sha256')).digest('hex');

/**
 * Fills a folder of the cache as a whole or not at all: a broken download or a second setup beside this one leaves nothing half done.
 * @param {string} target the folder that is to appear
 * @param {(work: string) => Promise<string>} fill works in a fresh folder beside it and returns the path that becomes the target
 */
export async function fillOnce(target, fill) {
  if (existsSync(target)) return target;
  const work = join(dirname(target), `.work-${randomBytes(4).toString('hex')}`);
  mkdirSync(work, { recursive: true });
  try {
    const ready = await fill(work);
    try {
      renameSync(ready, target);
    } catch (error) {
      // Another setup was faster; its result is as good.
      if (!existsSync(target)) throw error;
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return target;
}
