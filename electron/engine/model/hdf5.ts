/**
 * HDF5 files through h5wasm, opened only when needed: its WebAssembly is 4 MB.
 *
 * Differs by build: h5wasm is ESM and asks for `import.meta.url`, which a CommonJS bundle must define (esbuild `define` and `banner`).
 */
import { open as openFile } from 'node:fs/promises';
import type { Dataset, Group } from 'h5wasm/node';
import { because, TsugikiError } from '../../contract';

export type { Dataset, Group };

/** \x89HDF\r\n\x1a\n */
const SIGNATURE = Buffer.from([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]);

async function library(): Promise<typeof import('h5wasm/node')> {
  const h5wasm = await import('h5wasm/node');
  await h5wasm.ready;
  return h5wasm;
}

/**
 * Opens a file, gives its root group to `use`, and closes it.
 * @throws TsugikiError file_not_found, not_hdf5
 */
export async function readHdf5<T>(path: string, use: (root: Group) => T): Promise<T> {
  await checkSignature(path);
  const { File } = await library();
  const file = new File(path, 'r');
  // A cut-off file has its signature but does not open; h5wasm then gives a negative id instead of an error.
  if (file.file_id < 0n) throw notHdf5(path);
  try {
    return use(file);
  } finally {
    file.close();
  }
}

/** Creates a file (or empties an old one), lets `fill` write into it, and closes it. */
export async function createHdf5(path: string, fill: (root: Group) => void): Promise<void> {
  const { File } = await library();
  const file = new File(path, 'w');
  if (file.file_id < 0n) {
    const reason = because('not_made', 'the file could not be made');
    throw new TsugikiError('cannot_write', `${path} cannot be written. Choose another folder or free some space.`, { path, reason });
  }
  try {
    fill(file);
  } finally {
    file.close();
  }
}

/** Stores float32 values at `path` below `group`, making the groups on the way. */
export function storeFloats(group: Group, path: string, data: Float32Array, shape: readonly number[]): void {
  const folders = path.split('/');
  const name = folders.pop() ?? path;
  const owner = folders.reduce<Group>((at, folder) => (at.keys().includes(folder) ? (at.get(folder) as Group) : at.create_group(folder)), group);
  owner.create_dataset({ name, data, shape: [...shape], dtype: '<f' });
}

/** A text attribute or list of texts; null when the group has none of that name. */
export function textsOf(group: Group, name: string): string[] | null {
  const attribute = group.attrs[name];
  if (!attribute) return null;
  const value = attribute.json_value;
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

async function checkSignature(path: string): Promise<void> {
  const file = await openFile(path, 'r').catch(() => null);
  if (!file) throw new TsugikiError('file_not_found', `${path} cannot be read. Check that the file exists and may be opened.`, { path });
  try {
    const head = Buffer.alloc(SIGNATURE.length);
    await file.read(head, 0, head.length, 0).catch(() => null);
    if (!head.equals(SIGNATURE)) throw notHdf5(path);
  } finally {
    await file.close();
  }
}

const notHdf5 = (path: string): TsugikiError =>
  new TsugikiError('not_hdf5', `${path} is not a whole HDF5 file. Choose a Keras weight file (.h5); if it was downloaded, download it again.`, { path });
