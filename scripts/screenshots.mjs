/**
 * Pictures of the window after a real training: docs/images, every page in both languages. `npm run screenshots`
 * `-- --all`: every page and state, both languages, themes and two sizes, into test-results/look.
 */
import { main } from './setup.mjs';
import { drive } from './window/drive.mjs';

await main(() => drive('scripts/window/screenshots.ts', process.argv.slice(2)));
