/** The system's dialogs. */
import { type BrowserWindow, type FileFilter, type OpenDialogOptions, app, dialog } from 'electron';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CallPayload } from '../contract';
import { words } from './words';

const PICTURES = ['jpg', 'jpeg', 'png', 'gif', 'bmp', 'webp', 'avif'];
/** CIFAR and MNIST come as .bin, .gz and files without an ending, which "All files" shows. */
const SETS = ['zip', 'tar', 'gz', 'tgz', 'tm', 'csv', 'tsv', 'bin', 'tsugiki'];

const MODELS = ['keras', 'h5', 'hdf5', 'json', 'zip', 'onnx', 'tflite', 'pb'];

/** The chosen paths, none when the person cancels. */
async function choose(window: BrowserWindow | null, options: OpenDialogOptions): Promise<string[]> {
  const { canceled, filePaths } = await (window ? dialog.showOpenDialog(window, options) : dialog.showOpenDialog(options));
  return canceled ? [] : filePaths;
}

const chooseOne = async (window: BrowserWindow | null, options: OpenDialogOptions): Promise<string | null> => (await choose(window, options))[0] ?? null;

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
      return { title: w.chooseProject, properties: ['openFile'], filters: [{ name: w.project, extensions: ['tsugiki'] }] };
  }
}

export const chooseData = (window: BrowserWindow | null, kind: CallPayload<'data:choose'>['kind']): Promise<string[]> => choose(window, dataDialog(kind));

export const chooseMissing = (window: BrowserWindow | null): Promise<string | null> =>
  chooseOne(window, { title: words().chooseMissing, properties: ['openDirectory'] });

export const chooseProjectFolder = (window: BrowserWindow | null): Promise<string | null> =>
  chooseOne(window, { title: words().chooseProjectFolder, defaultPath: app.getPath('documents'), properties: ['openDirectory', 'createDirectory'] });

export const chooseWeights = (window: BrowserWindow | null): Promise<string | null> =>
  chooseOne(window, { title: words().chooseWeights, properties: ['openFile'], filters: [{ name: words().kerasWeights, extensions: ['h5'] }] });

export const chooseModel = (window: BrowserWindow | null): Promise<string | null> =>
  chooseOne(window, { title: words().chooseModel, properties: ['openFile'], filters: filters(words().models, MODELS) });

export const chooseRecipe = (window: BrowserWindow | null): Promise<string | null> =>
  chooseOne(window, { title: words().chooseRecipe, properties: ['openFile'], filters: filters(words().recipe, ['json']) });

/** Writes bytes where the person says; the path, or null when they cancel. */
export async function saveFile(window: BrowserWindow | null, name: string, bytes: Uint8Array): Promise<string | null> {
  const options = { defaultPath: join(app.getPath('documents'), name) };
  const { canceled, filePath } = await (window ? dialog.showSaveDialog(window, options) : dialog.showSaveDialog(options));
  if (canceled || !filePath) return null;
  await writeFile(filePath, bytes);
  return filePath;
}

export const chooseExportFolder = (window: BrowserWindow | null): Promise<string | null> =>
  chooseOne(window, { title: words().chooseExport, properties: ['openDirectory', 'createDirectory'] });
