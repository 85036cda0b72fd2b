/** Bundles a TypeScript script of this folder to out/scripts and runs it there with this Node. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * @param {string} entry path from the repository's root
 * @param {string[]} args
 * @returns {Promise<number>} exit code
 */
export async function runTypeScript(entry, args = []) {
  const outfile = `${root}out/scripts/${entry.replace(/^.*\//, '').replace(/\.ts$/, '')}.cjs`;
  await build({ absWorkingDir: root, entryPoints: [entry], outfile, bundle: true, platform: 'node', target: 'node16', format: 'cjs', packages: 'external', logLevel: 'warning' });
  return spawnSync(process.execPath, [outfile, ...args], { cwd: root, stdio: 'inherit', env: { TF_CPP_MIN_LOG_LEVEL: '1', ...process.env } }).status ?? 1;
}
