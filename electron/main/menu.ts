/** The application menu, in the person's language: the system's own roles, and wishes to the window. */
import { Menu, type MenuItemConstructorOptions, app, shell } from 'electron';
import type { Wish } from '../contract';
import { projectsFolder, userFile } from './paths';
import { recentProjects } from './recent';
import { words } from './words';

const separator: MenuItemConstructorOptions = { type: 'separator' };
const PLACES = ['data', 'network', 'train', 'understand', 'try'] as const;
/** A single & would underline the letter after it. */
const plain = (label: string): string => label.replace(/&/g, '&&');

/** The first menu of macOS: its roles name themselves in English only. */
const applicationMenu = (w: ReturnType<typeof words>): MenuItemConstructorOptions => ({
  label: app.name,
  submenu: [
    { role: 'about', label: w.about }, separator, { role: 'services', label: w.services }, separator,
    { role: 'hide', label: w.hide }, { role: 'hideOthers', label: w.hideOthers }, { role: 'unhide', label: w.unhide }, separator, { role: 'quit', label: w.quit }
  ]
});

/** Has to be set again when the language or the list of recent projects changes. */
export function setMenu(wish: (wish: Wish) => void): void {
  const w = words();
  const isMac = process.platform === 'darwin';
  const developer: MenuItemConstructorOptions[] = app.isPackaged
    ? []
    : [{ role: 'reload', label: w.reload }, { role: 'toggleDevTools', label: w.devTools }, separator];

  const recent: MenuItemConstructorOptions[] = recentProjects().map(({ name, path }) => ({ label: plain(name), sublabel: path, click: () => wish({ kind: 'open', path }) }));

  const template: MenuItemConstructorOptions[] = [
    ...(isMac ? [applicationMenu(w)] : []),
    {
      label: w.file,
      submenu: [
        { label: w.newProject, accelerator: 'CmdOrCtrl+N', click: () => wish({ kind: 'new' }) },
        { label: w.openProject, accelerator: 'CmdOrCtrl+O', click: () => wish({ kind: 'open_project' }) },
        { label: w.openRecent, submenu: recent.length > 0 ? recent : [{ label: w.noRecent, enabled: false }] },
        separator,
        { label: w.saveProjectAs, accelerator: 'Shift+CmdOrCtrl+S', click: () => wish({ kind: 'save_as' }) },
        { label: w.export, accelerator: 'CmdOrCtrl+E', click: () => wish({ kind: 'export' }) },
        separator,
        isMac ? { role: 'close', label: w.close } : { role: 'quit', label: w.quit }
      ]
    },
    {
      label: w.edit,
      submenu: [
        // No roles: only the window knows whether typing or a change to the pictures is meant.
        { label: w.undo, accelerator: 'CmdOrCtrl+Z', click: () => wish({ kind: 'undo' }) }, { label: w.redo, accelerator: 'Shift+CmdOrCtrl+Z', click: () => wish({ kind: 'redo' }) }, separator,
        { role: 'cut', label: w.cut }, { role: 'copy', label: w.copy }, { role: 'paste', label: w.paste }, { role: 'selectAll', label: w.selectAll }
      ]
    },
    {
      label: w.view,
      submenu: [
        ...PLACES.map((to, i) => ({ label: plain(w[to]), accelerator: `CmdOrCtrl+${i + 1}`, click: () => wish({ kind: 'go', to }) })), separator,
        ...developer,
        { role: 'resetZoom', label: w.zoomReset }, { role: 'zoomIn', label: w.zoomIn }, { role: 'zoomOut', label: w.zoomOut }, separator,
        { role: 'togglefullscreen', label: w.fullScreen }
      ]
    },
    { label: w.window, submenu: [{ role: 'minimize', label: w.minimize }, { role: 'close', label: w.close }] },
    {
      label: w.help,
      submenu: [
        { label: w.keys, click: () => wish({ kind: 'keys' }) }, separator,
        { label: w.showProjects, click: () => void shell.openPath(projectsFolder()) },
        { label: w.showLogs, click: () => shell.showItemInFolder(userFile('logs', 'main.log')) },
        ...(isMac ? [] : [separator, { label: w.about, click: () => app.showAboutPanel() }])
      ]
    }
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
