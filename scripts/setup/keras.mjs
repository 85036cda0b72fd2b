/**
 * A Python with Keras 3 on TensorFlow 2.21, which `npm run bench` measures against: the one that TSUGIKI_TF_PYTHON names, else a virtual
 * environment of our own in the user's cache.
 */
import { existsSync } from 'node:fs';
import { inCache } from './places.mjs';
import { SetupError } from './terminal.mjs';
import { virtualEnvironment } from './virtual-environment.mjs';

const TENSORFLOW = '2.21.0';
const KERAS = '3.15.1';
/** The -cpu package is for processors of x86 only; elsewhere the plain one has nothing else in it. */
const PACKAGE = process.arch === 'x64' && process.platform !== 'darwin' ? 'tensorflow-cpu' : 'tensorflow';

/** The Python that a person has named; null where none is. @throws SetupError when it is not there */
export function namedPython() {
  const own = process.env.TSUGIKI_TF_PYTHON;
  if (!own) return null;
  if (!existsSync(own)) throw new SetupError(`TSUGIKI_TF_PYTHON names ${own}, which is not there.`);
  return own;
}

/** @returns {Promise<string>} the Python to use @throws SetupError */
export const setup = async () =>
  namedPython() ??
  (await virtualEnvironment(inCache(`keras-${KERAS}-tensorflow-${TENSORFLOW}`), {
    name: `Keras ${KERAS}`,
    purpose: 'run Keras beside Tsugiki',
    gigabytes: 2,
    packages: [[`${PACKAGE}==${TENSORFLOW}`, `keras==${KERAS}`]],
    otherwise: `Or name a Python that has TensorFlow ${TENSORFLOW}: TSUGIKI_TF_PYTHON=/path/to/python`
  }));
