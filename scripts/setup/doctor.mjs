/** `npm run tsugiki -- doctor`: what is installed, where it came from, and what to do about the rest. Works when parts are missing. */
import { existsSync, readdirSync } from 'node:fs';
import { cacheRoot, inRoot } from './places.mjs';
import { table } from './terminal.mjs';
import { has, installCommand, pip } from './tools.mjs';

/** A tool that only a fall-back needs: missing, it is no fault as long as the part it makes is there. */
function tool(name, works, purpose, needed) {
  const row = { part: name, from: works ? 'system' : '-', version: '-', ok: works || !needed };
  return works ? row : { ...row, advice: `${needed ? '' : 'not needed now; '}for ${purpose}: ${installCommand(name)}` };
}

function shipped(part, path) {
  const there = existsSync(inRoot(path)) && readdirSync(inRoot(path)).length > 0;
  return there
    ? { part, from: 'this repository', version: path, ok: true }
    : { part, from: '-', version: '-', ok: false, advice: `${path} is missing: git checkout -- ${path}` };
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
  if (process.platform === 'linux') rows.push(tool('g++', has('g++'), 'compiling the TensorFlow binding', !tf.ok));
  rows.push(tool('pip', pip() !== null, 'the wheels of TensorFlow and Electron', !tf.ok || !el.ok));
  rows.push(shipped('sample pictures', 'resources/sample'), shipped('embedded backbone', 'resources/backbone'));
  if (json) console.log(JSON.stringify({ cache: cacheRoot(), parts: rows }, null, 2));
  else {
    table([['part', 'from', 'version', ''], ...rows.map(({ part, from, version, ok, advice }) => [part, from, version, `${ok ? 'ok' : 'NOT OK'}${advice ? `: ${advice}` : ''}`])]);
    console.log(`\nWhat was downloaded and compiled is kept in ${cacheRoot()}.`);
  }
  if (rows.some(({ ok }) => !ok)) process.exitCode = 1;
}
