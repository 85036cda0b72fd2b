/** A quick look at a picture file: its head and its tail, not all of its pixels. */
import { open as openFile } from 'node:fs/promises';
import { TsugikiError } from '../../contract';
import { type PictureHeader, readPictureHeader } from '../runtime/picture-header';

const HEAD = 64 * 1024;
const TAIL = 32;

/**
 * The picture's size, from its header.
 * @param decode called with the whole file when a look is not enough
 * @throws TsugikiError picture_unreadable with the reason
 */
export async function checkPictureFile(path: string, decode: (bytes: Uint8Array) => { width: number; height: number }): Promise<{ width: number; height: number }> {
  const file = await openFile(path, 'r');
  try {
    const { size } = await file.stat();
    if (size === 0) throw new TsugikiError('picture_unreadable', 'The picture cannot be read: the file is empty.');
    const head = Buffer.alloc(Math.min(HEAD, size));
    await file.read(head, 0, head.length, 0);
    const tail = Buffer.alloc(Math.min(TAIL, size));
    await file.read(tail, 0, tail.length, size - tail.length);
    const header = readPictureHeader(head);
    if (header && endsWell(header, head, tail, size)) return header;
    // A large EXIF block, a phone's own trailer, or a cut-off file: only decoding tells which.
    return decode(await file.readFile());
  } finally {
    await file.close();
  }
}

/** Whether the file's end is where its kind ends. */
function endsWell({ kind }: PictureHeader, head: Buffer, tail: Buffer, size: number): boolean {
  switch (kind) {
    case 'jpeg':
      return tail.includes(Buffer.of(0xff, 0xd9));
    case 'png':
      return tail.includes('IEND');
    case 'gif':
      return tail.includes(0x3b);
    case 'bmp':
      return head.readUInt32LE(2) <= size;
  }
}
