/** The command line: `npm run tsugiki -- train | evaluate | classify | export | inspect | datasets | doctor`. */
import { build } from './build.mjs';
import { main, setup } from './setup.mjs';
import { inRoot } from './setup/places.mjs';
import { setQuiet } from './setup/terminal.mjs';
import { become } from './start/become.mjs';

const args = process.argv.slice(2);

if (args[0] === 'doctor') {
  const { doctor } = await import('./setup/doctor.mjs');
  await main(() => doctor({ json: args.includes('--json') }));
} else {
  setQuiet(true);
  await main(async () => {
    await setup({ window: false });
    await build({ window: false });
    become(process.execPath, [inRoot('out/cli/index.cjs'), ...args]);
  });
}
