/**
 * Builds into out/: electron/{main,preload,engine,cli} with esbuild, the window with Vite. What has not changed since the last build is left alone.
 * `npm run build`
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashOf, inRoot } from './setup/places.mjs';
import { SetupError, progress, remark } from './setup/terminal.mjs';

const ENTRIES = ['main', 'preload', 'engine', 'cli'];
const STAMPS = inRoot('out/.stamp');

/** Hash of all that a build is made from. */
function sourcesOf(folders, files) {
  const found = folders
    .filter((folder) => existsSync(inRoot(folder)))
    .flatMap((folder) => readdirSync(inRoot(folder), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)))
    // Paraglide's output is made by the build itself.
    .filter((file) => !file.startsWith(inRoot('renderer/paraglide')));
  return hashOf(...[...found, ...files.map((file) => inRoot(file))].sort().flatMap((file) => [file.slice(inRoot().length), readFileSync(file)]));
}

const upToDate = (name, hash, output) => existsSync(output) && existsSync(join(STAMPS, name)) && readFileSync(join(STAMPS, name), 'utf8') === hash;
function stamp(name, hash) {
  mkdirSync(STAMPS, { recursive: true });
  writeFileSync(join(STAMPS, name), hash);
}

const bundle = (build, name) =>
  build({
    entryPoints: { index: inRoot('electron', name, 'index.ts') },
    outdir: inRoot('out', name),
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    // The oldest Node that a development Electron brings along (22.3: Node 16.17).
    target: 'node16',
    external: ['electron'],
    // tfjs-node asks it for its native half; ours also finds it in the packaged app.
    alias: { '@mapbox/node-pre-gyp': inRoot('electron/engine/runtime/native-binding.ts') },
    logLevel: 'silent',
    // h5wasm is an ES module and asks where it is. A sandboxed preload has neither h5wasm nor Node's url.
    ...(name !== 'preload' && {
      define: { 'import.meta.url': '__importMetaUrl' },
      banner: { js: "const __importMetaUrl = require('url').pathToFileURL(__filename).href;" }
    })
  });

async function buildNodeSide() {
  const entries = ENTRIES.filter((name) => existsSync(inRoot('electron', name, 'index.ts')));
  for (const name of ENTRIES) if (!entries.includes(name)) remark(`electron/${name}/index.ts does not exist yet; left out of the build.`);
  const hash = sourcesOf(['electron'], ['package-lock.json', 'scripts/build.mjs']);
  if (entries.every((name) => upToDate('electron', hash, inRoot('out', name, 'index.cjs')))) return;
  const meter = progress(`Building ${entries.join(', ')}`);
  const { build } = await import('esbuild');
  const results = await Promise.allSettled(entries.map((name) => bundle(build, name)));
  const failures = results.flatMap((result, i) => (result.status === 'rejected' ? [`electron/${entries[i]} does not build: ${result.reason.message}`] : []));
  if (failures.length > 0) {
    meter.done('failed');
    throw new SetupError(failures.join('\n'));
  }
  stamp('electron', hash);
  meter.done('built');
}

async function buildWindow() {
  if (!existsSync(inRoot('renderer/index.html'))) {
    remark('renderer/index.html does not exist yet; left out of the build.');
    return;
  }
  const hash = sourcesOf(['renderer', 'electron/contract', 'resources/recipes'], ['project.inlang/settings.json', 'package-lock.json', 'scripts/build.mjs']);
  if (upToDate('renderer', hash, inRoot('out/renderer/index.html'))) return;
  const meter = progress('Building the window');
  const { build } = await import('vite');
  try {
    await build({ configFile: inRoot('renderer/vite.config.mts'), logLevel: 'warn' });
  } catch (error) {
    meter.done('failed');
    throw new SetupError(`renderer/ does not build: ${error.message}`);
  }
  stamp('renderer', hash);
  meter.done('built');
}

/** @throws SetupError naming the part that does not build */
export async function build({ window = true } = {}) {
  await buildNodeSide();
  if (window) await buildWindow();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { main } = await import('./setup.mjs');
  await main(build);
}
