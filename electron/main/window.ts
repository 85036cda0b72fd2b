/** The one window: where it was last time, in the theme's colour from the first frame. */
import { BrowserWindow, app, nativeTheme, screen } from 'electron';
import * as v from 'valibot';
import { HOME } from './app-protocol';
import { noteJson, readJson } from './json-file';
import { log } from './log';
import { PRELOAD, userFile } from './paths';

const StateSchema = v.object({
  bounds: v.object({ x: v.number(), y: v.number(), width: v.number(), height: v.number() }),
  maximized: v.boolean(),
  fullScreen: v.optional(v.boolean(), false)
});
type State = v.InferOutput<typeof StateSchema>;

const stateFile = (): string => userFile('window.json');
const background = (): string => (nativeTheme.shouldUseDarkColors ? '#16191A' : '#F6F7F6');

/** The remembered state, unless its screen is gone. */
function remembered(): State | null {
  const state = readJson(stateFile(), StateSchema);
  if (!state) return null;
  const { x, y, width, height } = state.bounds;
  const seen = screen.getAllDisplays().some(({ workArea: area }) =>
    x < area.x + area.width - 100 && x + width > area.x + 100 && y >= area.y - 10 && y < area.y + area.height - 100 && height > 0);
  return seen ? state : null;
}

const remember = (window: BrowserWindow): void => noteJson(stateFile(), { bounds: window.getNormalBounds(), maximized: window.isMaximized(), fullScreen: window.isFullScreen() });

/** Makes the window, unseen and empty: whoever serves its calls must know it before the page asks. */
export function createWindow(): BrowserWindow {
  const state = remembered();
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    ...state?.bounds,
    minWidth: 1024,
    minHeight: 640,
    ...(state?.fullScreen && { fullscreen: true }),
    show: false,
    title: app.name,
    backgroundColor: background(),
    webPreferences: { preload: PRELOAD, contextIsolation: true, sandbox: true, nodeIntegration: false, webviewTag: false, spellcheck: false }
  });
  if (state?.maximized) window.maximize();

  const recolor = (): void => window.setBackgroundColor(background());
  nativeTheme.on('updated', recolor);
  window.on('close', () => remember(window));
  window.on('closed', () => nativeTheme.off('updated', recolor));
  // Main keeps the session, so a window that crashed finds everything again.
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    log.error(`The window's process ended: ${reason}`);
    if (reason !== 'clean-exit' && reason !== 'launch-failed' && !window.isDestroyed()) window.reload();
  });
  return window;
}

/** Loads the page and shows the window with its first frame already drawn. */
export async function showPage(window: BrowserWindow): Promise<void> {
  const drawn = new Promise<void>((resolve) => window.once('ready-to-show', () => resolve()));
  await window.loadURL(HOME);
  await drawn;
  window.show();
}
