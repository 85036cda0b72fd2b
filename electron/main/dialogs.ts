/** The system's dialogs. Each opens in the folder where it was left the last time. */
import { type BrowserWindow, type FileFilter, type OpenDialogOptions, app, dialog } from 'electron';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CallPayload } from '../contract';
import { type Subject, lastFolder, noteFolder } from './folders';
import { projectsFolder } from './paths';
import { words } from './words';

const PICTURES = ['jpg', 'jpeg', 'png', 'gif', 'bmp', 'webp', 'avif'];
/** CIFAR and MNIST come as .bin, .gz and files without an ending, which "All files" shows. */
const SETS = ['zip', 'tar', 'gz', 'tgz', 'tm', 'csv', 'tsv', 'bin', 'tsugiki'];

const MODELS = ['keras', 'h5', 'hdf5', 'json', 'zip', 'onnx', 'tflite', 'pb'];

/** Where the next dialog begins: in the folder that something is put into, beside one that is opened. */
function leftIn(subject: Subject, path: string): string {
  if (subject === 'projectPlace' || subject === 'export') return path;
  // A project is its folder, not the file in it.
  return subject === 'project' ? dirname(dirname(path)) : dirname(path);
}

/** The chosen paths, none when the person cancels. */
async function choose(window: BrowserWindow | null, subject: Subject, chosen: OpenDialogOptions): Promise<string[]> {
  const last = lastFolder(subject);
  const options = last === null ? chosen : { ...chosen, defaultPath: last };
  const { canceled, filePaths } = await (window ? dialog.showOpenDialog(window, options) : dialog.showOpenDialog(options));
  const [path] = canceled ? [] : filePaths;
  if (path === undefined) return [];
  noteFolder(subject, leftIn(subject, path));
  return filePaths;
}

const chooseOne = async (window: BrowserWindow | null, subject: Subject, options: OpenDialogOptions): Promise<string | null> => (await choose(window, subject, options))[0] ?? null;

const filters = (name: string, extensions: string[]): FileFilter[] => [{ name, extensions }, { name: words().all, extensions: ['*'] }];

function dataDialog(kind: CallPayload<'data:choose'>['kind']): OpenDialogOptions {
  const w = words();
  switch (kind) {
    case 'folder':
      return { title: w.chooseFolder, properties: ['openDirectory'] };
    case 'file':
      return { title: w.chooseFile, properties: ['openFile'], filters: filters(w.readable, [...SETS, ...PICTURES]) };
    case 'pictures':
      return { title: w.choosePictures, properties: ['openFile', 'multiSelections'], filters: filters(w.pictures, PICTURES) };
    case 'project':
      return { title: w.chooseProject, defaultPath: projectsFolder(), properties: ['openFile'], filters: [{ name: w.project, extensions: ['tsugiki'] }] };
  }
}

export const chooseData = (window: BrowserWindow | null, kind: CallPayload<'data:choose'>['kind']): Promise<string[]> => choose(window, kind === 'project' ? 'project' : 'data', dataDialog(kind));

export const chooseMissing = (window: BrowserWindow | null): Promise<string | null> =>
  chooseOne(window, 'data', { title: words().chooseMissing, properties: ['openDirectory'] });

export const chooseProjectFolder = (window: BrowserWindow | null): Promise<string | null> =>
  chooseOne(window, 'projectPlace', { title: words().chooseProjectFolder, defaultPath: app.getPath('documents'), properties: ['openDirectory', 'createDirectory'] });

export const chooseWeights = (window: BrowserWindow | null): Promise<string | null> =>
  chooseOne(window, 'weights', { title: words().chooseWeights, properties: ['openFile'], filters: [{ name: words().kerasWeights, extensions: ['h5'] }] });

export const chooseModel = (window: BrowserWindow | null): Promise<string | null> =>
  chooseOne(window, 'model', { title: words().chooseModel, properties: ['openFile'], filters: filters(words().models, MODELS) });

export const chooseRecipe = (window: BrowserWindow | null): Promise<string | null> =>
  chooseOne(window, 'recipe', { title: words().chooseRecipe, properties: ['openFile'], filters: filters(words().recipe, ['json']) });

/** Writes bytes where the person says; the path, or null when they cancel. */
export async function saveFile(window: BrowserWindow | null, name: string, bytes: Uint8Array): Promise<string | null> {
  const options = { defaultPath: join(lastFolder('save') ?? app.getPath('documents'), name) };
  const { canceled, filePath } = await (window ? dialog.showSaveDialog(window, options) : dialog.showSaveDialog(options));
  if (canceled || !filePath) return null;
  await writeFile(filePath, bytes);
  noteFolder('save', dirname(filePath));
  return filePath;
}

export const chooseExportFolder = (window: BrowserWindow | null): Promise<string | null> =>
  chooseOne(window, 'export', { title: words().chooseExport, properties: ['openDirectory', 'createDirectory'] });
