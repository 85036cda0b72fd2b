/**
 * Native TensorFlow under tfjs-node. Two ways, the first that works:
 * 1. tfjs-node's own download (libtensorflow and a compiled binding);
 * 2. Linux x64: the libraries and headers of the PyPI wheel tensorflow-cpu, and the binding compiled here.
 * Both are kept in the user's cache, because every `npm ci` empties node_modules.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { downloadWheel, unreachable, unzip } from './fetch.mjs';
import { fillOnce, hashOf, inCache, inRoot, readJson } from './places.mjs';
import { SetupError, progress, remark, say } from './terminal.mjs';
import { has, need, run } from './tools.mjs';

const WHEEL = {
  name: 'tensorflow-cpu',
  version: '2.15.1',
  python: '3.11',
  platform: 'manylinux_2_17_x86_64',
  bytes: 207208420,
  sha256: '54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26'
};
const LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
/** tfjs-node's newest; every Node since 16 has it. */
const NAPI = 8;

const tfjsNode = (...parts) => inRoot('node_modules/@tensorflow/tfjs-node', ...parts);
const folder = () => tfjsNode('lib', `napi-v${NAPI}`);
/** Where the binding looks for the libraries: as from tfjs-node's own download, so that a packaged app is laid out in one way only. */
const libraries = () => tfjsNode('deps', 'lib');
const RPATH = '$ORIGIN/../../deps/lib';
const binding = () => join(folder(), 'tfjs_binding.node');
/** Written last: from where the binding in node_modules came. */
const note = () => join(folder(), 'tsugiki.json');
const version = () => readJson(tfjsNode('package.json')).version;

/** Where the wheel's libraries are, once unpacked. */
export const wheelFolder = () => inCache(`tensorflow-${WHEEL.version}`, 'tensorflow');
const wheelIsThere = () => LIBRARIES.every((name) => existsSync(join(wheelFolder(), name))) && existsSync(join(wheelFolder(), 'include', 'tensorflow', 'c', 'c_api.h'));
const prebuiltCache = () => inCache(`tfjs-node-${version()}-${process.platform}-${process.arch}`);

/** Whether native TensorFlow really starts, in a process of its own: a wrong library can end a process. */
function starts() {
  // The shim's two functions, for Node >= 23 (see electron/engine/runtime/node-shim.ts).
  const code = "const u=require('util');u.isNullOrUndefined??=(v)=>v==null;u.isArray??=Array.isArray;const tf=require('@tensorflow/tfjs-node');process.stdout.write(tf.version['tfjs-node']+' '+(tf.backend().binding.TF_Version??''))";
  const { status, stdout, stderr, signal } = spawnSync(process.execPath, ['-e', code], { cwd: inRoot(), encoding: 'utf8', env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' } });
  const [tfjs, tensorflow] = stdout.trim().split('\n').at(-1).split(' ');
  return status === 0 ? { ok: true, tfjs, tensorflow } : { ok: false, why: signal ?? stderr.split('\n').find((line) => line.startsWith('Error')) ?? `exit code ${status}` };
}

function accept(from) {
  const tried = starts();
  if (!tried.ok) throw new SetupError(`The binding does not load: ${tried.why}`);
  writeFileSync(note(), JSON.stringify({ from, tfjs: tried.tfjs, tensorflow: tried.tensorflow }));
  return tried;
}

const PREBUILT = 'https://storage.googleapis.com/';

async function prebuilt() {
  const kept = prebuiltCache();
  if (!existsSync(kept)) {
    const why = await unreachable(process.env.TFJS_NODE_CDN_STORAGE ?? `${PREBUILT}tensorflow/libtensorflow/libtensorflow-cpu-linux-x86_64-2.9.1.tar.gz`);
    if (why) throw new SetupError(why);
    const meter = progress('Downloading TensorFlow as tfjs-node does');
    await run(process.execPath, ['scripts/install.js'], { cwd: tfjsNode(), timeout: 600000, env: { PATH: `${inRoot('node_modules/.bin')}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH}` } });
    meter.done();
    const tried = starts();
    if (!tried.ok) throw new SetupError(`what was downloaded does not load: ${tried.why}`);
    await fillOnce(kept, async (work) => {
      for (const part of ['lib', 'deps']) cpSync(tfjsNode(part), join(work, 'all', part), { recursive: true, verbatimSymlinks: true });
      return join(work, 'all');
    });
  } else {
    for (const part of ['lib', 'deps']) cpSync(join(kept, part), tfjsNode(part), { recursive: true, verbatimSymlinks: true, force: true });
  }
  accept('tfjs-node download');
}

async function wheel() {
  if (wheelIsThere()) return;
  rmSync(join(wheelFolder(), '..'), { recursive: true, force: true });
  await fillOnce(join(wheelFolder(), '..'), async (work) => {
    const file = await downloadWheel(WHEEL, work);
    await unzip(file, join(work, 'all'), (name) => name.startsWith('tensorflow/include/') || LIBRARIES.some((library) => name === `tensorflow/${library}`));
    // A quarter of them are names for debuggers. Comes with g++; without it the libraries work as they are.
    for (const name of LIBRARIES) if (has('strip')) await run('strip', ['--strip-unneeded', join(work, 'all', 'tensorflow', name)]);
    return join(work, 'all');
  });
}

async function compiled() {
  await wheel();
  const sources = readdirSync(tfjsNode('binding')).sort();
  const code = sources.map((name) => readFileSync(tfjsNode('binding', name)));
  const key = hashOf(...code, WHEEL.version, String(NAPI), RPATH).slice(0, 12);
  const kept = await fillOnce(inCache(`tfjs-binding-${version()}-${key}`), async (work) => {
    need('g++', has('g++'), 'compile the binding between Node and TensorFlow');
    const meter = progress('Compiling the TensorFlow binding with g++');
    mkdirSync(join(work, 'all'));
    await run('g++', [
      '-O2', '-std=c++17', '-fPIC', '-shared', `-DNAPI_VERSION=${NAPI}`,
      ...sources.filter((name) => name.endsWith('.cc')).map((name) => tfjsNode('binding', name)),
      `-I${join(wheelFolder(), 'include')}`, `-I${inRoot('node_modules/node-api-headers/include')}`, `-I${tfjsNode()}`,
      `-L${wheelFolder()}`, ...LIBRARIES.map((name) => `-l:${name}`),
      `-Wl,-rpath,${RPATH}`,
      '-o', join(work, 'all', 'tfjs_binding.node')
    ]);
    meter.done('compiled');
    return join(work, 'all');
  });
  for (const path of [folder(), libraries()]) mkdirSync(path, { recursive: true });
  for (const name of LIBRARIES) {
    rmSync(join(libraries(), name), { force: true });
    symlinkSync(join(wheelFolder(), name), join(libraries(), name));
  }
  // Renamed into place: a process that runs on the old binding keeps it.
  copyFileSync(join(kept, 'tfjs_binding.node'), `${binding()}.new`);
  renameSync(`${binding()}.new`, binding());
  accept(`PyPI wheel ${WHEEL.name}, binding compiled here`);
}

const linuxX64 = process.platform === 'linux' && process.arch === 'x64';
/** The chain; the second is asked first once it has worked on this machine. */
const ways = () => {
  const download = { name: 'tfjs-node\'s own download', take: prebuilt };
  const wheelWay = { name: 'the PyPI wheel tensorflow-cpu', take: compiled };
  if (!linuxX64) return [download];
  return wheelIsThere() && !existsSync(prebuiltCache()) ? [wheelWay, download] : [download, wheelWay];
};

/** What is in place, read without starting it. */
function installed() {
  if (!existsSync(binding()) || !existsSync(note())) return null;
  const found = readJson(note());
  // Through the links: the wheel's libraries are in the cache, which may have been emptied.
  return found.from.startsWith('PyPI') && !LIBRARIES.every((name) => existsSync(join(libraries(), name))) ? null : found;
}

export async function setup() {
  if (installed()) return;
  if (existsSync(binding()) && !existsSync(note()) && starts().ok) {
    accept('installed before');
    return;
  }
  remark('TensorFlow is not set up yet.');
  const reasons = [];
  for (const { name, take } of ways()) {
    try {
      await take();
      remark(`TensorFlow ${readJson(note()).tensorflow} from ${name} is in place.`);
      return;
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      reasons.push(`${name}: ${error.message}`);
      say(`  TensorFlow by ${reasons.at(-1)}`);
    }
  }
  throw new SetupError(`TensorFlow could not be set up.\n  ${reasons.join('\n  ')}`);
}

export function status() {
  const part = 'TensorFlow';
  if (!existsSync(tfjsNode('package.json')) || !existsSync(binding())) return { part, from: '-', version: '-', ok: false, advice: 'missing: npm run setup' };
  const tried = starts();
  const from = existsSync(note()) ? readJson(note()).from : 'unknown';
  return tried.ok
    ? { part, from, version: `${tried.tensorflow} (tfjs-node ${tried.tfjs})`, ok: true }
    : { part, from, version: '-', ok: false, advice: `does not load (${tried.why}): delete ${folder()} and run npm run setup` };
}
