/** How fast the window answers while a network trains, and how fast a dropped picture is named. `npm run bench:window` */
import { main } from './setup.mjs';
import { drive } from './window/drive.mjs';

await main(() => drive('test/bench/window.ts'));
