/** Entries of a tar, packed with gzip or not, as they come. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import type { JobContext } from '../context';
import type { RawEntry } from './archive';
import type { ArchiveGuard } from './archive-guard';
import { Stage } from './stage';

export async function* tarEntries(path: string, gzipped: boolean, guard: ArchiveGuard, context: JobContext): AsyncGenerator<RawEntry> {
  const { size } = await stat(path);
  const stage = new Stage(context, 'unpack', size, 'bytes');
  const input = createReadStream(path);
  const entries = extract();
  const counted = (chunks: AsyncIterable<Buffer>) => guard.counted(chunks, () => input.bytesRead);
  // The iterator below throws what goes wrong in any of them; the callback keeps it from being thrown twice.
  // Of packed data that is cut off, all that came before is given: the tar's own end then is missing.
  if (gzipped) pipeline(input, createGunzip({ finishFlush: constants.Z_SYNC_FLUSH }), counted, entries, () => undefined);
  else pipeline(input, entries, () => undefined);
  try {
    for await (const entry of entries) {
      const { type, name, size: length = 0 } = entry.header;
      const isFile = type === 'file' || type === 'contiguous-file';
      stage.to(Math.min(input.bytesRead, size));
      if (isFile || type === 'symlink' || type === 'link') {
        yield { name, link: !isFile, size: length, packed: size, open: async () => toItsEnd(entry as AsyncIterable<Buffer>) };
      }
      entry.resume();
    }
    stage.to(size);
  } finally {
    input.destroy();
  }
}

/** Whoever has seen enough of an entry still has the rest passed by: the next one lies behind it. */
async function* toItsEnd(entry: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const chunks = entry[Symbol.asyncIterator]();
  let more = true;
  const next = async () => {
    const { done, value } = await chunks.next().catch((error: unknown) => {
      more = false;
      throw error;
    });
    more = !done;
    return value as Buffer;
  };
  try {
    for (let chunk = await next(); more; chunk = await next()) yield chunk;
  } finally {
    while (more) await next();
  }
}
