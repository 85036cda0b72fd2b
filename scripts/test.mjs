/**
 * Every test there is: sets up, builds, lints, checks types, runs the suites; the last line says `N passed, N failed`.
 * `npm test`, `npm test -- --only unit|renderer|node24|app|checks`
 */
import { existsSync, readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { setup } from './setup.mjs';
import { inRoot } from './setup/places.mjs';
import { SetupError, say } from './setup/terminal.mjs';
import { Tally } from './test/tally.mjs';

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const wanted = (part) => !values.only || values.only === part;
const began = Date.now();
const tally = new Tally();

/** Does a step that must not end the others; tells whether it worked. */
async function attempt(name, step) {
  try {
    await step();
    return true;
  } catch (error) {
    say(error instanceof SetupError ? error.message : error.stack);
    tally.count(false, name);
    return false;
  }
}

const hasTests = (folder) => existsSync(inRoot(folder)) && readdirSync(inRoot(folder), { recursive: true }).some((name) => name.endsWith('.test.ts'));

async function checks() {
  await tally.check('lint', process.execPath, [inRoot('node_modules/eslint/bin/eslint.js'), '.', '--max-warnings', '0']);
  const { CHECKS } = await import('./check.mjs');
  for (const [name, args] of CHECKS) await tally.check(name, process.execPath, args);
}

async function engineOnNode24() {
  const { node24 } = await import('./setup/node24.mjs');
  let node;
  try {
    node = await node24();
  } catch (error) {
    say(`\nNode 24 cannot be had here, so the engine's tests run on Node ${process.versions.node} only: ${error.message}`);
    tally.skipped++;
    return;
  }
  await tally.vitest('engine on Node 24', ['--project', 'unit', 'test/engine'], { node });
}

async function app() {
  const { withDisplay } = await import('./test/display.mjs');
  await withDisplay((env) => tally.vitest('app', ['--project', 'app'], { env }));
}

const ready = await attempt('setup', () => setup({ display: true }));
if (ready) {
  const built = await attempt('build', build);
  if (wanted('checks')) await checks();
  const projects = ['unit', 'renderer'].filter((name) => wanted(name) && (name !== 'renderer' || hasTests('test/renderer')));
  if (projects.length > 0) await tally.vitest(projects.join(' and '), projects.flatMap((name) => ['--project', name === 'renderer' ? 'renderer*' : name]));
  if (wanted('node24') && hasTests('test/engine')) await engineOnNode24();
  if (wanted('app') && built && hasTests('test/app')) {
    // One of them starts the packed application.
    const { dist } = await import('./dist.mjs');
    await attempt('dist', () => dist({ onlyFolder: true }));
    await attempt('app', app);
  }
}
say(`\nAll of it took ${Math.round((Date.now() - began) / 1000)} s.`);
tally.end();
