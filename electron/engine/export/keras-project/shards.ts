/** Records dealt out to files like cards: record i lies in file i % files, so that one of each file in turn is the order they came in. */
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { framed } from '../../data/tfrecord';

/** Divided by every number of workers up to 4, and by 6, 8, 12 and 24. */
export const SHARDS = 24;
/** Bytes that wait to be written, over all files of a part. */
const WAITING = 24 * 2 ** 20;

/** `train-05-of-24.tfrecord`: in the order of their names. */
export const shardName = (part: string, shard: number): string => `${part}-${String(shard).padStart(2, '0')}-of-${SHARDS}.tfrecord`;

export class ShardWriter {
  readonly #waiting: Uint8Array[][] = Array.from({ length: SHARDS }, () => []);
  #bytes = 0;
  #count = 0;

  private constructor(private readonly files: readonly FileHandle[]) {}

  /** Makes all files of a part, or empties them: those that get no record are there, too. */
  static async create(directory: string, part: string): Promise<ShardWriter> {
    return new ShardWriter(await Promise.all(Array.from({ length: SHARDS }, (_, shard) => open(join(directory, shardName(part, shard)), 'w'))));
  }

  async add(record: Uint8Array): Promise<void> {
    const frame = framed(record);
    this.#waiting[this.#count++ % SHARDS]?.push(frame);
    this.#bytes += frame.length;
    if (this.#bytes >= WAITING) await this.flush();
  }

  async flush(): Promise<void> {
    await Promise.all(this.files.map((file, shard) => file.appendFile(Buffer.concat(this.#waiting[shard]?.splice(0) ?? []))));
    this.#bytes = 0;
  }

  async close(): Promise<void> {
    await Promise.all(this.files.map((file) => file.close()));
  }
}
