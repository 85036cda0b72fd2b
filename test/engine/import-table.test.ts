/** Pictures listed in tables. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { quietContext } from '../../electron/engine/context';
import { discover } from '../../electron/engine/data/import/discover';
import type { FoundFiles } from '../../electron/engine/data/import/discovery';
import { greyPng, zipOf } from './bad-files/build';
import { temporaryFolder } from './fixtures';

const root = temporaryFolder();
let folders = 0;

/** A folder of its own with a table and pictures. */
function folderWith(table: string, content: string | Uint8Array, ...pictures: string[]): string {
  const folder = join(root, String(folders++));
  for (const [name, bytes] of [[table, content], ...pictures.map((picture) => [picture, greyPng(3, 4)] as const)] as const) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  return folder;
}

const found = async (path: string): Promise<FoundFiles> => (await discover(path, null, quietContext())) as FoundFiles;

/** "file -> class part" of each picture that the table lists. */
async function listed(content: string | Uint8Array, pictures: string[], table = 'list.csv') {
  const { pictures: all } = await found(join(folderWith(table, content, ...pictures), table));
  return all.map(({ file, className, part }) => `${file} -> ${className ?? '?'}${part ? ` ${part}` : ''}`);
}

const twoPictures = ['1.png', 'sub/2.png'];
const asTwo = ['1.png -> cat', 'sub/2.png -> dog'];

it.each([
  ['commas and a header', 'path,label\n1.png,cat\nsub/2.png,dog\n'],
  ['other titles, in any case', 'Class,Image_Path\ncat,1.png\ndog,sub/2.png'],
  ['no header', '1.png,cat\nsub/2.png,dog'],
  ['no header, and the class first', 'cat,1.png\ndog,sub/2.png'],
  ['tabs', 'filename\tcategory\r\n1.png\tcat\r\nsub/2.png\tdog\r\n'],
  ['semicolons, as Excel writes in half of Europe', 'file;label\n1.png;cat\nsub/2.png;dog'],
  ['quotes around everything', '"path","label"\n"1.png","cat"\n"sub/2.png","dog"'],
  ['a mark at the start', '\ufeffpath,label\n1.png,cat\nsub/2.png,dog'],
  ['backslashes, empty lines and spaces', 'path,label\n\n .\\1.png , cat \nsub\\2.png,dog\n,,\n'],
  ['more columns', 'id,path,size,label\n1,1.png,3,cat\n2,sub/2.png,4,dog']
])('tables with %s are read', async (_, content) => {
  expect(await listed(content, twoPictures)).toEqual(asTwo);
});

it.each([['utf16le', '\ufeff'], ['be', '\ufeff']])('tables in UTF-16 (%s) are read', async (order, mark) => {
  const bytes = Buffer.from(`${mark}path,label\n1.png,猫\n`, 'utf16le');
  expect(await listed(order === 'be' ? bytes.swap16() : bytes, ['1.png'])).toEqual(['1.png -> 猫']);
});

it('quoted paths hold what separates, and classes go over lines', async () => {
  expect(await listed('path,label\n"a, ""b"".png","big\ncat"\n', ['a, "b".png'])).toEqual(['a, "b".png -> big cat']);
});

it('a column of parts is taken', async () => {
  expect(await listed('path,label,split\n1.png,cat,train\n2.png,cat,Val\n3.png,cat,TEST\n4.png,cat,\n5.png,,test', ['1.png', '2.png', '3.png', '4.png', '5.png'])).toEqual([
    '1.png -> cat train', '2.png -> cat validation', '3.png -> cat test', '4.png -> cat', '5.png -> ? test'
  ]);
  expect(await listed('1.png,test,cat', ['1.png'])).toEqual(['1.png -> cat test']);
});

it('a single column lists loose pictures', async () => {
  expect(await listed('file\n1.png\n', ['1.png'])).toEqual(['1.png -> ?']);
});

it('what is missing, elsewhere or contradictory is named, and the rest is read', async () => {
  const folder = folderWith('list.csv', 'path,label\ngone.png,cat\nhttps://example.org/1.png,cat\n1.png,cat\n1.png,cat\n1.png,dog\n', '1.png');
  const { pictures, skipped } = await found(join(folder, 'list.csv'));
  expect(pictures).toEqual([{ file: '1.png', className: 'cat', part: null }]);
  expect(skipped.map(({ file, reason }) => ({ file, reason: reason.message }))).toEqual([
    { file: 'gone.png', reason: 'The file is not there.' },
    { file: 'https://example.org/1.png', reason: 'It is a web address. Download the picture first.' },
    { file: '1.png', reason: 'It is listed twice, as "cat" and as "dog". The first is taken.' }
  ]);
});

it('paths may be absolute or lead out of the table\'s folder: the folder is what holds them all', async () => {
  const outside = folderWith('x.txt', '', 'a/1.png');
  const folder = folderWith('sub/list.csv', '', '2.png', 'sub/3.png');
  writeFileSync(join(folder, 'sub/list.csv'), `path,label\n${join(outside, 'a/1.png')},cat\n../2.png,dog\n3.png,dog\n`);
  const { folder: common, pictures } = await found(join(folder, 'sub/list.csv'));
  expect(common).toBe(root);
  expect(pictures.map(({ file }) => join(root, file))).toEqual([join(outside, 'a/1.png'), join(folder, '2.png'), join(folder, 'sub/3.png')]);
});

it('a table in a folder of unsorted pictures tells their classes; those it does not list are loose', async () => {
  const table = 'path,label\nimages/1.png,cat\nimages/2.png,dog\nimages/9.png,dog\n';
  const folder = folderWith('labels.csv', table, 'images/1.png', 'images/2.png', 'images/3.png');
  const expected = [{ file: 'images/1.png', className: 'cat', part: null }, { file: 'images/2.png', className: 'dog', part: null }, { file: 'images/3.png', className: null, part: null }];
  expect(await found(folder)).toMatchObject({ pictures: expected, skipped: [{ file: 'images/9.png' }] });
  const archive = join(root, 'listed.zip');
  writeFileSync(archive, zipOf([{ name: 'labels.csv', content: Buffer.from(table) }, ...['1', '2', '3'].map((name) => ({ name: `images/${name}.png`, content: greyPng(3, 4) }))]));
  const own = folderWith('x.txt', '');
  expect(await discover(archive, own, quietContext())).toMatchObject({ pictures: expected, skipped: [{ file: 'images/9.png' }], owned: true });
});

it('a table beside class folders, or about something else, changes nothing', async () => {
  const sorted = folderWith('labels.csv', 'path,label\ncat/1.png,dog\n', 'cat/1.png', 'dog/2.png');
  expect((await found(sorted)).pictures.map(({ className }) => className)).toEqual(['cat', 'dog']);
  const other = folderWith('prices.csv', 'fruit,price\napple,3\n', 'cat/1.png');
  expect(await found(other)).toMatchObject({ pictures: [{ file: 'cat/1.png', className: 'cat' }], skipped: [] });
});

it('tables without pictures, or in another encoding, are refused with a sentence', async () => {
  const refused = async (content: string | Uint8Array, table = 'a.csv') => found(join(folderWith(table, content), table));
  await expect(refused('fruit,price\napple,3')).rejects.toMatchObject({ code: 'table_no_paths' });
  await expect(refused('')).rejects.toMatchObject({ code: 'table_no_paths' });
  await expect(refused(Buffer.from('path,label\n1.png,caf\xe9', 'latin1'))).rejects.toMatchObject({ code: 'table_not_utf8' });
  await expect(refused('hello', 'a.dat')).rejects.toMatchObject({ code: 'data_not_understood' });
});
