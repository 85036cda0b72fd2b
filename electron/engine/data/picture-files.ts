/** Which files are pictures: by name where the name says so, else by their first bytes. */
import { extname } from 'node:path';
import { because } from '../../contract';

const READ = new Set(['.jpg', '.jpeg', '.jpe', '.jfif', '.png', '.gif', '.bmp', '.webp', '.avif']);
const NOT_READ = new Set(['.heic', '.heif', '.tif', '.tiff', '.svg', '.jxl', '.jp2', '.psd', '.dng', '.cr2', '.cr3', '.nef', '.arw', '.raf', '.orf', '.rw2']);

/** What systems and programs leave beside pictures. Synology keeps thumbnails in "@eaDir". */
const LEFT_BESIDE = new Set(['__macosx', '@eadir', '$recycle.bin', 'system volume information', 'lost+found', 'thumbs.db', 'ehthumbs.db', 'desktop.ini']);

/** Bytes from the start that `pictureKind` and `foreignKind` look at. */
export const HEAD_BYTES = 32;

/** Whether a file or folder of this name is nobody's picture: ".DS_Store", "__MACOSX", "Thumbs.db". */
export const isHidden = (path: string): boolean =>
  path.split(/[/\\]/).some((part) => (part.startsWith('.') && part !== '.' && part !== '..') || LEFT_BESIDE.has(part.toLowerCase()));

/** By name: kinds that can be read. */
export const isPictureFile = (path: string): boolean => READ.has(extname(path).toLowerCase()) && !isHidden(path);

/** By name: kinds that cannot be read, to be named rather than passed over in silence. */
export const isOtherPictureFile = (path: string): boolean => NOT_READ.has(extname(path).toLowerCase()) && !isHidden(path);

/** By name: tables that may tell pictures' classes. */
export const isTableFile = (path: string): boolean => /\.(csv|tsv)$/i.test(path) && !isHidden(path);

export type FileKind = 'picture' | 'other picture' | 'no picture';

/** What a file is by name and first bytes: a picture under a wrong name is one, and a name of a picture is looked into later. */
export function fileKind(path: string, head: Uint8Array): FileKind {
  if (isPictureFile(path) || startsAsPicture(head)) return 'picture';
  return isOtherPictureFile(path) || foreignKind(head) !== null ? 'other picture' : 'no picture';
}

export const OTHER_PICTURE = because('other_picture', 'Pictures of this kind are not read: save it as JPEG or PNG.');

function startsAsPicture(head: Uint8Array): boolean {
  const text = latin1(head);
  // Two letters are not enough to be a BMP: its second header says its own length, which is one of a few.
  const isBmp = text.startsWith('BM') && [12, 40, 52, 56, 64, 108, 124].includes(head[14] ?? 0) && head[15] === 0 && head[16] === 0;
  return text.startsWith('\xff\xd8\xff') || text.startsWith('\x89PNG\r\n\x1a\n') || text.startsWith('GIF8') || /^(RIFF[^]{4}WEBP|[^]{4}ftypavi[fs])/.test(text) || isBmp;
}

const FOREIGN: readonly [RegExp, string][] = [
  [/^(II\*\0|MM\0\*)/, 'TIFF/RAW'],
  [/^[^]{4}ftyp(heic|heix|hevc|heim|heis|mif1|msf1)/, 'HEIC'],
  [/^8BPS/, 'Photoshop'],
  [/^(\xff\x0a|\0\0\0\x0cJXL )/, 'JPEG XL'],
  [/^\0\0\0\x0cjP {2}/, 'JPEG 2000']
];

/** The kind of picture that first bytes tell, among those that cannot be read; null for others. */
export const foreignKind = (head: Uint8Array): string | null => FOREIGN.find(([pattern]) => pattern.test(latin1(head)))?.[1] ?? null;

const latin1 = (head: Uint8Array): string => Buffer.from(head.buffer, head.byteOffset, Math.min(HEAD_BYTES, head.length)).toString('latin1');
