/** The system's dialogs. */
import { type BrowserWindow, type OpenDialogOptions, dialog } from 'electron';
import { words } from './words';

/** The one chosen path, or null. */
async function choose(window: BrowserWindow | null, options: OpenDialogOptions): Promise<string | null> {
  const { canceled, filePaths } = await (window ? dialog.showOpenDialog(window, options) : dialog.showOpenDialog(options));
  return canceled ? null : (filePaths[0] ?? null);
}

export const chooseFolder = (window: BrowserWindow | null): Promise<string | null> =>
  choose(window, { title: words().chooseFolder, properties: ['openDirectory'] });

export const chooseArchive = (window: BrowserWindow | null): Promise<string | null> =>
  choose(window, {
    title: words().chooseFile,
    properties: ['openFile'],
    filters: [
      { name: words().archives, extensions: ['gz', 'tgz', 'tar', 'zip', 'bin'] },
      { name: words().all, extensions: ['*'] }
    ]
  });

export const chooseWeights = (window: BrowserWindow | null): Promise<string | null> =>
  choose(window, { title: words().chooseWeights, properties: ['openFile'], filters: [{ name: words().kerasWeights, extensions: ['h5'] }] });

export const chooseExportFolder = (window: BrowserWindow | null): Promise<string | null> =>
  choose(window, { title: words().chooseExport, properties: ['openDirectory', 'createDirectory'] });
