/** What is dropped or recorded, before it goes anywhere. */
import { describe, expect, it } from 'vitest';
import { middleSquare } from '../../renderer/lib/camera';
import { isRecipe, onlyPicture, sortOut } from '../../renderer/lib/drop';
import { inParts } from '../../renderer/lib/parts';

interface Thing {
  readonly name: string;
  /** "" for what has no place on disk. */
  readonly path: string;
  /** Names of the files in it; a file without. */
  readonly holds?: readonly string[];
}

/** A transfer as Chromium hands it over: files, and entries that know folders. */
function transferOf(things: readonly Thing[]): { transfer: DataTransfer; pathOf: (file: File) => string } {
  const made = things.map((thing) => ({ ...thing, file: new File([], thing.name) }));
  const entryOf = ({ name, holds }: Thing): unknown =>
    holds
      ? { isDirectory: true, name, getFile: (wanted: string, _options: object, yes: () => void, no: () => void) => (holds.includes(wanted) ? yes() : no()) }
      : { isDirectory: false, name };
  const items = made.map((thing) => ({ kind: 'file', getAsFile: () => thing.file, webkitGetAsEntry: () => entryOf(thing) }));
  const text = { kind: 'string', getAsFile: () => null, webkitGetAsEntry: () => null };
  return {
    transfer: { items: [text, ...items], files: made.map(({ file }) => file) } as unknown as DataTransfer,
    pathOf: (file) => made.find((thing) => thing.file === file)?.path ?? ''
  };
}

const sort = (things: readonly Thing[]) => {
  const { transfer, pathOf } = transferOf(things);
  return sortOut(transfer, pathOf);
};

describe('a drop', () => {
  it('takes all paths at once, and pictures without one apart', async () => {
    const found = await sort([{ name: 'a', path: '/a', holds: ['x.png'] }, { name: 'b.zip', path: '/b.zip' }, { name: 'c.png', path: '' }, { name: 'd.txt', path: '' }]);
    expect(found).toMatchObject({ project: null, paths: ['/a', '/b.zip'] });
    expect(found.pictures.map(({ name }) => name)).toEqual(['c.png']);
  });

  it('knows a project by its folder and by its file', async () => {
    expect((await sort([{ name: 'a', path: '/a', holds: [] }, { name: 'p', path: '/p', holds: ['project.tsugiki'] }])).project).toBe('/p');
    expect((await sort([{ name: 'project.tsugiki', path: '/p/project.tsugiki' }])).project).toBe('/p/project.tsugiki');
  });

  it('knows a model by its name, and a folder with one by what it holds', async () => {
    const model = async (name: string, holds?: readonly string[]) => (await sort([{ name, path: `/${name}`, ...(holds && { holds }) }])).model;
    for (const name of ['a.keras', 'keras_model.H5', 'a.onnx', 'a.tflite', 'model.json', 'model (1).json', 'saved_model.pb']) expect(await model(name)).toBe(`/${name}`);
    for (const name of ['recipe.json', 'mymodel.json', 'a.zip', 'a.png', 'keras']) expect(await model(name)).toBeNull();
    expect(await model('export', ['tsugiki.json'])).toBe('/export');
    expect(await model('teachable', ['model.json', 'weights.bin'])).toBe('/teachable');
    expect(await model('pictures', ['a.png'])).toBeNull();
    expect((await sort([{ name: 'a.keras', path: '/a.keras' }, { name: 'b.keras', path: '/b.keras' }])).model).toBeNull();
    expect([isRecipe('/x/recipe.json'), isRecipe('/x/model.json')]).toEqual([true, false]);
  });

  it('is one picture only where it is that and nothing else', () => {
    const only = (things: readonly Thing[]): string | undefined => onlyPicture(transferOf(things).transfer)?.name;
    expect(only([{ name: 'a.jpg', path: '/a.jpg' }])).toBe('a.jpg');
    expect(only([{ name: 'a.jpg', path: '/a.jpg' }, { name: 'b.jpg', path: '/b.jpg' }])).toBeUndefined();
    expect(only([{ name: 'a.zip', path: '/a.zip' }])).toBeUndefined();
    expect(only([])).toBeUndefined();
  });
});

describe('a list', () => {
  it('comes apart in parts that hold all of it', () => {
    expect(inParts([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
    expect(inParts([1, 2], 2)).toEqual([[1, 2]]);
    expect(inParts([], 2)).toEqual([]);
  });
});

describe('a frame', () => {
  it('gives its largest square, from the middle', () => {
    expect(middleSquare(640, 480)).toEqual({ x: 80, y: 0, side: 480 });
    expect(middleSquare(480, 641)).toEqual({ x: 0, y: 80, side: 480 });
  });
});
