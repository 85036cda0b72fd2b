/** Entries of a zip, from the directory at its end. */
import { type FileHandle, open as openFile } from 'node:fs/promises';
import { inflateRawSync } from 'node:zlib';
import { type Entry, open, type ZipFile } from 'yauzl';
import type { JobContext } from '../context';
import type { RawEntry } from './archive';
import type { ArchiveGuard } from './archive-guard';
import { cutZipEntries } from './archive-zip-cut';
import { Stage } from './stage';
import { archiveIsLocked, zipEntryName } from './zip-names';

/** Bytes. */
const SMALL = 2 ** 20;

export async function* zipEntries(path: string, guard: ArchiveGuard, context: JobContext): AsyncGenerator<RawEntry> {
  let zip: ZipFile;
  try {
    zip = await openZip(path);
  } catch (error) {
    yield* cutZipEntries(path, guard);
    throw error;
  }
  const stage = new Stage(context, 'unpack', zip.entryCount, 'files');
  const file = await openFile(path, 'r');
  const content = async (entry: Entry) => guard.counted(isSmall(entry) ? [await wholeContent(zip, file, entry)] : await zip.openReadStreamPromise(entry), () => zip.fileSize);
  try {
    for (let entry = await nextEntry(zip, path); entry; entry = await nextEntry(zip, path)) {
      const current = entry;
      const name = zipEntryName({ flags: entry.generalPurposeBitFlag, nameBytes: entry.fileNameRaw, extraFields: entry.extraFields });
      stage.add(1);
      if (name.endsWith('/')) continue;
      if (entry.isEncrypted()) throw archiveIsLocked(path);
      yield { name, link: isLink(entry), size: entry.uncompressedSize, packed: zip.fileSize, open: () => content(current) };
    }
  } finally {
    zip.close();
    await file.close();
  }
}

/** Names are decoded, and sizes held against the truth, by us: one bad entry is not the end of all. */
function openZip(path: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    open(path, { lazyEntries: true, autoClose: false, decodeStrings: false, validateEntrySizes: false }, (error, file) => (error ? reject(error) : resolve(file)));
  });
}

/** Most pictures are; a stream for each would cost more than to unpack them. */
const isSmall = ({ compressedSize, uncompressedSize, compressionMethod }: Entry): boolean => compressedSize < SMALL && uncompressedSize < SMALL && [0, 8].includes(compressionMethod);

async function wholeContent(zip: ZipFile, file: FileHandle, entry: Entry): Promise<Buffer> {
  const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
  const packed = Buffer.allocUnsafeSlow(entry.compressedSize);
  await file.read(packed, 0, packed.length, fileDataStart);
  // One byte more than it says gives away that it lies.
  return entry.compressionMethod === 0 ? packed : inflateRawSync(packed, { maxOutputLength: entry.uncompressedSize + 1 });
}

function nextEntry(zip: ZipFile, path: string): Promise<Entry | null> {
  return new Promise((resolve, reject) => {
    const done = (settle: () => void) => {
      zip.removeAllListeners();
      settle();
    };
    zip.once('entry', (entry: Entry) => done(() => resolve(entry)));
    zip.once('end', () => done(() => resolve(null)));
    zip.once('error', (error: Error) => done(() => reject(/encryption/.test(error.message) ? archiveIsLocked(path) : error)));
    zip.readEntry();
  });
}

/** Unix file mode in the upper half of the attributes; S_IFLNK. */
const isLink = (entry: Entry): boolean => ((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000;
