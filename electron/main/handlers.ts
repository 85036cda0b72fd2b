/** One line or two for each call: the work is the workbench's and the engine's. */
import { type BrowserWindow, app, shell } from 'electron';
import { existsSync } from 'node:fs';
import { dirname, normalize } from 'node:path';
import { TsugikiError } from '../contract';
import { chooseData, chooseExportFolder, chooseMissing, chooseModel, chooseProjectFolder, chooseRecipe, chooseWeights, saveFile } from './dialogs';
import { hold } from './held';
import { dragPictures, endDrag, refuseDragged } from './dragging';
import type { Handlers } from './ipc';
import { freePath, slug } from './naming';
import { preferences, setPreferences } from './preferences';
import { forgetProject, recentProjects } from './recent';
import { readRecipe, saveRecipe } from './recipe-file';
import { storyOf } from './story';
import type { Workbench } from './workbench';

export interface Surroundings {
  window(): BrowserWindow | null;
  /** The page listens from now on. */
  listening(): void;
  /** Draws the menu again: its words or its projects have changed. */
  refreshMenu(): void;
}

export function handlersFor(bench: Workbench, { window, listening, refreshMenu }: Surroundings): Handlers {
  /** Folders that the person has picked in a dialog; the window may write nowhere else. */
  const granted = new Set<string>();

  return {
    'app:info': () => {
      listening();
      return { version: app.getVersion(), platform: process.platform, electron: process.versions.electron, preferences: preferences(), session: bench.session };
    },
    'preferences:set': (change) => {
      const all = setPreferences(change);
      refreshMenu();
      return all;
    },

    'data:choose': ({ kind }) => chooseData(window(), kind),
    'data:open': ({ source }) => bench.openData(source),
    'data:close': () => bench.closeData(),
    'data:import': (wish) => {
      refuseDragged(wish.paths);
      return bench.add({ type: 'import', ...wish });
    },
    'data:drag': (which) => dragPictures(window()?.webContents, bench, which),
    'data:drag_end': () => endDrag(),
    'data:add': (wish) => bench.add({ type: 'add_pictures', ...wish }),
    'data:edit': ({ edit }) => bench.change({ type: 'edit', edit }),
    'data:undo': () => bench.change({ type: 'undo' }),
    'data:redo': () => bench.change({ type: 'redo' }),
    'data:relocate': async ({ root, path }) => {
      const place = path ?? (await chooseMissing(window()));
      return place === null ? null : bench.change({ type: 'relocate', root, path: place });
    },
    'data:collect': () => bench.change({ type: 'collect' }),
    'data:look': () => bench.look(),
    'data:thumbnails': (which) => bench.askAboutData({ type: 'thumbnails', ...which }),
    'data:ids': (which) => bench.askAboutData({ type: 'picture_ids', ...which }),
    'data:picture': (which) => bench.askAboutData({ type: 'picture', ...which }),
    'data:health': () => bench.askAboutData({ type: 'health' }),
    'data:label_doubts': () => bench.askAboutData({ type: 'label_doubts' }),
    'data:augmented': (wish) => bench.askAboutData({ type: 'augmented', ...wish }),

    'project:recent': () => recentProjects(),
    'project:forget': ({ path }) => {
      forgetProject(path);
      refreshMenu();
      return recentProjects();
    },
    'project:save_as': async () => {
      const folder = await chooseProjectFolder(window());
      return folder === null ? null : bench.moveData(folder);
    },

    'network:describe': (network) => bench.engine.ask({ type: 'describe', ...network }),
    'network:measure': (wish) => bench.engine.ask({ type: 'measure', ...wish }),
    'network:activations': (wish) => bench.askAboutData({ type: 'activations', ...wish }),
    'weights:choose': () => chooseWeights(window()),

    'train:start': (wish) => bench.start([wish]),
    'train:start_all': ({ runs }) => bench.start(runs),
    'train:find_learning_rate': (wish) => bench.askAboutData({ type: 'find_learning_rate', ...wish }),
    'train:pause': () => bench.engine.ask({ type: 'pause' }),
    'train:continue': () => bench.engine.ask({ type: 'continue' }),
    'train:stop': () => bench.stop(),
    'train:recover': () => bench.recover(),

    'runs:list': () => bench.runs(),
    'runs:change': ({ runId, ...change }) => bench.changeRun(runId, change),
    'runs:open': ({ runId }) => bench.openRun(runId),
    'runs:delete': ({ runId }) => bench.deleteRun(runId),
    'runs:restore': ({ runId }) => bench.restoreRun(runId),
    'model:open': async ({ path, scale }) => {
      const place = path ?? (await chooseModel(window()));
      return place === null ? null : bench.openModel(place, scale);
    },
    'recipe:code': (wish) => bench.engine.ask({ type: 'keras_code', ...wish }),
    'recipe:save': ({ recipe }) => saveRecipe(window(), recipe),
    'recipe:open': async ({ path }) => {
      const place = path ?? (await chooseRecipe(window()));
      return place === null ? null : { recipe: await readRecipe(place), path: place };
    },

    'understand:evaluate': (wish) => bench.askModel({ type: 'understand', ...wish }),
    'understand:open_own': async ({ path, kind }) => {
      const place = path ?? (await chooseData(window(), kind))[0];
      return place === undefined ? null : bench.askAboutData({ type: 'open_own', path: place });
    },
    'understand:curves': (wish) => bench.askModel({ type: 'curves', ...wish }),
    'understand:settings': (settings) => bench.askModel({ type: 'model_settings', ...settings }),
    'understand:heatmap': (wish) => bench.askModel({ type: 'heatmap', ...wish }),
    'understand:neighbours': (wish) => bench.askModel({ type: 'neighbours', ...wish }),
    'understand:map': (wish) => bench.askModel({ type: 'feature_map', ...wish }),
    'understand:lay_out': (wish) => bench.askModel({ type: 'lay_out', ...wish }),

    'classify:picture': (picture) => bench.askModel({ type: 'classify', ...picture }),
    'classify:frame': (frame) => bench.askModel({ type: 'classify_frame', ...frame }),
    'classify:many': async ({ paths }) => {
      const chosen = paths ?? (await chooseData(window(), 'folder'));
      return chosen.length === 0 ? null : bench.askModel({ type: 'classify_many', paths: chosen });
    },
    'classify:hold': ({ pictures }) => hold(pictures),
    'classify:thumbnails': (which) => bench.askModel({ type: 'tried_thumbnails', ...which }),
    'classify:file': (which) => bench.askModel({ type: 'tried_file', ...which }),
    'classify:sort': async () => {
      const directory = await chooseExportFolder(window());
      return directory === null ? null : bench.askModel({ type: 'sort_tried', directory });
    },
    'file:save': ({ name, bytes }) => saveFile(window(), name, bytes),
    'export:sizes': () => bench.askModel({ type: 'export_sizes' }),
    'export:model': async ({ format, precision, directory }) => {
      const folder = directory ?? (await chooseExportFolder(window()));
      if (folder === null) return null;
      if (directory === null) granted.add(folder);
      if (!granted.has(folder)) throw new TsugikiError('folder_not_chosen', `Tsugiki writes only where you say. Choose the folder ${folder} in the dialog first.`, { path: folder });
      return bench.askModel({ type: 'export', format, precision, story: storyOf(bench.session, bench.project), directory: freePath(folder, slug(`${bench.session.data?.name ?? 'tsugiki'}-${format}`)) });
    },
    'export:project': async ({ goOn }) => {
      const run = storyOf(bench.session, bench.project);
      if (!run) throw new TsugikiError('no_model', 'There is no trained model yet. Train one first.');
      const folder = await chooseExportFolder(window());
      if (folder === null) return null;
      return bench.askModel({ type: 'keras_project', recipe: run.recipe, weights: run.weights, goOn, directory: freePath(folder, slug(`${bench.session.data?.name ?? 'tsugiki'}-keras`)) });
    },
    'job:cancel': ({ job }) => bench.engine.ask({ type: 'cancel', job }),
    'shell:show': ({ path }) => {
      if (!existsSync(path)) throw new TsugikiError('not_found', `${path} is not there any more.`, { path });
      shell.showItemInFolder(normalize(path));
      return null;
    },
    'shell:drag': async ({ path }) => {
      if (!granted.has(dirname(path)) || !existsSync(path)) throw new TsugikiError('not_found', `${path} is not there any more.`, { path });
      window()?.webContents.startDrag({ file: path, icon: await app.getFileIcon(path) });
      return null;
    }
  };
}
