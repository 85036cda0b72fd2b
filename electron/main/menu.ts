/** The application menu: the system's own roles, in the person's language. */
import { Menu, type MenuItemConstructorOptions, app, shell } from 'electron';
import { userFile } from './paths';
import { words } from './words';

const separator: MenuItemConstructorOptions = { type: 'separator' };

export function setMenu(): void {
  const w = words();
  const isMac = process.platform === 'darwin';
  const developer: MenuItemConstructorOptions[] = app.isPackaged
    ? []
    : [{ role: 'reload', label: w.reload }, { role: 'toggleDevTools', label: w.devTools }, separator];

  const template: MenuItemConstructorOptions[] = [
    ...(isMac ? [{ role: 'appMenu' as const }] : []),
    { label: w.file, submenu: [isMac ? { role: 'close', label: w.close } : { role: 'quit', label: w.quit }] },
    {
      label: w.edit,
      submenu: [
        { role: 'undo', label: w.undo }, { role: 'redo', label: w.redo }, separator,
        { role: 'cut', label: w.cut }, { role: 'copy', label: w.copy }, { role: 'paste', label: w.paste }, { role: 'selectAll', label: w.selectAll }
      ]
    },
    {
      label: w.view,
      submenu: [
        ...developer,
        { role: 'resetZoom', label: w.zoomReset }, { role: 'zoomIn', label: w.zoomIn }, { role: 'zoomOut', label: w.zoomOut }, separator,
        { role: 'togglefullscreen', label: w.fullScreen }
      ]
    },
    { label: w.window, submenu: [{ role: 'minimize', label: w.minimize }, { role: 'close', label: w.close }] },
    {
      label: w.help,
      submenu: [
        { label: w.showRuns, click: () => void shell.openPath(userFile('runs')) },
        { label: w.showLogs, click: () => shell.showItemInFolder(userFile('logs', 'main.log')) }
      ]
    }
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
