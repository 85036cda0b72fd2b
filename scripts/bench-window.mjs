/**
 * How fast the window answers. `npm run bench:window`: while a network trains, and how fast a dropped picture is named.
 * `npm run bench:window -- start`: how soon the packed application is there, and how soon each place.
 */
import { main } from './setup.mjs';
import { drive } from './window/drive.mjs';

await main(() => drive(process.argv.includes('start') ? 'test/bench/start.ts' : 'test/bench/window.ts'));
