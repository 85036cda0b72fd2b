/** Our side of the bench, TypeScript in test/bench, bundled into out/bench. */
import { inRoot } from '../setup/places.mjs';

export async function bundle() {
  const { build } = await import('esbuild');
  const entryPoints = ['engine', 'tfjs-layers', 'time-left', 'exports', 'exported', 'rounding'].map((name) => inRoot('test/bench', `${name}.ts`));
  await build({ absWorkingDir: inRoot(), entryPoints, outdir: inRoot('out/bench'), outExtension: { '.js': '.cjs' }, bundle: true, platform: 'node', target: 'node20', format: 'cjs', packages: 'external', logLevel: 'warning' });
}
