/**
 * A Python with Keras 3 on TensorFlow 2.21, which `npm run bench` measures against: the one that TSUGIKI_TF_PYTHON names, else a virtual
 * environment of our own in the user's cache.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fillOnce, inCache } from './places.mjs';
import { SetupError, progress, say } from './terminal.mjs';
import { has, need, run } from './tools.mjs';

const TENSORFLOW = '2.21.0';
const KERAS = '3.15.1';
/** The -cpu package is for processors of x86 only; elsewhere the plain one has nothing else in it. */
const PACKAGE = process.arch === 'x64' && process.platform !== 'darwin' ? 'tensorflow-cpu' : 'tensorflow';
const PYTHON = process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python';

const environment = () => inCache(`keras-${KERAS}-tensorflow-${TENSORFLOW}`);

async function make(work) {
  const python = ['python3', 'python'].find((name) => has(name));
  need('python3', python, 'run Keras beside Tsugiki');
  say(`Keras is not set up yet: a virtual environment with ${PACKAGE} ${TENSORFLOW} and Keras ${KERAS} is made once, in ${environment()} (about 2 GB).`);
  const folder = join(work, 'environment');
  const meter = progress('Installing Keras with pip');
  try {
    await run(python, ['-m', 'venv', folder]);
    await run(join(folder, PYTHON), ['-m', 'pip', 'install', '--disable-pip-version-check', `${PACKAGE}==${TENSORFLOW}`, `keras==${KERAS}`], { shown: true });
  } catch (error) {
    meter.done('failed');
    throw new SetupError(`Keras could not be installed: ${error.message}\n  A Python 3.10 to 3.13 with venv and pip is needed. Or name a Python that has TensorFlow ${TENSORFLOW}: TSUGIKI_TF_PYTHON=/path/to/python`);
  }
  meter.done('installed');
  return folder;
}

/** @returns {Promise<string>} the Python to use @throws SetupError */
export async function setup() {
  const own = process.env.TSUGIKI_TF_PYTHON;
  if (!own) return join(await fillOnce(environment(), make), PYTHON);
  if (!existsSync(own)) throw new SetupError(`TSUGIKI_TF_PYTHON names ${own}, which is not there.`);
  return own;
}
