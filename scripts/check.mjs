/** Types of everything: tsc for TypeScript, svelte-check for the window. `npm run check` */
import { existsSync } from 'node:fs';
import { inRoot } from './setup/places.mjs';
import { shown } from './test/tally.mjs';

/** Name and arguments of each check, run with Node. */
export const CHECKS = [
  ['types (tsc)', [inRoot('node_modules/typescript/bin/tsc'), '-p', '.', '--noEmit']],
  ...(existsSync(inRoot('renderer/index.html'))
    ? [['types of the window (svelte-check)', [inRoot('node_modules/svelte-check/bin/svelte-check'), '--tsconfig', './tsconfig.json', '--threshold', 'error', '--output', 'human']]]
    : [])
];

if (process.argv[1] === inRoot('scripts/check.mjs')) {
  for (const [, args] of CHECKS) {
    if ((await shown(process.execPath, args)) !== 0) process.exitCode = 1;
  }
}
