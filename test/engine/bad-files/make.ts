/**
 * Every kind of bad file that people have, with what the import has to make of it. All are built here, the same each time;
 * the test walks over both tables.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { bmp, GIF, jpeg, plain, png, tarGz, withOrientation } from '../fixtures';
import { greyPng, tarOf, zipOf, type ZipPart } from './build';

/** "20 x 30": read, and so large. A pattern: left out for such a reason. Files that are not named here must not be mentioned at all. */
export type Outcome = string | RegExp;

export interface BadFolder {
  readonly kind: string;
  /** Puts files into a folder. A sentence says why this cannot be had on this machine. */
  make(folder: string): Promise<string | void> | string | void;
  readonly expected: Record<string, Outcome>;
  /** Read by a user who may not read everything. */
  readonly asNobody?: true;
}

const isWindows = process.platform === 'win32';

function put(folder: string, files: Record<string, Uint8Array | string>): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}

const onlyFiles = (files: () => Record<string, Uint8Array | string>) => (folder: string) => put(folder, files());

/** Links need a privilege on Windows. */
const linking = (make: (folder: string) => void) => (folder: string) => {
  if (isWindows) return 'links need a privilege on Windows';
  make(folder);
};

const photo = () => jpeg({ width: 48, height: 32, at: (x, y) => [x * 5, y * 7, (x * y) % 256] });
const noisy = () => png({ width: 40, height: 40, at: (x, y) => [(x * 97 + y * 31) % 256, (x * 13) % 256, (y * 57) % 256] });
const SMALL = greyPng(20, 30);

/** 250 bytes of UTF-8 with the ending; a name may have 255. */
const LONG_NAME = `${'木'.repeat(82)}.png`;
const DEEP = Array.from({ length: 6 }, (_, i) => `${i}${'深'.repeat(60)}`).join('/');

export const BAD_FOLDERS: readonly BadFolder[] = [
  { kind: 'no bytes at all', make: onlyFiles(() => ({ 'a.jpg': '', 'b.png': '' })), expected: { 'a.jpg': /the file is empty/, 'b.png': /the file is empty/ } },
  { kind: 'text under a picture\'s name', make: onlyFiles(() => ({ 'a.jpg': 'hello' })), expected: { 'a.jpg': /it is no JPEG, PNG, GIF, BMP/ } },
  { kind: 'a web page under a picture\'s name', make: onlyFiles(() => ({ 'a.jpg': '\n<!DOCTYPE html><html><body>404' })), expected: { 'a.jpg': /it is a web page/ } },
  { kind: 'zeros, as a broken copy leaves them', make: onlyFiles(() => ({ 'a.png': Buffer.alloc(5000) })), expected: { 'a.png': /nothing but zeros/ } },
  { kind: 'a JPEG cut off', make: async (folder) => put(folder, { 'a.jpg': (await photo()).slice(0, -300), 'b.jpg': (await photo()).slice(0, 20) }), expected: { 'a.jpg': /damaged or cut off/, 'b.jpg': /stops at once/ } },
  { kind: 'a PNG cut off', make: async (folder) => put(folder, { 'a.png': (await noisy()).slice(0, -40), 'b.png': SMALL.subarray(0, 12) }), expected: { 'a.png': /damaged or cut off/, 'b.png': /stops at once/ } },
  { kind: 'a BMP cut off', make: onlyFiles(() => ({ 'a.bmp': bmp(plain(20, 20, 1, 2, 3)).subarray(0, 300) })), expected: { 'a.bmp': /damaged or cut off/ } },
  { kind: 'a GIF cut off', make: onlyFiles(() => ({ 'a.gif': GIF.subarray(0, 30) })), expected: { 'a.gif': /damaged or cut off/ } },
  { kind: 'a JPEG filled up with zeros', make: async (folder) => put(folder, { 'a.jpg': Buffer.from(await photo()).fill(0, 700) }), expected: { 'a.jpg': /damaged or cut off/ } },
  { kind: 'a picture with more behind it', make: async (folder) => put(folder, { 'a.jpg': Buffer.concat([await photo(), Buffer.alloc(500, 65)]) }), expected: { 'a.jpg': '48 x 32' } },
  { kind: 'a PNG named as a JPEG', make: onlyFiles(() => ({ 'a.jpg': SMALL, 'b.heic': SMALL })), expected: { 'a.jpg': '20 x 30', 'b.heic': '20 x 30' } },
  { kind: 'pictures without an ending, or with a strange one', make: async (folder) => put(folder, { a: SMALL, 'b.jpg_large': await photo(), 'c.': GIF, 'd.tmp': bmp(plain(9, 7, 1, 2, 3)) }), expected: { a: '20 x 30', 'b.jpg_large': '48 x 32', 'c.': '1 x 1', 'd.tmp': '9 x 7' } },
  { kind: 'no pictures, under names of their own', make: onlyFiles(() => ({ 'notes.txt': 'BM is not a bitmap', README: '# hi', 'data.bin': Buffer.alloc(64, 7), 'BMW': 'BMW makes cars and not bitmaps, whatever it begins with' })), expected: {} },
  { kind: 'kinds that are not read', make: onlyFiles(() => ({ 'a.heic': 'x', 'b.TIFF': 'x', 'c': Buffer.from('II*\0aaaaaaaaaaaaaaaaaaaaaaaaaaaa') })), expected: { 'a.heic': /save it as JPEG or PNG/, 'b.TIFF': /save it as JPEG or PNG/, c: /save it as JPEG or PNG/ } },
  { kind: 'kinds that are not read, named as JPEG', make: onlyFiles(() => ({ 'a.jpg': Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'), 'b.jpg': Buffer.from('MM\0*\0\0\0\x08', 'latin1') })), expected: { 'a.jpg': /it is a HEIC picture/, 'b.jpg': /it is a TIFF\/RAW picture/ } },
  { kind: 'what systems leave behind', make: onlyFiles(() => ({ 'Thumbs.db': SMALL, '.DS_Store': 'x', 'desktop.ini': 'x', '._a.jpg': 'x', '.hidden.png': SMALL, '__MACOSX/b.png': SMALL, '@eaDir/c.jpg': SMALL, '.git/d.png': SMALL })), expected: {} },
  { kind: 'a picture of 20,000 x 20,000', make: onlyFiles(() => ({ 'a.png': greyPng(20_000, 20_000, 0, 1) })), expected: { 'a.png': /20000 x 20000 pixels, more than can be read/ } },
  { kind: 'a header that lies of 60,000 x 60,000', make: async (folder) => put(folder, { 'a.jpg': resized(await photo(), 60_000) }), expected: { 'a.jpg': '60000 x 60000' } },
  { kind: 'a picture without width', make: onlyFiles(() => ({ 'a.png': greyPng(0, 5) })), expected: { 'a.png': /it is no JPEG/ } },
  { kind: 'pictures on their side', make: async (folder) => put(folder, { 'a.jpg': withOrientation(await photo(), 6, true), 'b.jpg': withOrientation(await photo(), 3, false), 'c.jpg': withOrientation(await photo(), 77, true) }), expected: { 'a.jpg': '32 x 48', 'b.jpg': '48 x 32', 'c.jpg': '48 x 32' } },
  { kind: 'an EXIF block that breaks off', make: async (folder) => put(folder, { 'a.jpg': brokenExif(await photo()) }), expected: { 'a.jpg': '48 x 32' } },
  { kind: 'names in any script', make: onlyFiles(() => ({ '猫.png': SMALL, 'кот.png': SMALL, 'قط.png': SMALL, 'แมว.png': SMALL, 'חתול.png': SMALL })), expected: { '猫.png': '20 x 30', 'кот.png': '20 x 30', 'قط.png': '20 x 30', 'แมว.png': '20 x 30', 'חתול.png': '20 x 30' } },
  { kind: 'accents written in either way', make: accents, expected: { 'caf\u00e9.png': '20 x 30', 'nu\u0308sse.png': '20 x 30' } },
  { kind: 'names with emoji', make: onlyFiles(() => ({ '😺.png': SMALL, '👩‍👩‍👧‍👦/🐶.png': SMALL })), expected: { '😺.png': '20 x 30', '👩‍👩‍👧‍👦/🐶.png': '20 x 30' } },
  { kind: 'names that Windows does not allow', make: (folder) => (isWindows ? 'not to be had on Windows' : put(folder, { 'a\nb.png': SMALL, 'a:b?.png': SMALL, 'back\\slash.png': SMALL, ' .png': SMALL, 'end .png ': SMALL })), expected: { 'a\nb.png': '20 x 30', 'a:b?.png': '20 x 30', 'back\\slash.png': '20 x 30', ' .png': '20 x 30', 'end .png ': '20 x 30' } },
  { kind: 'a name of 250 bytes', make: onlyFiles(() => ({ [LONG_NAME]: SMALL })), expected: { [LONG_NAME]: '20 x 30' } },
  { kind: 'a path of more than 1000 bytes', make: onlyFiles(() => ({ [`${DEEP}/a.png`]: SMALL })), expected: { [`${DEEP}/a.png`]: '20 x 30' } },
  { kind: 'a name that is no text', make: noText, expected: { '\ufffd.png': /not written in UTF-8/ } },
  { kind: 'names that differ by case', make: caseTwins, expected: { 'a.png': '20 x 30', 'A.PNG': '40 x 40' } },
  { kind: 'links that lead round in a circle', make: linking((folder) => (symlinkSync('b.png', join(folder, 'a.png')), symlinkSync('a.png', join(folder, 'b.png')))), expected: { 'a.png': /round in a circle/, 'b.png': /round in a circle/ } },
  { kind: 'a link to the folder it lies in', make: linking((folder) => symlinkSync('.', join(folder, 'again'))), expected: { again: /a link to a folder/ } },
  { kind: 'a link to nowhere', make: linking((folder) => symlinkSync('gone.png', join(folder, 'a.png'))), expected: { 'a.png': /something that is not there/ } },
  { kind: 'links that stay inside', make: linking((folder) => (put(folder, { 'real/a.png': SMALL }), symlinkSync('real/a.png', join(folder, 'b.png')), linkSync(join(folder, 'real/a.png'), join(folder, 'c.png')))), expected: { 'real/a.png': '20 x 30', 'b.png': '20 x 30', 'c.png': '20 x 30' } },
  { kind: 'links that lead out', make: linking((folder) => (writeFileSync(join(folder, '../../outside.png'), SMALL), symlinkSync('../../outside.png', join(folder, 'a.png')), symlinkSync('/dev/zero', join(folder, 'b.png')))), expected: { 'a.png': /outside of this folder/, 'b.png': /pipe, socket or device/ } },
  { kind: 'a pipe and a socket', make: pipeAndSocket, expected: { 'a.png': /pipe, socket or device/, 'b.png': /pipe, socket or device/ } },
  { kind: 'empty folders', make: (folder) => void mkdirSync(join(folder, 'empty', 'emptier'), { recursive: true }), expected: {} },
  { kind: 'a folder named as a picture', make: onlyFiles(() => ({ 'a.png/b.png': SMALL })), expected: { 'a.png/b.png': '20 x 30' } },
  { kind: 'what may not be read', asNobody: true, make: unreadable, expected: { locked: /cannot be opened \(EACCES\)/, 'a.png': /may not be opened/, b: /cannot be opened \(EACCES\)/ } }
];

export type ArchiveOutcome = {
  /** The error that refuses all of it. */
  readonly refused?: string;
  /** Pictures that are read, by path, with their class; or how many, with their outcome left to inspection. */
  readonly read?: Record<string, string | null>;
  /** What is left out, and why. */
  readonly skipped?: Record<string, RegExp>;
};

export interface BadArchive extends ArchiveOutcome {
  readonly name: string;
  readonly kind: string;
  bytes(): Buffer | Promise<Buffer>;
}

const two: readonly ZipPart[] = [{ name: 'cat/1.png', content: SMALL }, { name: 'dog/1.png', content: SMALL }];
const bothRead = { 'cat/1.png': 'cat', 'dog/1.png': 'dog' };
const withTwo = (...parts: ZipPart[]): Buffer => zipOf([...two, ...parts]);
const tarTwo = (...parts: Parameters<typeof tarOf>[0]): Buffer => tarOf([{ name: 'cat/1.png', content: SMALL }, { name: 'dog/1.png', content: SMALL }, ...parts]);
const evil = (name: string): BadArchive[] => [
  { kind: `a zip with "${JSON.stringify(name)}"`, name: 'bad.zip', bytes: () => withTwo({ name, content: SMALL }), refused: 'archive_unsafe' },
  { kind: `a tar.gz with "${JSON.stringify(name)}"`, name: 'bad.tar.gz', bytes: () => tarGz([{ name: 'cat/1.png', content: SMALL }, { name, content: SMALL }]), refused: 'archive_unsafe' }
];

export const BAD_ARCHIVES: readonly BadArchive[] = [
  ...['../evil.png', 'a/../../evil.png', '/evil.png', 'C:/evil.png', '..\\evil.png', '..'].flatMap(evil),
  { kind: 'a zip with a NUL in a name', name: 'bad.zip', bytes: () => withTwo({ name: 'cat/a\0.png', content: SMALL }), refused: 'archive_unsafe' },
  { kind: 'a zip that says it unpacks to 100 GB', name: 'bad.zip', bytes: () => withTwo({ name: 'cat/2.png', content: Buffer.alloc(100_000), deflated: true, size: 100 * 2 ** 30 }), refused: 'archive_too_large' },
  { kind: 'a zip whose entry is larger than any picture', name: 'bad.zip', bytes: () => withTwo({ name: 'cat/2.bmp', content: Buffer.alloc(100_000), deflated: true, size: 300 * 2 ** 20 }), refused: 'archive_too_large' },
  { kind: 'a zip with a film of 2 GB beside pictures', name: 'bad.zip', bytes: () => withTwo({ name: 'cat/film.mp4', content: Buffer.alloc(100), deflated: true, size: 2 * 2 ** 30 }), read: bothRead },
  { kind: 'a zip that lies: larger than it says', name: 'bad.zip', bytes: () => withTwo({ name: 'cat/2.png', content: Buffer.alloc(20 * 2 ** 20), deflated: true, size: 1000 }), read: bothRead, skipped: { 'cat/2.png': /cannot be unpacked/ } },
  { kind: 'a zip that lies: smaller than it says', name: 'bad.zip', bytes: () => withTwo({ name: 'cat/2.png', content: SMALL, deflated: true, size: 5000 }), read: bothRead, skipped: { 'cat/2.png': /cannot be unpacked/ } },
  { kind: 'a zip whose stored sizes differ', name: 'bad.zip', bytes: () => withTwo({ name: 'cat/2.png', content: SMALL, size: 5 }), read: bothRead, skipped: { 'cat/2.png': /cannot be unpacked/ } },
  { kind: 'a zip with an entry packed in a way that is not read (LZMA)', name: 'bad.zip', bytes: otherMethod, read: bothRead, skipped: { 'cat/2.png': /cannot be unpacked \(unsupported compression method: 14\)/ } },
  { kind: 'a zip with one damaged entry', name: 'bad.zip', bytes: damagedEntry, read: { 'dog/1.png': 'dog' }, skipped: { 'cat/1.png': /cannot be unpacked/ } },
  { kind: 'a zip whose entries share their data', name: 'bad.zip', bytes: () => zipOf([two[0] as ZipPart, { name: 'dog/1.png', size: SMALL.length, overlapping: true }]), read: bothRead },
  { kind: 'an encrypted zip', name: 'bad.zip', bytes: () => withTwo({ name: 'cat/2.png', content: SMALL, flags: 0x801 }), refused: 'archive_encrypted' },
  { kind: 'a strongly encrypted zip', name: 'bad.zip', bytes: () => withTwo({ name: 'cat/2.png', content: SMALL, flags: 0x841 }), refused: 'archive_encrypted' },
  { kind: 'a zip with names that differ by case', name: 'bad.zip', bytes: () => withTwo({ name: 'cat/1.PNG', content: GIF }), read: { ...bothRead, 'cat/1 (2).PNG': 'cat' } },
  { kind: 'a zip with two entries of one name', name: 'bad.zip', bytes: () => withTwo({ name: 'cat/1.png', content: GIF }), read: { ...bothRead, 'cat/1 (2).png': 'cat' } },
  { kind: 'a tar with two entries of one name', name: 'bad.tar', bytes: () => tarTwo({ name: 'cat/1.png', content: GIF }), read: { ...bothRead, 'cat/1 (2).png': 'cat' } },
  { kind: 'a zip with a file and a folder of one name', name: 'bad.zip', bytes: () => withTwo({ name: 'cat', content: SMALL }), read: bothRead, skipped: { cat: /a file and a folder of the same name/ } },
  { kind: 'a zip with a link', name: 'bad.zip', bytes: () => withTwo({ name: 'cat/2.png', content: Buffer.from('/etc/passwd'), mode: 0o120777 }), read: bothRead, skipped: { 'cat/2.png': /link in an archive/ } },
  { kind: 'a tar with links, a pipe and a device', name: 'bad.tar', bytes: () => tarTwo({ name: 'cat/2.png', type: '2', linkTo: '/etc/passwd' }, { name: 'cat/3.png', type: '1', linkTo: 'cat/1.png' }, { name: 'cat/4.png', type: '6' }, { name: 'cat/5.png', type: '3' }), read: bothRead, skipped: { 'cat/2.png': /link in an archive/, 'cat/3.png': /link in an archive/ } },
  { kind: 'a zip with names too long for a disk', name: 'bad.zip', bytes: () => withTwo({ name: `cat/${'x'.repeat(300)}.png`, content: SMALL }), read: bothRead, skipped: { [`cat/${'x'.repeat(300)}.png`]: /too long for this disk/ } },
  { kind: 'a zip with what systems leave behind', name: 'bad.zip', bytes: () => withTwo({ name: '__MACOSX/cat/._1.png', content: SMALL }, { name: 'cat/Thumbs.db', content: SMALL }, { name: '.DS_Store', content: SMALL }), read: bothRead },
  { kind: 'a zip with a picture without an ending, and one of a kind that is not read', name: 'bad.zip', bytes: () => withTwo({ name: 'cat/2', content: SMALL, deflated: true }, { name: 'cat/3.heic', content: Buffer.from('x') }, { name: 'cat/4.txt', content: Buffer.from('x') }), read: { ...bothRead, 'cat/2': 'cat' }, skipped: { 'cat/3.heic': /save it as JPEG or PNG/ } },
  { kind: 'a zip with names in Shift_JIS, as Windows writes them', name: 'bad.zip', bytes: () => zipOf([{ name: Buffer.from([0x8c, 0xa2, ...Buffer.from('/1.png')]), content: SMALL, flags: 0 }, { name: Buffer.from([0x94, 0x4c, ...Buffer.from('/1.png')]), content: SMALL, flags: 0 }]), read: { '犬/1.png': '犬', '猫/1.png': '猫' } },
  { kind: 'a zip with names in UTF-8 that does not say so, as macOS writes them', name: 'bad.zip', bytes: () => zipOf([{ name: 'nüsse/1.png', content: SMALL, flags: 0 }, { name: '猫/1.png', content: SMALL, flags: 0 }]), read: { 'nüsse/1.png': 'nüsse', '猫/1.png': '猫' } },
  { kind: 'a zip with names in code page 437, as the format says', name: 'bad.zip', bytes: () => zipOf([{ name: Buffer.from([0x56, 0x94, 0x67, 0x65, 0x6c, ...Buffer.from('/1.png')]), content: SMALL, flags: 0 }, { name: Buffer.from([0x47, 0x72, 0x94, 0xe1, 0x65, ...Buffer.from('/1.png')]), content: SMALL, flags: 0 }]), read: { 'Größe/1.png': 'Größe', 'Vögel/1.png': 'Vögel' } },
  { kind: 'a tar cut off', name: 'bad.tar', bytes: () => tarTwo({ name: 'dog/2.png', content: Buffer.alloc(4000) }).subarray(0, 4 * 512 + 512 + 700), read: bothRead, skipped: { 'dog/2.png': /cannot be unpacked/, 'bad.tar': /damaged or cut off \(.*\)\. Pictures read before that place: 2/ } },
  { kind: 'a tar.gz cut off', name: 'bad.tar.gz', bytes: () => gzipSync(tarTwo({ name: 'dog/2.png', content: noise() })).subarray(0, 20_000), read: bothRead, skipped: { 'dog/2.png': /cannot be unpacked/, 'bad.tar.gz': /before that place: 2/ } },
  { kind: 'a tar.gz cut off at once', name: 'bad.tar.gz', bytes: () => gzipSync(tarOf([{ name: 'dog/2.png', content: noise() }])).subarray(0, 2000), refused: 'archive_damaged' },
  { kind: 'a tar whose header is overwritten', name: 'bad.tar', bytes: () => tarTwo().fill(65, 1024, 1100), read: { 'cat/1.png': 'cat' }, skipped: { 'bad.tar': /before that place: 1/ } },
  { kind: 'a tar that lies of its size', name: 'bad.tar', bytes: () => tarTwo({ name: 'dog/2.png', content: SMALL, size: 5000 }), read: bothRead, skipped: { 'dog/2.png': /cannot be unpacked/, 'bad.tar': /before that place: 2/ } },
  { kind: 'a zip cut off', name: 'bad.zip', bytes: () => withTwo({ name: 'dog/2.png', content: noise() }).subarray(0, 20_000), read: bothRead, skipped: { 'bad.zip': /before that place: 2/ } },
  { kind: 'a zip cut off, with sizes behind the data', name: 'bad.zip', bytes: cutStream, read: bothRead, skipped: { 'bad.zip': /before that place: 2/ } },
  { kind: 'a zip cut off in its directory', name: 'bad.zip', bytes: () => withTwo({ name: 'dog/2.png', content: SMALL, deflated: true }).subarray(0, -30), read: { ...bothRead, 'dog/2.png': 'dog' }, skipped: { 'bad.zip': /before that place: 3/ } },
  { kind: 'an encrypted zip cut off', name: 'bad.zip', bytes: () => withTwo({ name: 'cat/2.png', content: SMALL, flags: 0x801 }).subarray(0, -30), refused: 'archive_encrypted' },
  { kind: 'a zip cut off in its first file', name: 'bad.zip', bytes: () => zipOf([{ name: 'dog/2.png', content: noise() }]).subarray(0, 20_000), refused: 'archive_damaged' },
  { kind: 'a zip cut off that climbs out', name: 'bad.zip', bytes: () => withTwo({ name: '../evil.png', content: SMALL }).subarray(0, -30), refused: 'archive_unsafe' },
  { kind: 'a zip of nothing', name: 'bad.zip', bytes: () => zipOf([]), refused: 'data_not_understood' },
  { kind: 'a zip of texts', name: 'bad.zip', bytes: () => zipOf([{ name: 'a/1.txt', content: Buffer.from('hello') }]), refused: 'data_not_understood' },
  { kind: 'a file packed with gzip that is no tar', name: 'bad.tar.gz', bytes: () => gzipSync('hello, I am a letter'), refused: 'data_not_understood' },
  { kind: 'archives of other kinds', name: 'bad.zip', bytes: () => Buffer.from('Rar!\x1a\x07\x01\0 and so on', 'latin1'), refused: 'archive_kind_unknown' },
  { kind: 'text under a zip\'s name', name: 'bad.zip', bytes: () => Buffer.from('hello'), refused: 'data_not_understood' }
];

/** A JPEG whose frame header (SOF0) claims to be so wide and high. */
function resized(bytes: Uint8Array, edge: number): Buffer {
  const copy = Buffer.from(bytes);
  const frame = copy.indexOf(Buffer.of(0xff, 0xc0));
  copy.writeUInt16BE(edge, frame + 5);
  copy.writeUInt16BE(edge, frame + 7);
  return copy;
}

/** An orientation that is said to stand behind the end of its block. */
function brokenExif(bytes: Uint8Array): Buffer {
  const copy = withOrientation(bytes, 6, true);
  copy.writeUInt32LE(9999, copy.indexOf('II*\0') + 4);
  return copy;
}

function accents(folder: string): string | void {
  // macOS keeps but one way of writing them.
  put(folder, { 'caf\u00e9.png': SMALL, 'nu\u0308sse.png': SMALL });
  if (process.platform === 'darwin') return 'this disk may write accents in its own way';
}

function noText(folder: string): string | void {
  if (process.platform !== 'linux') return 'this system has no such names';
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xe9]), Buffer.from('.png')]), SMALL);
}

async function caseTwins(folder: string): Promise<string | void> {
  put(folder, { 'a.png': SMALL });
  try {
    writeFileSync(join(folder, 'A.PNG'), await noisy(), { flag: 'wx' });
  } catch {
    return 'this disk knows no case';
  }
}

async function pipeAndSocket(folder: string): Promise<string | void> {
  if (isWindows || spawnSync('mkfifo', [join(folder, 'a.png')]).status !== 0) return 'no pipes can be made here';
  // A socket's path may have some hundred bytes only, so it is made by its short name from inside.
  const before = process.cwd();
  const server = createServer();
  process.chdir(folder);
  await new Promise<void>((resolve) => server.listen('b.png', resolve));
  process.chdir(before);
  // Closing takes it away; its name stays until the test process ends.
  server.unref();
}

function unreadable(folder: string): string | void {
  if (isWindows) return 'Windows has no such modes';
  put(folder, { 'locked/a.png': SMALL, 'a.png': SMALL, b: SMALL });
  for (const name of ['locked', 'a.png', 'b']) chmodSync(join(folder, name), 0);
}

function otherMethod(): Buffer {
  const bytes = withTwo({ name: 'cat/2.png', content: SMALL, deflated: true });
  // In the directory's last entry.
  bytes.writeUInt16LE(14, bytes.lastIndexOf('PK\x01\x02') + 10);
  return bytes;
}

function damagedEntry(): Buffer {
  const bytes = zipOf([{ name: 'cat/1.png', content: greyPng(64, 64, 7), deflated: true }, two[1] as ZipPart]);
  // Behind the local header and name; 7 is no kind of block that deflate knows.
  return bytes.fill(7, 39, 60);
}

/** Does not shrink much: a cut lies inside it. */
const noise = (): Buffer => Buffer.concat(Array.from({ length: 1000 }, (_, i) => createHash('sha512').update(String(i)).digest()));

/** As `zip -` writes into a pipe: no sizes before the data, a mark, checksum and sizes behind it. */
function cutStream(): Buffer {
  const files = [...two, { name: 'dog/2.png', content: noise() }].map(({ name, content = Buffer.alloc(0) }) => {
    const packed = deflateRawSync(content);
    const [header, trailer] = [Buffer.alloc(30), Buffer.alloc(16)];
    header.write('PK\x03\x04', 0, 'latin1');
    header.writeUInt16LE(0x808, 6);
    header.writeUInt16LE(8, 8);
    header.writeUInt16LE(Buffer.byteLength(name as string), 26);
    trailer.write('PK\x07\x08', 0, 'latin1');
    trailer.writeUInt32LE(packed.length, 8);
    trailer.writeUInt32LE(content.length, 12);
    return Buffer.concat([header, Buffer.from(name as string), packed, trailer]);
  });
  return Buffer.concat(files).subarray(0, 20_000);
}
