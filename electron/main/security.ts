/** What no page of ours ever needs is refused for every page: permissions, the network, other addresses, new windows. */
import { app, session, type WebContents } from 'electron';
import { HOME, isOwn } from './app-protocol';
import { log } from './log';

/** Schemes that stay inside the process: pictures made in the page, and the developer tools of an unpacked build. */
const isInternal = (address: string): boolean =>
  isOwn(address) || /^(blob|data):/.test(address) || (!app.isPackaged && address.startsWith('devtools://'));

export function lockSession(): void {
  const own = session.defaultSession;
  own.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  own.setPermissionCheckHandler(() => false);
  own.setDevicePermissionHandler(() => false);
  own.webRequest.onBeforeRequest((details, answer) => {
    const cancel = !isInternal(details.url);
    if (cancel) log.warn(`Refused a request to ${new URL(details.url).origin}`);
    answer({ cancel });
  });
  own.on('will-download', (event) => event.preventDefault());
}

function lockContents(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.on('will-navigate', (event, address) => {
    if (address !== HOME) event.preventDefault();
  });
  contents.on('will-redirect', (event) => event.preventDefault());
}

/** Every contents there will ever be, ours included. */
export const lockAllContents = (): void => void app.on('web-contents-created', (_event, contents) => lockContents(contents));
