/** Runs a TypeScript script that drives the real window, as the tests do: everything set up and built, on a display. */
import { build } from '../build.mjs';
import { setup } from '../setup.mjs';
import { inRoot } from '../setup/places.mjs';
import { withDisplay } from '../test/display.mjs';

/**
 * @param {string} script path from the root; its default export does the work
 * @param {string[]} args what it is given
 */
export async function drive(script, args = []) {
  await setup({ display: true });
  await build();
  const { runnerImport } = await import('vite');
  await withDisplay(async (env) => {
    Object.assign(process.env, env);
    const { module } = await runnerImport(inRoot(script), { configFile: false, logLevel: 'error', root: inRoot() });
    await module.default(args);
  });
}
