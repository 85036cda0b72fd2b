/** Pictures listed in a table: CSV, TSV and their relatives, as spreadsheets and scripts write them. */
import { readFile, stat } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import papaparse from 'papaparse';
import { because, TsugikiError } from '../../../contract';
import type { JobContext } from '../../context';
import { isPictureFile } from '../picture-files';
import { Stage } from '../stage';
import type { FoundPicture, Skipped } from './discovery';
import { asClassName, partNamed } from './layout';

export interface PictureTable {
  /** The folder that all pictures lie below. */
  readonly folder: string;
  readonly pictures: FoundPicture[];
  readonly skipped: Skipped;
}

const PATH = /^(path|file|filename|image|file ?path|image ?path)$/;
const LABEL = /^(label|class|category|class ?name)$/;
const PART = /^(split|part)$/;

interface Columns {
  readonly path: number;
  /** -1 where there is none. */
  readonly label: number;
  readonly part: number;
}

/**
 * Reads a table with a column of paths (path, file, filename, image), relative to its folder or absolute, one of classes (label, class,
 * category) and maybe one of parts (split, part). Without a header, the first column with picture files in it is that of the paths.
 * @throws TsugikiError table_not_utf8, table_no_paths
 */
export async function readTable(path: string, context: JobContext): Promise<PictureTable> {
  const text = decodeText(await readFile(path));
  if (text === null) throw new TsugikiError('table_not_utf8', `${path} is not text in UTF-8. Save it so: in a spreadsheet, as "CSV UTF-8".`, { path });
  const rows = papaparse.parse<string[]>(text, { delimitersToGuess: [',', '\t', ';', '|'], skipEmptyLines: 'greedy' }).data;
  const titles = (rows[0] ?? []).map((title) => title.trim().toLowerCase().replace(/[_-]/g, ' '));
  const hasHeader = titles.some((title) => PATH.test(title));
  const columns = hasHeader ? columnsByTitle(titles) : columnsByContent(rows[0] ?? []);
  if (!columns) {
    throw new TsugikiError('table_no_paths', `${path} lists no pictures: looked for a column "path", "file", "filename" or "image", and for one "label", "class" or "category". Add a first line with these names.`, { path });
  }
  return locate(hasHeader ? rows.slice(1) : rows, columns, dirname(resolve(path)), context);
}

function columnsByTitle(titles: readonly string[]): Columns {
  const column = (pattern: RegExp) => titles.findIndex((title) => pattern.test(title));
  return { path: column(PATH), label: column(LABEL), part: column(PART) };
}

function columnsByContent(row: readonly string[]): Columns | null {
  const path = row.findIndex((value) => isPictureFile(value.trim()));
  if (path < 0) return null;
  const others = row.map((_, column) => column).filter((column) => column !== path);
  const part = others.find((column) => partNamed(row[column] ?? '')) ?? -1;
  return { path, label: others.find((column) => column !== part) ?? -1, part };
}

async function locate(rows: readonly (readonly string[])[], columns: Columns, folder: string, context: JobContext): Promise<PictureTable> {
  const stage = new Stage(context, 'read', rows.length, 'files');
  const found = new Map<string, Omit<FoundPicture, 'file'>>();
  const skipped: Skipped = [];
  for (const row of rows) {
    const given = row[columns.path]?.trim() ?? '';
    stage.add(1);
    if (given === '') continue;
    await context.breathe();
    const className = asClassName(row[columns.label] ?? '');
    const place = await findFile(folder, given);
    const before = place === null ? undefined : found.get(place);
    if (place === null) skipped.push({ file: given, reason: /^https?:/i.test(given) ? because('web_address', 'It is a web address. Download the picture first.') : because('listed_not_there', 'The file is not there.') });
    else if (before === undefined) found.set(place, { className, part: partNamed(row[columns.part] ?? '') });
    else if (before.className !== className) {
      const [first, second] = [before.className ?? '', className ?? ''];
      skipped.push({ file: given, reason: because('listed_twice', `It is listed twice, as "${first}" and as "${second}". The first is taken.`, { first, second }) });
    }
  }
  const common = [...found.keys()].reduce(commonFolder, folder);
  const pictures = [...found].map(([place, rest]) => ({ file: relative(common, place).split(sep).join('/'), ...rest }));
  return { folder: common, pictures, skipped };
}

/** Tables from Windows have backslashes. */
async function findFile(folder: string, given: string): Promise<string | null> {
  for (const path of [given, given.replace(/\\/g, '/')]) {
    const place = resolve(folder, path);
    if (await stat(place).then((info) => info.isFile(), () => false)) return place;
  }
  return null;
}

/** The nearest folder that holds both. */
function commonFolder(folder: string, place: string): string {
  let common = folder;
  while (relative(common, place).startsWith('..') || isAbsolute(relative(common, place))) {
    if (dirname(common) === common) return common;
    common = dirname(common);
  }
  return common;
}

/** UTF-8, or UTF-16 where its mark stands at the start; null for anything else. */
function decodeText(bytes: Uint8Array): string | null {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}

