/** Which files are pictures, by name. */
import { extname } from 'node:path';

const READ = new Set(['.jpg', '.jpeg', '.jpe', '.jfif', '.png', '.gif', '.bmp']);
const NOT_READ = new Set(['.webp', '.heic', '.heif', '.avif', '.tif', '.tiff', '.svg', '.jxl', '.psd', '.dng', '.cr2', '.nef', '.arw']);

/** Kinds that can be read; what the system hides (".DS_Store", "__MACOSX/._x.jpg") is none. */
export const isPictureFile = (path: string): boolean => READ.has(extname(path).toLowerCase()) && !isHidden(path);

/** Pictures of kinds that cannot be read, to be named rather than passed over in silence. */
export const isOtherPictureFile = (path: string): boolean => NOT_READ.has(extname(path).toLowerCase()) && !isHidden(path);

export const isHidden = (path: string): boolean => path.split(/[/\\]/).some((part) => (part.startsWith('.') && part !== '.' && part !== '..') || part === '__MACOSX');
