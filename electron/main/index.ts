/** The main process: one window, one engine, one session. */
import { type BrowserWindow, app } from 'electron';
import { declareScheme, serveScheme } from './app-protocol';
import { Attention } from './attention';
import { handlersFor } from './handlers';
import { serveCalls, tell } from './ipc';
import { log, startLog } from './log';
import { setMenu } from './menu';
import { useOwnUserData } from './paths';
import { preferences, setPreferences } from './preferences';
import { lockAllContents, lockSession } from './security';
import { createWindow, showPage } from './window';
import { Workbench } from './workbench';

useOwnUserData();
startLog();
declareScheme();
lockAllContents();

let window: BrowserWindow | null = null;
const theWindow = (): BrowserWindow | null => window;
const attention = new Attention(theWindow);
const bench = new Workbench({
  follow(session, progress) {
    tell(window?.webContents ?? null, 'progress', progress);
    attention.follow(session, progress);
  },
  problem(error) {
    log.warn(error.message);
    tell(window?.webContents ?? null, 'problem', error);
  }
});

async function showWindow(): Promise<void> {
  if (window) {
    if (window.isMinimized()) window.restore();
    window.focus();
    return;
  }
  window = createWindow();
  window.on('closed', () => (window = null));
  await showPage(window);
}

async function run(): Promise<void> {
  await app.whenReady();
  log.info(`Tsugiki ${app.getVersion()} on Electron ${process.versions.electron}, ${process.platform} ${process.arch}`);
  setPreferences(preferences());
  serveScheme();
  lockSession();
  setMenu();
  bench.restore();
  serveCalls(handlersFor(bench, theWindow), () => window?.webContents ?? null);
  await showWindow();
  bench.warmUp();
}

if (app.requestSingleInstanceLock()) {
  app.on('second-instance', () => void showWindow());
  app.on('activate', () => void showWindow());
  app.on('window-all-closed', () => app.quit());
  app.on('will-quit', () => bench.close());
  run().catch((error: unknown) => {
    log.error('Tsugiki could not start', error);
    app.exit(1);
  });
} else {
  app.quit();
}
