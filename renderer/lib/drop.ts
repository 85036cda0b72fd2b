/** What is being dropped or pasted. */

const PICTURE = /\.(png|jpe?g|gif|bmp|webp|avif|tiff?|heic)$/i;
/** By this file in it a folder is a project's (docs/project-format.md). */
const PROJECT_FILE = 'project.tsugiki';

export const isPicture = (file: File): boolean => file.type.startsWith('image/') || PICTURE.test(file.name);

/** A model's own file by its name; TensorFlow.js calls it so, and browsers number what they download twice. */
const MODEL = /\.(keras|h5|hdf5|onnx|tflite)$|(^|[\\/])(model( ?\(\d+\))?\.json|saved_model\.pb)$/i;
/** By one of these in it a folder is a model's. */
const MODEL_FILES = ['tsugiki.json', 'model.json'];

/** No other JSON is dropped: it is a recipe. */
export const isRecipe = (path: string): boolean => /\.json$/i.test(path) && !MODEL.test(path);

/** A packed model or packed pictures: its name does not tell. */
export const isZip = (path: string): boolean => /\.zip$/i.test(path);

export interface Dropped {
  /** A project's folder or file among them: it is opened instead of added to another one. */
  readonly project: string | null;
  /** A model's file or folder, where that is all that was dropped. */
  readonly model: string | null;
  /** Whatever lies on this machine's disk. */
  readonly paths: readonly string[];
  /** Pictures that do not: out of a browser, out of a paint program. */
  readonly pictures: readonly File[];
}

const folderHolds = (folder: FileSystemDirectoryEntry, name: string): Promise<boolean> =>
  new Promise((resolve) => folder.getFile(name, {}, () => resolve(true), () => resolve(false)));

const isProject = async (entry: FileSystemEntry | null): Promise<boolean> =>
  entry !== null && (entry.isDirectory ? folderHolds(entry as FileSystemDirectoryEntry, PROJECT_FILE) : entry.name === PROJECT_FILE);

async function isModel(entry: FileSystemEntry | null): Promise<boolean> {
  if (!entry?.isDirectory) return MODEL.test(entry?.name ?? '');
  return (await Promise.all(MODEL_FILES.map((name) => folderHolds(entry as FileSystemDirectoryEntry, name)))).includes(true);
}

/** The one picture that is dropped, if that is all there is. */
export function onlyPicture(transfer: DataTransfer): File | null {
  const [file] = transfer.files;
  if (!file || transfer.files.length > 1 || transfer.items[0]?.webkitGetAsEntry()?.isDirectory) return null;
  return isPicture(file) ? file : null;
}

/**
 * Has to be called while the event is being handled: later the transfer is empty.
 * @param pathOf path on disk of a file or folder, "" when it has none
 */
export async function sortOut(transfer: DataTransfer, pathOf: (file: File) => string): Promise<Dropped> {
  const things = [...transfer.items]
    .filter(({ kind }) => kind === 'file')
    .flatMap((item) => {
      const file = item.getAsFile();
      return file ? [{ file, path: pathOf(file), entry: item.webkitGetAsEntry() }] : [];
    });
  const onDisk = things.filter(({ path }) => path !== '');
  const [only, ...others] = onDisk;
  const projects = await Promise.all(onDisk.map(({ entry }) => isProject(entry)));
  return {
    project: onDisk.find((_, i) => projects[i])?.path ?? null,
    model: only && others.length === 0 && (await isModel(only.entry)) ? only.path : null,
    paths: onDisk.map(({ path }) => path),
    pictures: things.filter(({ file, path }) => path === '' && isPicture(file)).map(({ file }) => file)
  };
}
