/** Opens Tsugiki's window; on a machine without a display, trains the tutorial's recipe in the terminal. `npm start` */
import { build } from './build.mjs';
import { main, setup } from './setup.mjs';
import { inRoot } from './setup/places.mjs';
import { say } from './setup/terminal.mjs';
import { isRoot } from './setup/tools.mjs';
import { become } from './start/become.mjs';

/** Known without node_modules: whether a window can open at all. */
const display = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;

await main(async () => {
  if (!display) {
    say('There is no display (DISPLAY and WAYLAND_DISPLAY are not set), so no window can open.\nTraining the tutorial\'s recipe here in the terminal instead; Ctrl-C stops it and keeps the last epoch.\n');
    await setup({ window: false });
    await build({ window: false });
    become(process.execPath, [inRoot('out/cli/index.cjs'), 'train', ...process.argv.slice(2)]);
    return;
  }
  await setup();
  await build();
  const { electronPath } = await import('./setup/electron.mjs');
  // Chromium's sandbox refuses to run as root.
  become(electronPath(), [inRoot(), ...(isRoot() && process.platform === 'linux' ? ['--no-sandbox'] : []), ...process.argv.slice(2)]);
});
