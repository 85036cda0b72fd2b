/** `npm run sample` */
import { runTypeScript } from './bundle.mjs';

process.exitCode = await runTypeScript('scripts/sample/make.ts', process.argv.slice(2));
