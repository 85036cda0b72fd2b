/** One look at a picture file: its content's hash, its size, and whether it can be read. */
import { because, type ErrorShape, TsugikiError } from '../../../contract';
import { decodePicture, MOST_PIXELS } from '../../runtime/images';
import { type PictureHeader, readPictureHeader } from '../../runtime/picture-header';
import { NO_PICTURE, unreadable } from '../../runtime/unreadable';
import { foreignKind } from '../picture-files';
import { sha1 } from '../picture-hashes';
import { readFiles } from '../read-files';

export interface PictureLook {
  /** SHA-1 of the file's bytes, in hex. */
  readonly hash: string;
  /** Pixels, upright. */
  readonly width: number;
  readonly height: number;
}

/** How far before its end a picture's last mark may stand. */
const TAIL = 32;

/** Reads the file once. @throws TsugikiError picture_missing, picture_unreadable with the reason */
export async function inspectPicture(path: string): Promise<PictureLook> {
  const [look] = await inspectPictures([path]);
  if (look === undefined || look instanceof TsugikiError) throw look ?? new Error('There is no file to look at.');
  return look;
}

/** As `inspectPicture`, of a batch: an error in the place of each that cannot be read. */
export async function inspectPictures(paths: readonly string[]): Promise<(PictureLook | TsugikiError)[]> {
  return (await readFiles(paths)).map((bytes) => {
    if (bytes instanceof TsugikiError) return bytes;
    try {
      return inspectBytes(bytes);
    } catch (error) {
      if (error instanceof TsugikiError) return error;
      throw error;
    }
  });
}

/** @throws TsugikiError picture_unreadable with the reason */
export function inspectBytes(bytes: Uint8Array): PictureLook {
  const header = readPictureHeader(bytes);
  if (!header) throw unreadable(whyNoPicture(bytes));
  // A large trailer of a phone's own, or a cut-off file: only decoding tells which. An eighth of the size is enough for that.
  if (header.bits !== undefined || isTooLarge(header) || !endsWell(header, bytes)) decodePicture(bytes, 1);
  const { width, height } = header.orientation >= 5 ? { width: header.height, height: header.width } : header;
  return { hash: sha1(bytes), width, height };
}

/** A JPEG is decoded at a part of its size, unless it is stored from coarse to fine. */
const isTooLarge = ({ kind, width, height, progressive }: PictureHeader): boolean => width * height > MOST_PIXELS && (kind !== 'jpeg' || progressive === true);

/** Whether the file's end is where its kind ends. */
function endsWell({ kind }: PictureHeader, bytes: Uint8Array): boolean {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const tail = all.subarray(-TAIL);
  switch (kind) {
    case 'jpeg':
      return tail.includes(Buffer.of(0xff, 0xd9));
    case 'png':
      return tail.includes('IEND');
    case 'gif':
      return tail.includes(0x3b);
    case 'bmp':
      return all.readUInt32LE(2) <= all.length;
    case 'webp':
      // RIFF: the length of all that follows.
      return all.readUInt32LE(4) + 8 <= all.length;
    case 'avif':
      return boxesEnd(all) === all.length;
  }
}

/** Where the last box of an ISO base media file ends, by the boxes' own lengths; 0: up to the file's end. */
function boxesEnd(bytes: Buffer): number {
  let at = 0;
  while (at + 16 <= bytes.length) {
    const short = bytes.readUInt32BE(at);
    const length = short === 1 ? Number(bytes.readBigUInt64BE(at + 8)) : short;
    if (short === 0) return bytes.length;
    if (length < 8) return at;
    at += length;
  }
  return at;
}

function whyNoPicture(bytes: Uint8Array): ErrorShape {
  if (bytes.length === 0) return because('empty_file', 'the file is empty. Save or copy it again');
  if (bytes.every((byte) => byte === 0)) return because('only_zeros', 'it holds nothing but zeros: a copy or download broke off. Copy it again');
  const foreign = foreignKind(bytes);
  if (foreign !== null) return because('foreign_picture', `it is a ${foreign} picture under another name. Save it as JPEG or PNG`, { kind: foreign });
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(200, bytes.length)).toString('latin1').trimStart().toLowerCase();
  if (/^(<!doctype html|<html|<head|<body)/.test(start)) return because('web_page', 'it is a web page under a picture\'s name. Save the picture itself');
  return NO_PICTURE;
}
