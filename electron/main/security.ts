/** What no page of ours ever needs is refused for every page: the network, other addresses, new windows, and all permissions but the camera's. */
import { app, session, systemPreferences, type WebContents } from 'electron';
import { HOME, isOwn } from './app-protocol';
import { log } from './log';

/** Schemes that stay inside the process: pictures made in the page, and the developer tools of an unpacked build. */
const isInternal = (address: string): boolean =>
  isOwn(address) || /^(blob|data):/.test(address) || (!app.isPackaged && address.startsWith('devtools://'));

/** The camera takes pictures for a class: in our own page, and without sound. */
const isCamera = (permission: string, address: string, isMainFrame: boolean, kinds: readonly (string | undefined)[]): boolean =>
  permission === 'media' && isOwn(address) && isMainFrame && kinds.length === 1 && kinds[0] === 'video';

/** macOS asks the person itself, once. */
const systemAllowsCamera = (): Promise<boolean> => (process.platform === 'darwin' ? systemPreferences.askForMediaAccess('camera') : Promise.resolve(true));

export function lockSession(): void {
  const own = session.defaultSession;
  own.setPermissionRequestHandler((_contents, permission, answer, details) => {
    const kinds = 'mediaTypes' in details ? (details.mediaTypes ?? []) : [];
    if (isCamera(permission, details.requestingUrl, details.isMainFrame, kinds)) void systemAllowsCamera().then(answer, () => answer(false));
    else answer(false);
  });
  own.setPermissionCheckHandler((_contents, permission, origin, { isMainFrame, mediaType }) => isCamera(permission, origin, isMainFrame, [mediaType]));
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
