/**
 * Where the native half of tfjs-node is. The build puts this in the place of tfjs-node's own search (@mapbox/node-pre-gyp), so that all
 * of its JavaScript fits into one bundle: quicker to load, and no node_modules in the packaged app.
 */
import { join } from 'node:path';
import { findAbove } from './above';

const BINDING = join('lib', 'napi-v8', 'tfjs_binding.node');

/** Packaged: `native/` beside `out/`. From the repository: as setup puts it. The libraries lie in `deps/` beside `lib/` in both. */
const PLACES = [join('native', BINDING), join('node_modules', '@tensorflow', 'tfjs-node', BINDING)];

/** Called by tfjs-node, which says itself what to do when nothing is there. */
export const find = (): string => findAbove(PLACES) ?? join(__dirname, BINDING);
