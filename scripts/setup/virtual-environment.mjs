/** A Python of our own, with packages of fixed versions, in the user's cache. */
import { join } from 'node:path';
import { fillOnce } from './places.mjs';
import { SetupError, progress, say } from './terminal.mjs';
import { has, need, run } from './tools.mjs';

const PYTHON = process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python';

/**
 * @param {string} target the environment's folder, made once
 * @param {{name: string, purpose: string, gigabytes: number, packages: readonly (readonly string[])[], otherwise: string}} wanted packages: arguments of
 *   one `pip install` after the other; otherwise: what a person can do when they cannot be installed
 * @returns {Promise<string>} its Python @throws SetupError
 */
export async function virtualEnvironment(target, { name, purpose, gigabytes, packages, otherwise }) {
  const folder = await fillOnce(target, async (work) => {
    const python = ['python3', 'python'].find((command) => has(command));
    need('python3', python, purpose);
    say(`${name} is not set up yet: a virtual environment is made once, in ${target} (about ${gigabytes} GB).`);
    const made = join(work, 'environment');
    const meter = progress(`Installing ${name} with pip`);
    try {
      await run(python, ['-m', 'venv', made]);
      for (const wanted of packages) await run(join(made, PYTHON), ['-m', 'pip', 'install', '--disable-pip-version-check', ...wanted], { shown: true });
    } catch (error) {
      meter.done('failed');
      throw new SetupError(`${name} could not be installed: ${error.message}\n  A Python 3.11 to 3.13 with venv and pip is needed. ${otherwise}`);
    }
    meter.done('installed');
    return made;
  });
  return join(folder, PYTHON);
}
