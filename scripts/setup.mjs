/** Sets up what `npm start` and `npm test` need, each part by its own chain; says nothing when all is in place. `npm run setup` */
import { fileURLToPath } from 'node:url';
import { SetupError, say } from './setup/terminal.mjs';

const OLDEST_NODE = [20, 19];

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new SetupError(`This is Node ${process.versions.node}; Tsugiki needs ${OLDEST_NODE.join('.')} or newer. Install it from https://nodejs.org`);
}

/**
 * @param {{window?: boolean, display?: boolean}} needs window: Electron and its libraries; display: Xvfb where there is no display
 * @throws SetupError that says what to do
 */
export async function setup({ window = true, display = false } = {}) {
  checkNode();
  const modules = await import('./setup/modules.mjs');
  await modules.setup();
  const tensorflow = await import('./setup/tensorflow.mjs');
  await tensorflow.setup();
  if (!window) return;
  const electron = await import('./setup/electron.mjs');
  await electron.setup();
  const libraries = await import('./setup/libraries.mjs');
  await libraries.setup();
  if (display) await libraries.setupDisplay();
}

/** Runs a script's work; what a person can mend is said without a stack. */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(`\n${error.message}`);
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    await setup();
    say('Everything is set up. npm start opens the window, npm test runs the tests.');
  });
}
