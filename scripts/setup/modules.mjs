/** npm packages: installed when missing or when the lockfile asks for others. */
import { existsSync } from 'node:fs';
import { inRoot, readJson } from './places.mjs';
import { SetupError, progress } from './terminal.mjs';
import { run } from './tools.mjs';

/** Packages of the lockfile that are not installed as it says; npm writes what it installed into node_modules/.package-lock.json. */
function missing() {
  const record = inRoot('node_modules/.package-lock.json');
  const wanted = Object.entries(readJson(inRoot('package-lock.json')).packages).filter(([path, entry]) => path && !entry.optional && !entry.link);
  if (!existsSync(record)) return wanted.map(([path]) => path);
  const installed = readJson(record).packages;
  return wanted.filter(([path, { version, peer }]) => installed[path]?.version !== version && !(peer && !installed[path])).map(([path]) => path);
}

export async function setup() {
  const lacking = missing();
  if (lacking.length === 0) return;
  const meter = progress(`Installing npm packages (${lacking.length} are missing or of another version)`);
  try {
    await run('npm', ['install', '--no-save', '--no-audit', '--no-fund'], { cwd: inRoot() });
  } catch (error) {
    meter.done('failed');
    throw new SetupError(`npm install did not work: ${error.message}\n  Without the npm registry nothing can be set up; check the network and try again.`);
  }
  meter.done('installed');
}

export function status() {
  const lacking = missing();
  const count = Object.keys(readJson(inRoot('package-lock.json')).packages).length - 1;
  return lacking.length === 0
    ? { part: 'npm packages', from: 'npm registry', version: `${count} of package-lock.json`, ok: true }
    : { part: 'npm packages', from: '-', version: '-', ok: false, advice: `${lacking.length} missing or of another version (${lacking[0]}): npm run setup` };
}
