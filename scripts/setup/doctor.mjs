/** `npm run tsugiki -- doctor`: what is installed, where it came from, and what to do about the rest. Works when parts are missing. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { cacheRoot, inRoot } from './places.mjs';
import { table } from './terminal.mjs';
import { installCommand, pip, versionOf } from './tools.mjs';

/** A tool that only a fall-back needs: missing, it is no fault as long as the part it makes is there. */
function tool(name, version, purpose, needed) {
  if (version) return { part: name, from: 'system', version, ok: true };
  return { part: name, from: '-', version: '-', ok: !needed, advice: `${needed ? '' : 'not needed now; '}for ${purpose}: ${installCommand(name)}` };
}

/** Files that are committed. */
function shipped(part, path) {
  const files = existsSync(inRoot(path)) ? readdirSync(inRoot(path)) : [];
  if (files.length === 0) return { part, from: '-', version: '-', ok: false, advice: `${path} is missing: git checkout -- ${path}` };
  const bytes = files.reduce((sum, name) => sum + statSync(inRoot(path, name)).size, 0);
  return { part, from: path, version: `${(bytes / 1e6).toFixed(1)} MB`, ok: true };
}

/** @param {{json?: boolean}} options */
export async function doctor({ json = false } = {}) {
  const rows = [{ part: 'Node', from: process.execPath, version: process.versions.node, ok: true }];
  const { status: modules } = await import('./modules.mjs');
  rows.push(modules());
  const { status: tensorflow } = await import('./tensorflow.mjs');
  const tf = tensorflow();
  const { status: electron } = await import('./electron.mjs');
  const el = electron();
  const { status: libraries } = await import('./libraries.mjs');
  rows.push(tf, el, ...libraries());
  if (process.platform === 'linux') rows.push(tool('g++', versionOf('g++'), 'compiling the TensorFlow binding', !tf.ok));
  const [command, ...args] = pip() ?? [];
  rows.push(tool('pip', command ? versionOf(command, [...args, '--version']) : null, 'the wheels of TensorFlow and Electron', !tf.ok || !el.ok));
  rows.push(shipped('sample pictures', 'resources/sample'), shipped('embedded backbone', 'resources/backbone'));
  if (json) console.log(JSON.stringify({ cache: cacheRoot(), parts: rows }, null, 2));
  else {
    table([['part', 'from', 'version', 'state'], ...rows.map(({ part, from, version, ok, advice }) => [part, from, version, `${ok ? 'ok' : 'NOT OK'}${advice ? `: ${advice}` : ''}`])]);
    console.log(`\nWhat was downloaded and compiled is kept in ${cacheRoot()}.`);
  }
  if (rows.some(({ ok }) => !ok)) process.exitCode = 1;
}
