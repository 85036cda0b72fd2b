/** One line or two for each call: the work is the workbench's and the engine's. */
import { type BrowserWindow, app, shell } from 'electron';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { TsugikiError } from '../contract';
import { chooseArchive, chooseExportFolder, chooseFolder, chooseWeights } from './dialogs';
import type { Handlers } from './ipc';
import { setMenu } from './menu';
import { preferences, setPreferences } from './preferences';
import type { Workbench } from './workbench';

/** "cifar-10-tfjs", "cifar-10-tfjs-2", ...: an export never writes over an earlier one. */
function freeName(folder: string, name: string): string {
  const stem = name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '');
  for (let n = 1; ; n++) {
    const directory = join(folder, n === 1 ? stem : `${stem}-${n}`);
    if (!existsSync(directory)) return directory;
  }
}

export function handlersFor(bench: Workbench, window: () => BrowserWindow | null): Handlers {
  /** Folders that the person has picked in a dialog; the window may write nowhere else. */
  const granted = new Set<string>();

  return {
    'app:info': () => ({
      version: app.getVersion(), platform: process.platform, electron: process.versions.electron, preferences: preferences(), session: bench.session
    }),
    'preferences:set': (change) => {
      const all = setPreferences(change);
      setMenu();
      return all;
    },

    'data:choose': ({ kind }) => (kind === 'folder' ? chooseFolder(window()) : chooseArchive(window())),
    'data:open': ({ source }) => bench.openData(source),
    'data:thumbnails': (which) => bench.askAboutData({ type: 'thumbnails', ...which }),

    'data:augmented': (wish) => bench.askAboutData({ type: 'augmented', ...wish }),

    'network:describe': (network) => bench.engine.ask({ type: 'describe', ...network }),
    'weights:choose': () => chooseWeights(window()),

    'train:start': ({ recipe, weights }) => bench.start(recipe, weights),
    'train:find_learning_rate': (wish) => bench.askAboutData({ type: 'find_learning_rate', ...wish }),
    'train:pause': () => bench.engine.ask({ type: 'pause' }),
    'train:continue': () => bench.engine.ask({ type: 'continue' }),
    'train:stop': () => bench.engine.ask({ type: 'stop' }),
    'train:recover': () => bench.recover(),

    'classify:picture': (picture) => bench.askModel({ type: 'classify', ...picture }),
    'export:model': async ({ format, directory }) => {
      const folder = directory ?? (await chooseExportFolder(window()));
      if (folder === null) return null;
      if (directory === null) granted.add(folder);
      if (!granted.has(folder)) throw new TsugikiError('folder_not_chosen', `Tsugiki writes only where you say. Choose the folder ${folder} in the dialog first.`, { path: folder });
      return bench.askModel({ type: 'export', format, directory: freeName(folder, `${bench.session.data?.name ?? 'tsugiki'}-${format}`) });
    },
    'job:cancel': () => bench.engine.ask({ type: 'cancel' }),
    'shell:show': ({ path }) => {
      if (!existsSync(path)) throw new TsugikiError('not_found', `${path} is not there any more.`, { path });
      shell.showItemInFolder(path);
      return null;
    }
  };
}
