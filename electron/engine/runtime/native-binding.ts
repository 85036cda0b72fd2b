/**
 * Where the native half of tfjs-node is. The build puts this in the place of tfjs-node's own search (@mapbox/node-pre-gyp), so that all
 * of its JavaScript fits into one bundle: quicker to load, and no node_modules in the packaged app.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const BINDING = join('lib', 'napi-v8', 'tfjs_binding.node');

/** Packaged: `native/` beside `out/`. From the repository: as setup puts it. The libraries lie in `deps/` beside `lib/` in both. */
const PLACES = [join('native', BINDING), join('node_modules', '@tensorflow', 'tfjs-node', BINDING)];

/** Called by tfjs-node, which says itself what to do when nothing is there. */
export function find(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const found = PLACES.map((place) => join(folder, place)).find((path) => existsSync(path));
    if (found) return found;
    if (dirname(folder) === folder) return join(__dirname, BINDING);
  }
}
