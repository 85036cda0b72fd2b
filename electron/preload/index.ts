/** The only bridge between the window and main: `window.tsugiki`. Knows names, checks nothing, keeps nothing; main checks all. */
import { contextBridge, ipcRenderer, type IpcRendererEvent, webUtils } from 'electron';
import type { Bridge } from '../contract/channels';
import { CALL_CHANNEL, EVENT_CHANNEL } from '../contract/wire';

/** `webUtils` came with Electron 29; before, a File carried its own path. */
const pathOf = (file: File): string =>
  (webUtils as typeof webUtils | undefined)?.getPathForFile(file) ?? (file as File & { path?: string }).path ?? '';

const bridge: Bridge = {
  call: (name, input) => ipcRenderer.invoke(CALL_CHANNEL, name, input),
  on(name, listener) {
    const forward = (_event: IpcRendererEvent, told: string, payload: Parameters<typeof listener>[0]): void => {
      if (told === name) listener(payload);
    };
    ipcRenderer.on(EVENT_CHANNEL, forward);
    return () => void ipcRenderer.removeListener(EVENT_CHANNEL, forward);
  },
  pathOf
};

contextBridge.exposeInMainWorld('tsugiki', bridge);
