/** The main process: one window, one engine, one project. */
import { type BrowserWindow, app } from 'electron';
import type { Wish } from '../contract';
import { declareScheme, serveScheme } from './app-protocol';
import { Attention } from './attention';
import { emptyDragged } from './dragging';
import { emptyHeld } from './held';
import { handlersFor } from './handlers';
import { serveCalls, tell } from './ipc';
import { log, startLog } from './log';
import { setMenu } from './menu';
import { useOwnUserData } from './paths';
import { preferences, setPreferences } from './preferences';
import { lockAllContents, lockSession } from './security';
import { createWindow, showPage } from './window';
import { Wishes, wishedPath } from './wishes';
import { Workbench } from './workbench';

useOwnUserData();
startLog();
declareScheme();
lockAllContents();

let window: BrowserWindow | null = null;
const theWindow = (): BrowserWindow | null => window;
const attention = new Attention(theWindow, (wish) => (wish ? wished(wish) : void showWindow()));
const wishes = new Wishes((wish) => tell(window?.webContents ?? null, 'wish', wish));
const refreshMenu = (): void => setMenu(wished);
const bench = new Workbench({
  follow(session, progress) {
    tell(window?.webContents ?? null, 'progress', progress);
    attention.follow(session, progress);
  },
  rest: (session) => attention.rest(session),
  problem(error) {
    log.warn(error.message);
    tell(window?.webContents ?? null, 'problem', error);
  },
  wish: (wish) => wishes.add(wish),
  recent: refreshMenu
});

async function showWindow(): Promise<void> {
  if (window) {
    if (window.isMinimized()) window.restore();
    window.focus();
    return;
  }
  window = createWindow();
  window.on('closed', () => {
    window = null;
    wishes.wait();
  });
  window.webContents.on('render-process-gone', () => wishes.wait());
  await showPage(window);
}

/** Something is wanted of the window: it comes to the front, if it is there yet. */
function wished(wish: Wish): void {
  wishes.add(wish);
  if (window) void showWindow();
}

function openedWith(argv: readonly string[], folder: string): void {
  const path = wishedPath(argv, folder, app.getAppPath());
  if (path !== null) wished({ kind: 'open', path });
}

async function run(): Promise<void> {
  await app.whenReady();
  log.info(`Tsugiki ${app.getVersion()} on Electron ${process.versions.electron}, ${process.platform} ${process.arch}`);
  setPreferences(preferences());
  serveScheme();
  lockSession();
  refreshMenu();
  emptyDragged();
  emptyHeld();
  bench.restore();
  serveCalls(handlersFor(bench, { window: theWindow, listening: () => wishes.listen(), refreshMenu }), () => window?.webContents ?? null);
  openedWith(process.argv, process.cwd());
  await showWindow();
  bench.warmUp();
}

if (app.requestSingleInstanceLock()) {
  app.on('second-instance', (_event, argv, folder) => {
    void showWindow();
    openedWith(argv, folder);
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    wished({ kind: 'open', path });
  });
  app.on('activate', () => void showWindow());
  app.on('window-all-closed', () => app.quit());
  app.on('will-quit', (event) => {
    // The next start may come at once, and finds the project free.
    event.preventDefault();
    void bench.close().then(() => {
      emptyDragged();
      emptyHeld();
      app.exit();
    });
  });
  run().catch((error: unknown) => {
    log.error('Tsugiki could not start', error);
    app.exit(1);
  });
} else {
  app.quit();
}
