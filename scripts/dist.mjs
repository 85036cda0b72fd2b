/**
 * Packs Tsugiki for people who have neither Node nor a compiler, into dist/: whatever this machine can make, and a word on what it cannot.
 * `npm run dist`; `npm run dist -- --dir` makes only the unpacked folder, which the tests start.
 */
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build as buildSources } from './build.mjs';
import { main, setup } from './setup.mjs';
import { inRoot } from './setup/places.mjs';
import { SetupError, progress, say } from './setup/terminal.mjs';

const INSTALLERS = { linux: ['AppImage', 'deb', 'tar.gz'], darwin: ['dmg', 'zip'], win32: ['nsis'] };
const OTHERS = { linux: 'Windows and macOS', darwin: 'Windows and Linux', win32: 'macOS and Linux' };
const mebibytes = (bytes) => `${Math.round(bytes / 2 ** 20)} MiB`;

/** Installers to make here, and the sentences that say why others are left out. */
async function plan(found, onlyFolder) {
  const { isStandIn } = await import('./setup/electron.mjs');
  const wanted = INSTALLERS[process.platform];
  const others = `${OTHERS[process.platform]}: run npm run dist there; the native parts belong to one system each.`;
  if (onlyFolder) return { targets: [], leftOut: [] };
  if (isStandIn(found)) {
    return { targets: [], leftOut: [`${wanted.join(', ')}: the Electron here (${found.version}, ${found.from}) is for development and tests, not for people's machines. Where Electron's own download can be reached they are made.`, others] };
  }
  const { unreachable } = await import('./setup/fetch.mjs');
  const why = await unreachable('https://github.com');
  // Plain archives need no tool from elsewhere.
  const able = why ? wanted.filter((target) => ['tar.gz', 'zip'].includes(target)) : wanted;
  const unable = wanted.filter((target) => !able.includes(target));
  return { targets: able, leftOut: [...(unable.length > 0 ? [`${unable.join(', ')}: electron-builder has to download the tools that make them (${why}).`] : []), others] };
}

const sizeOf = (folder) => readdirSync(folder, { recursive: true }).map((name) => statSync(join(folder, name))).reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);

/** The folder that electron-builder leaves, ready to start. */
export function unpackedFolder() {
  return inRoot('dist', { linux: 'linux-unpacked', darwin: process.arch === 'arm64' ? 'mac-arm64' : 'mac', win32: 'win-unpacked' }[process.platform]);
}

/** The executable in it. */
export function packedExecutable() {
  return join(unpackedFolder(), { linux: 'tsugiki', darwin: 'Tsugiki.app/Contents/MacOS/Tsugiki', win32: 'Tsugiki.exe' }[process.platform]);
}

/** @param {{onlyFolder?: boolean}} options @throws SetupError when it could not be packed */
export async function dist({ onlyFolder = false } = {}) {
  const { electron } = await import('./setup/electron.mjs');
  const found = electron();
  const { targets, leftOut } = await plan(found, onlyFolder);
  const { gatherNative } = await import('./dist/native.mjs');
  const native = inRoot('dist/native');
  const bytes = gatherNative(native);
  const meter = progress(`Packing with Electron ${found.version} and ${mebibytes(bytes)} of TensorFlow`);
  try {
    const { Platform, build } = await import('electron-builder');
    rmSync(unpackedFolder(), { recursive: true, force: true });
    const version = found.version.match(/^\d+\.\d+\.\d+$/)?.[0];
    await build({
      projectDir: inRoot(),
      targets: Platform.current().createTarget(targets.length > 0 ? targets : ['dir']),
      publish: 'never',
      config: {
        extends: inRoot('electron-builder.yml'),
        electronDist: dirname(found.path),
        ...(version && { electronVersion: version })
      }
    });
  } catch (error) {
    meter.done('failed');
    throw error instanceof SetupError ? error : new SetupError(`electron-builder could not pack: ${error.message}`);
  } finally {
    rmSync(native, { recursive: true, force: true });
  }
  meter.done('packed');
  say(`  ${unpackedFolder()} (${mebibytes(sizeOf(unpackedFolder()))}); start it with ${packedExecutable()}`);
  for (const name of readdirSync(inRoot('dist')).filter((name) => name.startsWith('Tsugiki-'))) say(`  ${inRoot('dist', name)} (${mebibytes(statSync(inRoot('dist', name)).size)})`);
  if (leftOut.length > 0) say(`Left out:\n${leftOut.map((reason) => `  ${reason}`).join('\n')}`);
  if (!existsSync(packedExecutable())) throw new SetupError(`electron-builder left no ${packedExecutable()}.`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { dir: { type: 'boolean', default: false } } });
  await main(async () => {
    await setup();
    await buildSources();
    await dist({ onlyFolder: values.dir });
  });
}
