/** The window's messages as code, before any test reads them. By a process of its own: what Paraglide leaves running keeps vitest from ending. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const PARAGLIDE = ['compile', '--silent', '--project', './project.inlang', '--outdir', './renderer/paraglide', '--strategy', 'globalVariable', 'baseLocale'];

export default (): void => void execFileSync(process.execPath, ['node_modules/@inlang/paraglide-js/bin/run.js', ...PARAGLIDE], { cwd: ROOT });
