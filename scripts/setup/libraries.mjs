/** What Electron needs of a Linux system: the libraries it is linked to, a font with Japanese letters, and Xvfb, the display of machines that have none. */
import { spawnSync } from 'node:child_process';
import { electron } from './electron.mjs';
import { SetupError, progress, say } from './terminal.mjs';
import { installCommand, isRoot, onPath, run } from './tools.mjs';

/** Library -> Debian package. */
const PACKAGES = {
  'libnss3.so': 'libnss3', 'libnssutil3.so': 'libnss3', 'libsmime3.so': 'libnss3', 'libnspr4.so': 'libnspr4',
  'libatk-1.0.so.0': 'libatk1.0-0', 'libatk-bridge-2.0.so.0': 'libatk-bridge2.0-0', 'libatspi.so.0': 'libatspi2.0-0', 'libcups.so.2': 'libcups2',
  'libgtk-3.so.0': 'libgtk-3-0', 'libgdk-3.so.0': 'libgtk-3-0', 'libgbm.so.1': 'libgbm1', 'libasound.so.2': 'libasound2', 'libdrm.so.2': 'libdrm2',
  'libpango-1.0.so.0': 'libpango-1.0-0', 'libcairo.so.2': 'libcairo2', 'libxkbcommon.so.0': 'libxkbcommon0', 'libexpat.so.1': 'libexpat1',
  'libX11.so.6': 'libx11-6', 'libxcb.so.1': 'libxcb1', 'libXcomposite.so.1': 'libxcomposite1', 'libXdamage.so.1': 'libxdamage1',
  'libXext.so.6': 'libxext6', 'libXfixes.so.3': 'libxfixes3', 'libXrandr.so.2': 'libxrandr2', 'libdbus-1.so.3': 'libdbus-1-3', 'libglib-2.0.so.0': 'libglib2.0-0'
};

export const hasDisplay = () => process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

/** Libraries that the dynamic linker does not find. */
function lacking() {
  const found = electron();
  if (process.platform !== 'linux' || !found) return [];
  const { stdout } = spawnSync('ldd', [found.path], { encoding: 'utf8' });
  return [...(stdout ?? '').matchAll(/^\s*(\S+) => not found/gm)].map(([, name]) => name).filter((name) => name !== 'libffmpeg.so');
}

/** Debian's: the font, and fc-list, which tells what fonts there are. */
const JAPANESE_FONT = ['fonts-noto-cjk', 'fontconfig'];
const hasJapaneseFont = () => Boolean(spawnSync('fc-list', [':lang=ja'], { encoding: 'utf8' }).stdout);

/** Debian's names; Ubuntu 24.04 renamed some with a t64 at the end. */
function packagesFor(libraries) {
  const names = [...new Set(libraries.map((name) => PACKAGES[name]).filter(Boolean))];
  return names.map((name) => (spawnSync('apt-cache', ['show', `${name}t64`], { stdio: 'ignore' }).status === 0 ? `${name}t64` : name));
}

async function aptInstall(packages, purpose) {
  const meter = progress(`Installing ${packages.join(' ')} with apt-get: ${purpose}`);
  const install = () => run('apt-get', ['install', '-y', '--no-install-recommends', ...packages], { env: { DEBIAN_FRONTEND: 'noninteractive' } });
  try {
    await install().catch(async () => {
      // The lists may be missing or old.
      await run('apt-get', ['update']);
      await install();
    });
  } catch (error) {
    meter.done('failed');
    throw error;
  }
  meter.done('installed');
}

/** Sees to the libraries Electron needs. @throws SetupError with the one command to run */
export async function setup() {
  const libraries = lacking();
  if (libraries.length === 0) return;
  const packages = onPath('apt-get') ? packagesFor(libraries) : [];
  if (packages.length === 0) throw new SetupError(`Electron needs libraries that this system does not have: ${libraries.join(', ')}. Install them with the system's package manager.`);
  if (!isRoot()) throw new SetupError(`Electron needs libraries that this system does not have. Install them with:\n  sudo apt-get install -y ${packages.join(' ')}`);
  await aptInstall(packages, 'Electron needs them');
  const still = lacking();
  if (still.length > 0) throw new SetupError(`Electron still lacks ${still.join(', ')}.`);
}

/** For tests and screenshots: a font for Japanese, if it can be had, and Xvfb on a machine without a display. @throws SetupError with the command to run */
export async function setupDisplay() {
  if (process.platform === 'linux' && isRoot() && onPath('apt-get') && !hasJapaneseFont()) {
    await aptInstall(JAPANESE_FONT, 'Japanese would be shown as boxes').catch((error) => say(`  The window's Japanese is shown as boxes: ${error.message}`));
  }
  if (hasDisplay() || onPath('Xvfb')) return;
  if (!isRoot() || !onPath('apt-get')) throw new SetupError(`There is no display, and Xvfb, which stands in for one, is missing. Install it with: ${installCommand('Xvfb')}`);
  await aptInstall(['xvfb'], 'there is no display');
}

function librariesRow() {
  const row = { part: 'Electron\'s libraries', from: 'system', version: '-' };
  if (!electron()) return { ...row, from: '-', ok: true, advice: 'known once Electron is there' };
  const libraries = lacking();
  if (libraries.length === 0) return { ...row, ok: true };
  return { ...row, ok: false, advice: `missing ${libraries.join(', ')}: sudo apt-get install -y ${packagesFor(libraries).join(' ')}` };
}

function fontRow() {
  const row = { part: 'Japanese font', from: 'system', version: '-', ok: true };
  return hasJapaneseFont() ? row : { ...row, from: '-', advice: `none: the window's Japanese would be shown as boxes: sudo apt-get install -y ${JAPANESE_FONT.join(' ')}` };
}

function displayRow() {
  const { WAYLAND_DISPLAY: wayland, DISPLAY: x11 } = process.env;
  if (hasDisplay()) return { part: 'display', from: wayland ? 'Wayland' : 'X11', version: wayland || x11, ok: true };
  return { part: 'display', from: '-', version: '-', ok: true, advice: `none: npm start trains in the terminal${onPath('Xvfb') ? '' : `; the window's tests need Xvfb: ${installCommand('Xvfb')}`}` };
}

export const status = () => (process.platform === 'linux' ? [librariesRow(), fontRow(), displayRow()] : []);
