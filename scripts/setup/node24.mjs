/** Node 24, which current Electron embeds: npm's package carries the binary. For the tests only. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fillOnce, inCache } from './places.mjs';
import { progress } from './terminal.mjs';
import { run } from './tools.mjs';

const VERSION = '24.9.0';
const PLATFORM = { linux: 'linux', darwin: 'darwin', win32: 'win' }[process.platform];
const BINARY = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';

/** @returns {Promise<string>} the executable @throws SetupError when npm does not have it for this machine */
export async function node24() {
  const name = `node-${PLATFORM}-${process.arch}`;
  const folder = inCache(`node-${VERSION}-${PLATFORM}-${process.arch}`);
  if (!existsSync(folder)) {
    await fillOnce(folder, async (work) => {
      const meter = progress(`Getting Node ${VERSION} from npm for the engine's tests`);
      try {
        await run('npm', ['install', '--prefix', work, '--no-save', '--no-package-lock', '--ignore-scripts', `${name}@${VERSION}`]);
        meter.done();
      } catch (error) {
        meter.done('failed');
        throw error;
      }
      return join(work, 'node_modules', name);
    });
  }
  return join(folder, BINARY);
}
