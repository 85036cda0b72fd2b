/**
 * Gathers what the bundles load at run time: the native half of TensorFlow, binding and libraries laid out as tfjs-node has them, and the picture
 * decoders in WebAssembly.
 */
import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { inRoot } from '../setup/places.mjs';
import { SetupError } from '../setup/terminal.mjs';

const SOURCE = inRoot('node_modules/@tensorflow/tfjs-node');
/** Found again by electron/engine/runtime/wasm-decoders.ts. */
const DECODERS = ['@jsquash/avif/codec/dec/avif_dec.wasm', '@jsquash/webp/codec/dec/webp_dec.wasm'];
/** Set-up's own note, and what only a compiler reads. */
const LEFT_OUT = /(^|[/\\])(tsugiki\.json|include)$/;

/** A second name for the same file costs nothing; another disk needs a copy. */
function place(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  try {
    linkSync(from, to);
  } catch (error) {
    if (!['EXDEV', 'EPERM', 'ENOTSUP', 'EMLINK'].includes(error.code)) throw error;
    copyFileSync(from, to);
  }
}

/**
 * libtensorflow.so -> libtensorflow.so.2 -> libtensorflow.so.2.9.1: of several names for one file only the one that the linker asks for
 * is taken, the major version's.
 */
const isOtherName = (name) => /\.so$|\.so\.\d+\.\d|\.\d+\.\d.*\.dylib$/.test(name);

function gather(from, to) {
  for (const name of readdirSync(from)) {
    const path = join(from, name);
    if (LEFT_OUT.test(path)) continue;
    if (statSync(path).isDirectory()) gather(path, join(to, name));
    else if (!isOtherName(name)) place(realpathSync(path), join(to, name));
  }
}

/** @returns {number} bytes gathered in `target` */
export function gatherNative(target) {
  rmSync(target, { recursive: true, force: true });
  for (const part of ['lib', join('deps', 'lib')]) if (existsSync(join(SOURCE, part))) gather(join(SOURCE, part), join(target, part));
  for (const path of DECODERS) place(inRoot('node_modules', path), join(target, 'decoders', basename(path)));
  const files = readdirSync(target, { recursive: true }).map((name) => statSync(join(target, name))).filter((file) => file.isFile());
  if (files.length < DECODERS.length + 2) throw new SetupError('TensorFlow\'s libraries are not where setup puts them. Run: npm run setup');
  return files.reduce((sum, file) => sum + file.size, 0);
}
