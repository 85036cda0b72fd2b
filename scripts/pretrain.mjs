/** `npm run pretrain`: renders, trains and writes resources/backbone (see docs/sample.md). `-- --quick`: a few steps only, to try the way. */
import { runTypeScript } from './sample/bundle.mjs';

process.exitCode = await runTypeScript('scripts/sample/pretrain.ts', process.argv.slice(2));
