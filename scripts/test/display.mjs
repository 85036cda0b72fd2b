/** A display for the window's tests: the one there is, or an Xvfb of our own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hasDisplay } from '../setup/libraries.mjs';

/**
 * Gives the work an environment in which windows open.
 * @param {(env: Record<string, string>) => Promise<void>} work
 */
export async function withDisplay(work) {
  if (hasDisplay()) return work({});
  // -displayfd: Xvfb picks a free number and tells it when it is ready.
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const gone = once(server, 'exit').then(([code]) => Promise.reject(new Error(`Xvfb ended with exit code ${code}`)));
  gone.catch(() => {});
  try {
    const [number] = await Promise.race([once(server.stdio[3], 'data'), gone]);
    await work({ DISPLAY: `:${String(number).trim()}` });
  } finally {
    server.kill();
  }
}
