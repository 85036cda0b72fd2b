/**
 * A Python with every program that an export is for, which `npm run test:python` judges them by: the one that TSUGIKI_TF_PYTHON names, else a
 * virtual environment of our own with the versions of test/requirements.txt.
 */
import { readFileSync } from 'node:fs';
import { namedPython } from './keras.mjs';
import { hashOf, inCache, inRoot } from './places.mjs';
import { virtualEnvironment } from './virtual-environment.mjs';

const REQUIREMENTS = inRoot('test/requirements.txt');
/** Runs int8 models as boards do; it names packages as its own that nothing of ours needs, and exists for Linux on x86 only. */
const MICRO = process.platform === 'linux' && process.arch === 'x64' ? [['--no-deps', 'tflite-micro==0.dev20261023182759']] : [];

/** @returns {Promise<string>} the Python to use @throws SetupError */
export const setup = async () =>
  namedPython() ??
  (await virtualEnvironment(inCache(`judges-${hashOf(readFileSync(REQUIREMENTS), ...MICRO.flat()).slice(0, 12)}`), {
    name: 'The Python that judges exports',
    purpose: 'open exports in the programs that they are for',
    gigabytes: 4,
    packages: [['-r', REQUIREMENTS], ...MICRO],
    otherwise: 'Or name a Python that has the packages of test/requirements.txt: TSUGIKI_TF_PYTHON=/path/to/python'
  }));
